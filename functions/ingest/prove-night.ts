import type { DuckDBConnection } from "@duckdb/node-api";
import { readingName } from "../shared/current-files.ts";
import { NotPublishedError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { parseLedger } from "../shared/read-ledger.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { isInOrder } from "./in-order.ts";
import { countQuarantine } from "./quarantine.ts";
import { rowsAFile } from "./settle-copy.ts";

export interface NightToProve {
  readonly knownOn: string;
  readonly objects: ClosedNight["objects"];
  /** The ledger row of each landed file, by its number in the night. */
  readonly rows: ReadonlyMap<number, LedgerRow>;
  /** File → rows that must lie in the lake; files of earlier nights may be among them. */
  readonly rowsToStore: ReadonlyMap<number, number>;
  readonly store: ObjectStore;
  /** May read the lake's folders and `folder`. */
  readonly connection: DuckDBConnection;
  readonly folder: string;
}

/**
 * Proof, before a night is closed, that its final objects hold what its ledger says: everything is
 * read back from the store. Bytes of lake objects by SHA-256, their rows by file (none missing,
 * none twice), rejected rows by the lines of quarantine and slip, the sums by the stored ledger.
 * Throws NotPublishedError naming every file or object that differs; the night then stays open.
 */
export async function proveNight(night: NightToProve): Promise<void> {
  const faults = [
    ...await findObjectFaults(night),
    ...await findRejectFaults(night),
    ...await findLedgerFaults(night),
  ];
  if (faults.length === 0) return;
  throw new NotPublishedError(
    `night ${night.knownOn}: unbalanced: ${faults.join("; ")}; the night stays open`);
}

/** Fewer rows are told apart in no time. */
const largeRows = 100_000;

async function findObjectFaults(night: NightToProve): Promise<readonly string[]> {
  const { connection, store, folder, objects, rowsToStore } = night;
  const faults: string[] = [];
  const stored = new Map<number, number>();
  for (const { key, sha256, rows } of objects) {
    const path = await store.fetchToFile(key, folder).catch(() => undefined);
    if (path === undefined || await sha256OfFile(path) !== sha256) {
      const what = path === undefined ? "missing in the store" : "not the bytes that were written";
      faults.push(`${key}: ${what}${nameFiles(night, key)}`);
      continue;
    }
    // Ascending numbers are distinct; only where they are not they must be told apart.
    const isTold = rows >= largeRows && await isInOrder(connection, path);
    const once = isTold ? "count(*)" : "count(DISTINCT export_seq)";
    const counts = (await connection.runAndReadAll(`
      SELECT (export_seq // ${rowsAFile})::INTEGER, file_id, is_retraction,
        count(*), ${once}
      FROM read_parquet(${quoteText(path)}, hive_partitioning = false) GROUP BY ALL`)).getRowsJS();
    const total = counts.reduce((sum, count) => sum + Number(count[3]), 0);
    if (total !== rows) faults.push(`${key}: ${total} rows but ${rows} written`);
    for (const [number, fileId, isGone, found, distinct] of counts) {
      const file = Number(number);
      const row = night.rows.get(file);
      const name = row ? nameFile(row) : key;
      if (found !== distinct) faults.push(`${name}: ${found} rows in ${key}, ${distinct} of them once`);
      if (row && row.file_id !== fileId) faults.push(`${name}: rows of another file in ${key}`);
      if (isGone === true || key.startsWith(`${homeKeys.lakePrefix}rejected_identity/`)) continue;
      stored.set(file, (stored.get(file) ?? 0) + Number(found));
    }
  }
  if (faults.length > 0) return faults;
  for (const file of new Set([...stored.keys(), ...rowsToStore.keys()])) {
    const [inLake, wanted] = [stored.get(file) ?? 0, rowsToStore.get(file) ?? 0];
    const row = night.rows.get(file);
    const name = row ? nameFile(row) : `file ${file} of an earlier night`;
    if (inLake !== wanted) faults.push(`${name}: ${inLake} rows in the lake but ${wanted} to store`);
  }
  return faults;
}

async function findRejectFaults(
  { rows, store, folder }: NightToProve,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const row of rows.values()) {
    if (!row.rows_rejected) continue;
    const { system, landing_day: day } = row;
    const name = readingName(row);
    for (const key of [
      homeKeys.quarantine(system, day, name), homeKeys.slip(system, day, name, "json"),
    ]) {
      const path = await store.fetchToFile(key, folder).catch(() => undefined);
      const lines = path === undefined ? 0 : await countQuarantine(path);
      if (lines === row.rows_rejected) continue;
      faults.push(`${nameFile(row)}: rows rejected ${row.rows_rejected} but ${lines} in ${key}`);
    }
  }
  return faults;
}

async function findLedgerFaults(
  { rows, knownOn, store }: NightToProve,
): Promise<readonly string[]> {
  const found = await store.get(homeKeys.ledger(knownOn));
  const ledger = parseLedger(Buffer.from(found?.body ?? []).toString("utf8"));
  const faults = ledger.length === rows.size ? []
    : [`${homeKeys.ledger(knownOn)}: ${ledger.length} files but ${rows.size} taken`];
  for (const row of ledger) {
    if (row.rows_read === null) continue;
    const judged = sum([row.rows_accepted, row.rows_rejected, row.rows_duplicate]);
    const reasons = sum(Object.values(row.reasons));
    if (row.rows_read !== judged) {
      faults.push(`${nameFile(row)}: rows read ${row.rows_read} but ${judged} ` +
        "accepted + rejected + duplicate");
    }
    if (row.rows_rejected !== reasons) {
      faults.push(`${nameFile(row)}: rows rejected ${row.rows_rejected} but ${reasons} by reason`);
    }
  }
  return faults;
}

function nameFile(row: LedgerRow): string {
  return homeKeys.landing(row.system, row.landing_day, row.file_name);
}

/** Landed files whose rows may lie in an object. */
function nameFiles({ rows }: NightToProve, key: string): string {
  const own = [...rows.values()]
    .filter((row) => key.includes(`/system=${row.system}/`) && (row.rows_accepted ?? 0) > 0);
  const more = own.length > 3 ? ` and ${own.length - 3} more` : "";
  return own.length === 0 ? "" : ` (rows of ${own.slice(0, 3).map(nameFile).join(", ")}${more})`;
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce((total: number, count) => total + (count ?? 0), 0);
}
