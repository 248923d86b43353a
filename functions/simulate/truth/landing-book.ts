import { createHash } from "node:crypto";
import { formatDay, type DayNumber } from "../calendar.ts";
import type { Effect, Row } from "../exports/table.ts";
import type { PreparedFile } from "../dirt/prepared-file.ts";
import { Knowledge } from "./knowledge.ts";

export interface ExpectedFile {
  readonly system: string;
  readonly export: string | null;
  readonly landing_day: string;
  readonly file_name: string;
  readonly status: "accepted" | "partly" | "refused" | "held" | "repeated";
  readonly rows_read: number | null;
  readonly rows_accepted: number | null;
  readonly rows_rejected: number | null;
  readonly rows_duplicate: number | null;
  readonly rows_skipped: number | null;
}

export interface ExpectedDirt {
  /** system/day/name */
  readonly file: string;
  readonly sheet: string;
  /** 1-based row, line or index; null where the whole file is meant. */
  readonly row: number | null;
  readonly kind: string;
  readonly outcome: string;
  readonly reasons: readonly string[];
}

interface Counts {
  read: number;
  accepted: number;
  rejected: number;
  duplicate: number;
  skipped: number
}

/** A full export is held when a scope keeps fewer than 80 of 100 rows (rows.md). */
const heldPercent = 80;
const mostGoneNoted = 150;

/** Keeps what each landed file must come to, and hands what takes effect to the knowledge. */
export class LandingBook {
  readonly knowledge = new Knowledge();
  readonly files: ExpectedFile[] = [];
  readonly dirt: ExpectedDirt[] = [];
  private nGone = 0;
  private readonly acceptedHashes = new Map<string, Set<string>>();
  private readonly lastScopes = new Map<string, Map<string, number>>();

  /** All files of one export of one night, in the order of their names. */
  take(day: DayNumber, files: readonly PreparedFile[]): void {
    const fresh: PreparedFile[] = [];
    for (const file of files) {
      this.noteRemarks(day, file);
      if (file.remarks.some((r) => r.outcome === "ignored")) continue;
      const hash = createHash("sha256").update(file.bytes).digest("hex");
      if (file.refusal !== null) this.note(day, file, "refused", null);
      else if (this.hashes(file).has(hash)) this.note(day, file, "repeated", null);
      else {
        fresh.push(file);
        this.noteRows(day, file);
        if (file.mode === "delta") this.hashes(file).add(hash);
      }
    }
    if (fresh.length === 0) return;
    const name = `${fresh[0]!.system}/${fresh[0]!.export}`;
    if (fresh[0]!.mode === "delta") {
      for (const file of fresh) {
        this.note(day, file, null, countRows(file));
        const told = [...listRows(file)].filter(hasEffect).map((row) => row.effect!);
        this.knowledge.tell(name, day, told);
      }
      return;
    }
    this.takeSnapshot(day, name, fresh);
  }

  private takeSnapshot(day: DayNumber, name: string, files: readonly PreparedFile[]): void {
    const scopes = new Map<string, number>();
    for (const file of files) {
      for (const [scope, n] of file.scopes) scopes.set(scope, (scopes.get(scope) ?? 0) + n);
    }
    const last = this.lastScopes.get(name);
    const isHeld = [
      ...scopes,
    ].some(([scope, n]) => n * 100 < heldPercent * (last?.get(scope) ?? 0));
    for (const file of files) this.note(day, file, isHeld ? "held" : null, countRows(file));
    if (isHeld) return;
    const hashes = new Set(files.map((f) => createHash("sha256").update(f.bytes).digest("hex")));
    this.acceptedHashes.set(name, hashes);
    this.lastScopes.set(name, new Map([...(last ?? []), ...scopes]));
    const standing = new Set<string>();
    const effects: Effect[] = [];
    const unreadable = new Set<string>();
    for (const file of files) {
      for (const row of listRows(file)) {
        if (row.effect === null) continue;
        if (row.outcome === "rejected") (
          row.idReadable ? standing : unreadable
        ).add(row.effect.key);
        if (hasEffect(row)) effects.push(row.effect);
      }
    }
    const gone = this.knowledge.tellSnapshot(name, day, effects, standing, new Set(scopes.keys()));
    for (const key of gone) {
      if (unreadable.has(key) || this.nGone >= mostGoneNoted) continue;
      this.nGone++;
      this.dirt.push({
        file: pathOf(
          day, files[0]!
        ), sheet: "", row: null, kind: "record_gone", outcome: "retracted", reasons: [],
      });
    }
  }

  private hashes(file: PreparedFile): Set<string> {
    const name = `${file.system}/${file.export}`;
    let hashes = this.acceptedHashes.get(name);
    if (!hashes) this.acceptedHashes.set(name, hashes = new Set());
    return hashes;
  }

  private note(
    day: DayNumber, file: PreparedFile, status: ExpectedFile["status"] | null,
    counts: Counts | null,
  ): void {
    this.files.push({
      system: file.system,
      export: file.refusal === "unknown_export" ? null : file.export,
      landing_day: formatDay(day), file_name: file.fileName,
      status: status ?? (counts!.rejected > 0 ? "partly" : "accepted"),
      rows_read: counts?.read ?? null, rows_accepted: counts?.accepted ?? null,
      rows_rejected: counts?.rejected ?? null, rows_duplicate: counts?.duplicate ?? null,
      rows_skipped: counts?.skipped ?? null,
    });
  }

  private noteRemarks(day: DayNumber, file: PreparedFile): void {
    for (const { kind, outcome, reasons } of file.remarks) {
      this.dirt.push({ file: pathOf(day, file), sheet: "", row: null, kind, outcome, reasons });
    }
  }

  private noteRows(day: DayNumber, file: PreparedFile): void {
    const path = pathOf(day, file);
    for (const table of file.tables) {
      table.rows.forEach((row, i) => {
        if (row.kind === undefined) return;
        this.dirt.push({
          file: path, sheet: table.sheet, row: table.firstRow + i, kind: row.kind,
          outcome: row.outcome ?? (row.warns ? "warning" : "accepted"), reasons: row.reasons ?? [],
        });
      });
    }
  }
}

const pathOf = (day: DayNumber, file: PreparedFile): string =>
  `${file.system}/${formatDay(day)}/${file.fileName}`;

function* listRows(file: PreparedFile): Generator<Row> {
  for (const table of file.tables) yield* table.rows;
}

function hasEffect(row: Row): boolean {
  return row.effect !== null && (row.outcome === undefined || row.outcome === "duplicate");
}

function countRows(file: PreparedFile): Counts {
  const counts: Counts = { read: 0, accepted: 0, rejected: 0, duplicate: 0, skipped: 0 };
  for (const table of file.tables) {
    counts.skipped += table.skippedBefore;
    for (const row of table.rows) {
      if (row.outcome === "skipped") { counts.skipped++; continue; }
      counts.read++;
      counts[row.outcome ?? "accepted"]++;
    }
  }
  return counts;
}
