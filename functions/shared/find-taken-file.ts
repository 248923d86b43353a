import { UsageError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { LedgerRow } from "./ledger.ts";
import type { ObjectStore } from "./object-store.ts";
import { readLedger } from "./read-ledger.ts";

const shaPrefix = /^[0-9a-f]{6,64}$/;

/**
 * The newest ledger row of one taken file. `file` is its name (of several the newest landing day
 * counts, a mere repetition last), `<system>/<landing day>/<name>`, also below `landing/`, or the
 * first six or more digits of its SHA-256. Throws UsageError for a file that no closed night took,
 * and for digits that several files begin with.
 */
export async function findTakenFile(store: ObjectStore, file: string): Promise<LedgerRow> {
  const wanted = file.startsWith(homeKeys.landingPrefix)
    ? file.slice(homeKeys.landingPrefix.length) : file;
  const ledger = await readLedger(store);
  const pathOf = (row: LedgerRow): string => `${row.system}/${row.landing_day}/${row.file_name}`;
  const exact = ledger.filter((row) => pathOf(row) === wanted);
  const named = exact.length > 0 ? exact : ledger.filter((row) => row.file_name === wanted);
  const found = named.length > 0 || !shaPrefix.test(wanted) ? named
    : ledger.filter((row) => row.sha256.startsWith(wanted));
  if (named.length === 0 && new Set(found.map((row) => row.sha256)).size > 1) {
    const paths = [...new Set(found.map(pathOf))].slice(0, 3);
    throw new UsageError(`file: duplicate: ${file} fits ${paths.join(", ")}; accepted: more digits`);
  }
  const read = found.filter((row) => row.status !== "repeated");
  const newest = (read.length > 0 ? read : found).reduce<LedgerRow | undefined>((best, row) =>
    (best === undefined || row.landing_day >= best.landing_day ? row : best), undefined);
  if (!newest) {
    throw new UsageError(`file: unknown: ${file}; accepted: a file of \`dudao files\`, by name, `
      + "as system/day/name, or by the first six digits of its SHA-256");
  }
  return newest;
}
