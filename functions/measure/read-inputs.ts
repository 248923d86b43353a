import { createHash } from "node:crypto";
import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow, NightObject } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readClosedNights } from "../shared/read-ledger.ts";
import { ledgerRelation } from "../shared/relations.ts";
import type { SmallTable, SourceFile } from "../shared/sql-engine.ts";

/** What the closed nights hold, of which a run takes what is known on its day. */
export interface MeasureInputs {
  readonly objects: readonly LakeObject[];
  readonly nights: readonly NightArrivals[];
}
export interface LakeObject {
  readonly key: string;
  readonly sha256: string;
  /** As it was before its tokens were renewed: a run knows its inputs by that. */
  readonly first?: NightObject["first"];
  readonly relation: string;
  readonly system: string;
  readonly knownOn: string;
}
export interface NightArrivals {
  readonly day: string;
  readonly rows: SmallTable["rows"];
  /** Files that a person put on hold on that night: no arrivals from then on. */
  readonly onHold: ReadonlySet<string>;
  /** Of the rows as SQL sees them: the ledger itself also carries seconds of the machine. */
  readonly sha256: string;
}

/** Reads the closed nights up to a day with their ledgers; open nights do not exist yet. */
export async function readInputs(store: ObjectStore, until: string): Promise<MeasureInputs> {
  const objects: LakeObject[] = [];
  const nights: NightArrivals[] = [];
  for (const night of await readClosedNights(store, until)) {
    for (const object of night.objects) {
      const parsed = parseLakeKey(object);
      if (parsed) objects.push(parsed);
    }
    nights.push(await readArrivals(store, night.day));
  }
  return { objects: objects.sort((a, b) => (a.key < b.key ? -1 : 1)), nights };
}

/** The part of the inputs that is known on an earlier day. */
export function cutInputs(inputs: MeasureInputs, asOf: string): MeasureInputs {
  return {
    objects: inputs.objects.filter((o) => o.knownOn <= asOf),
    nights: inputs.nights.filter((n) => n.day <= asOf),
  };
}

/** file_arrival of the inputs' nights; earlier rows of a file that was put on hold are not in it. */
export function buildArrivalTable(inputs: MeasureInputs): SmallTable {
  const heldLater = new Set<string>();
  const rows: SmallTable["rows"][] = [];
  for (const night of inputs.nights.toReversed()) {
    rows.push(heldLater.size === 0 ? night.rows
      : night.rows.filter((row) => !heldLater.has(fileNameOf(row))));
    for (const name of night.onHold) heldLater.add(name);
  }
  return {
    name: ledgerRelation.name, columns: ledgerRelation.columns, rows: rows.reverse().flat(),
  };
}

const fileColumns = ["system", "landing_day", "file_id", "file_name"]
  .map((name) => ledgerRelation.columns.findIndex((c) => c.name === name));

function fileNameOf(row: SmallTable["rows"][number]): string {
  return fileColumns.map((column) => row[column]).join("/");
}

/**
 * Relation → files: local ones, downloaded where the home is not local, or, where it lies in S3 and
 * the engine reads there, their addresses.
 */
export async function fetchSources(
  store: ObjectStore, objects: readonly LakeObject[], scratch: string, isInPlace = false,
): Promise<ReadonlyMap<string, readonly SourceFile[]>> {
  const sources = new Map<string, SourceFile[]>();
  const locate = (key: string): Promise<string> | string =>
    isInPlace && store.name.startsWith("s3://") ? `${store.name}/${key}`
      : store.fetchToFile(key, scratch);
  const atOnce = 16;
  for (let start = 0; start < objects.length; start += atOnce) {
    const batch = objects.slice(start, start + atOnce);
    const paths = await Promise.all(batch.map((o) => locate(o.key)));
    batch.forEach(({ relation, system }, i) => {
      const files = sources.get(relation) ?? [];
      sources.set(relation, [...files, { path: paths[i]!, system }]);
    });
  }
  return sources;
}

/** undefined: an object of a private relation, which no model reads. */
export function parseLakeKey({ key, sha256, first }: NightObject): LakeObject | undefined {
  const parts =
    /^(lake|private)\/([a-z_]+)\/system=([^/]+)\/known_on=(\d{4}-\d{2}-\d{2})\/[^/]+\.parquet$/
      .exec(key);
  if (!parts) throw new ContractError(`nights: invalid object key: ${key}; see shared/home.ts`);
  if (parts[1] === "private") return undefined;
  return {
    key, sha256, relation: parts[2]!, system: parts[3]!, knownOn: parts[4]!,
    ...(first && { first }),
  };
}

/** What SQL sees of the ledger of a closed night. */
export async function readArrivals(store: ObjectStore, day: string): Promise<NightArrivals> {
  const object = await store.get(homeKeys.ledger(day));
  const lines = object ? Buffer.from(object.body).toString("utf8").split("\n") : [];
  const names = ledgerRelation.columns.map((c) => c.name);
  const ledger = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LedgerRow);
  const rows = ledger.map((row) => names.map((name) =>
    (row[name as keyof LedgerRow] ?? null) as string | number | boolean | null));
  const onHold = new Set(ledger.flatMap(({ decision }, i) =>
    (decision?.kind === "hold" ? [fileNameOf(rows[i] ?? [])] : [])));
  return { day, rows, onHold, sha256: createHash("sha256").update(JSON.stringify(rows)).digest("hex") };
}
