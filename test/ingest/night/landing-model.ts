/**
 * What rows.md says about versions, snapshots, held and repeated files, and what ARCHITECTURE.md
 * says about decisions, once more and without any code of the product: everything is replayed from
 * the files received so far, each with its present status and reading.
 */
export type ExportName = "teachers" | "courses" | "evaluations" | "credits";
export type Contract = "a" | "b";
export type Decision = "release" | "hold" | "reingest";
export const fullExports: readonly ExportName[] = ["teachers", "courses"];

export interface ModelRow {
  readonly id: string;
  readonly scope: string;
  readonly version: number;
  /** Content under either contract; null: rejected, its id can be read. */
  readonly content: Readonly<Record<Contract, string | null>>;
}
export interface ModelFile {
  readonly export: ExportName;
  readonly landingDay: string;
  readonly name: string;
  readonly rows: readonly ModelRow[];
}
interface Received {
  readonly file: ModelFile;
  readonly knownOn: string;
  readonly bytes: string;
  status: "accepted" | "held" | "repeated";
  reading: Contract;
}
interface Snapshot { readonly landingDay: string; readonly files: readonly Received[] }

export class LandingModel {
  readonly received: Received[] = [];
  readonly #onHold = new Set<string>();

  /** Files that a decision about one of them takes along, as the command would find them now. */
  companions(path: string, kind: Decision): readonly Received[] {
    const named = this.find(path);
    if (kind === "reingest" || !isFull(named)) return [named];
    const status = kind === "hold" ? "accepted" : "held";
    const standing = this.#replay(named.file.export).snapshots
      .filter((s) => s.files.includes(named));
    const near = this.received.filter((r) => r !== named && r.status === status &&
      r.file.export === named.file.export && (isOneDelivery(r, named) ||
        standing.some((s) => s.files.includes(r))));
    const found = [named];
    for (const one of found) {
      for (const r of near) if (!found.includes(r) && shareScope(r, one)) found.push(r);
    }
    return found;
  }

  find(path: string): Received {
    const found = this.received.find((r) => pathOf(r.file) === path);
    if (!found) throw new Error(`no such file: ${path}`);
    return found;
  }

