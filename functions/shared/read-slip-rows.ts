import { readingName } from "./current-files.ts";
import { UsageError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { readLedger } from "./read-ledger.ts";

/** One rejected row, as `dudao slip --json` prints it (figures.md, *Command-line shapes*). */
export interface SlipRow {
  readonly sheet: string;
  readonly row: number;
  readonly cell: string;
  readonly reasons: readonly string[];
}

/**
 * Rejected rows of one file in order, none where all were taken. `file` is a file name (of several
 * the newest landing day counts) or `<system>/<landing day>/<file name>`, also below `landing/`.
 * Throws UsageError for a file that no closed night took.
 */
export async function readSlipRows(store: ObjectStore, file: string): Promise<readonly SlipRow[]> {
  const wanted = file.startsWith(homeKeys.landingPrefix)
    ? file.slice(homeKeys.landingPrefix.length) : file;
  const rows = (await readLedger(store)).filter((row) => row.file_name === wanted ||
    `${row.system}/${row.landing_day}/${row.file_name}` === wanted);
  const newest = rows.reduce<(typeof rows)[number] | undefined>((best, row) =>
    (best === undefined || row.landing_day >= best.landing_day ? row : best), undefined);
  if (!newest) {
    throw new UsageError(`file: unknown: ${file}; accepted: a file of \`dudao files\``);
  }
  const key = homeKeys.slip(newest.system, newest.landing_day, readingName(newest), "json");
  const found = await store.get(key);
  if (!found) return [];
  return Buffer.from(found.body).toString("utf8").split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SlipRow);
}