  /** Accepted files that still stand: in a delta export all, of a full one those of its scopes. */
  standing(): readonly Received[] {
    return this.received.filter((r) => r.status === "accepted" && (!isFull(r) ||
      [...this.#replay(r.file.export).byScope.values()].some((files) => files.includes(r))));
  }

  /** Held files that no later accepted snapshot has followed. */
  releasable(): readonly Received[] {
    return this.received.filter((r) => r.status === "held" && (!isFull(r) ||
      !this.received.some((o) => o.status === "accepted" && o.file.export === r.file.export &&
        o.file.landingDay !== r.file.landingDay && (o.knownOn > r.knownOn ||
          (o.knownOn === r.knownOn && o.file.landingDay > r.file.landingDay)))));
  }

  night(
    day: string, files: readonly ModelFile[], contract: Contract,
    decisions: readonly { readonly kind: Decision; readonly files: readonly Received[] }[],
  ): void {
    for (const { kind, files: decided } of decisions) {
      for (const one of decided) {
        if (kind === "hold") this.#onHold.add(one.bytes);
        else if (kind === "release") this.#onHold.delete(one.bytes);
        one.status = kind === "hold" ? "held" : "accepted";
        if (kind !== "hold") one.reading = contract;
      }
    }
    const fresh = [...files].sort((x, y) => (x.name < y.name ? -1 : 1)).map((file): Received => ({
      file, knownOn: day, bytes: bytesOf(file), status: "accepted", reading: contract,
    }));
    const before = [...this.received];
    const isKnown = (one: Received): boolean => before.some((o) => o.status === "accepted" &&
      o.bytes === one.bytes &&
      (!isFull(one) || this.#replay(one.file.export).newest?.files.includes(o) === true));
    for (const [i, one] of fresh.entries()) {
      // Of two landing days of a full export in one night the newer is the newest snapshot.
      const newestDay = fresh.filter((o, j) => o.file.export === one.file.export &&
        !fresh.slice(0, j).some((first) => first.bytes === o.bytes) && !isKnown(o))
        .map((o) => o.file.landingDay).sort().at(-1);
      const isTwin = fresh.slice(0, i).some((o) => o.bytes === one.bytes &&
        (!isFull(one) || o.file.landingDay === newestDay));
      if (isKnown(one)) one.status = "repeated";
      else if (this.#onHold.has(one.bytes)) one.status = "held";
      else if (isTwin) one.status = "repeated";
    }
    for (const name of fullExports) this.#hold(fresh.filter((f) => f.file.export === name));
    this.received.push(...fresh);
  }

  /** Record → content in force. */
  inForce(name: ExportName): ReadonlyMap<string, string> {
    if (fullExports.includes(name)) return this.#replay(name).inForce;
    const newest = new Map<string, { version: number; content: string }>();
    for (const { file, status, reading } of this.received) {
      if (file.export !== name || status !== "accepted") continue;
      for (const { id, version, content } of file.rows) {
        const text = content[reading];
        if (text === null || (newest.get(id)?.version ?? -1) > version) continue;
        newest.set(id, { version, content: text });
      }
    }
    return new Map([...newest].map(([id, { content }]) => [id, content]));
  }

  /** Holds what shrank below 80 %, what goes with it, and what goes with a file on hold. */
  #hold(fresh: readonly Received[]): void {
    for (const landingDay of [...new Set(fresh.map((f) => f.file.landingDay))].sort()) {
      const ofDay = fresh.filter((f) => f.file.landingDay === landingDay);
      const spread = (): void => {
        for (let grew = true; grew;) {
          grew = false;
          for (const one of ofDay) {
            if (one.status !== "accepted") continue;
            if (!ofDay.some((o) => o.status === "held" && shareScope(o, one))) continue;
            one.status = "held";
            grew = true;
          }
        }
      };
      spread();
      const name = ofDay[0]?.file.export ?? "teachers";
      const earlier = [...this.received, ...fresh.filter((f) => f.file.landingDay < landingDay)];
      const { lastRows, newest } = this.#replay(name, earlier);
      const beside = newest ? filesBeside(newest, ofDay) : [];
      const accepted = ofDay.filter((f) => f.status === "accepted");
      const rows = countRows([...beside, ...accepted]);
      for (const one of accepted) {
        if (scopesOf(one).some((s) => (rows.get(s) ?? 0) * 100 < 80 * (lastRows.get(s) ?? 0))) {
          one.status = "held";
        }
      }
      spread();
    }
  }

  #replay(name: ExportName, received: readonly Received[] = this.received) {
    const own = received.filter((r) => r.file.export === name);
    const inForce = new Map<string, string>();
    const scopeOfRecord = new Map<string, string>();
    const byScope = new Map<string, readonly Received[]>();
    const lastRows = new Map<string, number>();
    let newest: Snapshot | undefined;
    const deliveries = [...new Set(own.map((r) => `${r.knownOn} ${r.file.landingDay}`))].sort();
    for (const key of deliveries) {
      const ofDay = own.filter((r) => `${r.knownOn} ${r.file.landingDay}` === key);
      const accepted = ofDay.filter((r) => r.status === "accepted");
      const [first] = accepted;
      if (!first) continue;
      const beside = newest ? filesBeside(newest, ofDay) : [];
      // A repeated file stands where its new copy would.
      const isLatePart = first.file.landingDay === newest?.landingDay;
      const files = isLatePart ? [...beside, ...accepted]
        : [...new Set(ofDay.flatMap((r) => (r.status === "accepted" ? [r]
          : beside.filter((b) => r.status === "repeated" && b.bytes === r.bytes))))];
      newest = { landingDay: first.file.landingDay, files };
      const scopes = new Set(files.flatMap(scopesOf));
      for (const scope of scopes) {
        byScope.set(scope, files.filter((f) => scopesOf(f).includes(scope)));
      }
      for (const [scope, count] of countRows(files)) lastRows.set(scope, count);
      const rows = files.flatMap((f) =>
        f.file.rows.map((row) => ({ row, text: row.content[f.reading] })));
      const named = new Set(rows.map(({ row }) => row.id));
      for (const id of inForce.keys()) {
        if (scopes.has(scopeOfRecord.get(id) ?? "") && !named.has(id)) inForce.delete(id);
      }
      for (const { row, text } of rows) {
        if (text === null) continue;
        inForce.set(row.id, text);
        scopeOfRecord.set(row.id, row.scope);
      }
    }
    const snapshots = [...new Set(byScope.values())].map((files) => ({ files }));
    return { inForce, byScope, lastRows, newest, snapshots };
  }
}

/** Files of the newest snapshot that belong to the next delivery too. */
function filesBeside(newest: Snapshot, delivery: readonly Received[]): readonly Received[] {
  if (delivery.some((r) => r.file.landingDay === newest.landingDay)) return newest.files;
  const repeated = delivery.filter((r) => r.status === "repeated").map((r) => r.bytes);
  return newest.files.filter((r) => repeated.includes(r.bytes));
}

function countRows(files: readonly Received[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { scope } of files.flatMap((f) => f.file.rows)) {
    rows.set(scope, (rows.get(scope) ?? 0) + 1);
  }
  return rows;
}

export function pathOf(file: ModelFile): string {
  return `${file.export}/${file.landingDay}/${file.name}`;
}

function bytesOf(file: ModelFile): string {
  return JSON.stringify([file.export, file.rows]);
}

function isFull({ file }: Received): boolean {
  return fullExports.includes(file.export);
}

function isOneDelivery(a: Received, b: Received): boolean {
  return a.knownOn === b.knownOn && a.file.landingDay === b.file.landingDay;
}

function scopesOf({ file }: Received): readonly string[] {
  return [...new Set(file.rows.map((row) => row.scope))];
}

function shareScope(a: Received, b: Received): boolean {
  return scopesOf(a).some((scope) => scopesOf(b).includes(scope));
}
