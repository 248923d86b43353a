import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mergeContracts, readHomeContracts } from "../shared/home-contracts.ts";
import { readingName } from "../shared/current-files.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import { slipTexts } from "../shared/messages/slips.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { Contract } from "./contracts/contract.ts";
import { readContractFiles } from "./contracts/load-contracts.ts";
import { buildCover, type CoverFacts } from "./slip-cover.ts";
import type { SlipSheet } from "./slip-sheet.ts";
import { writeSummaries } from "./slip-summary.ts";
import { writeUnmatched, type UnmatchedPlace } from "./slip-unmatched.ts";
import { readSlipWorkbook, writeSlipWorkbook } from "./slip-workbook.ts";

export interface NightSlipsRequest {
  readonly store: ObjectStore;
  /** Local folder; a folder of this call is made in it and removed. */
  readonly scratch: string;
  readonly knownOn: string;
  /** Ledger rows of that knowledge day. */
  readonly files: readonly LedgerRow[];
  /** Unmatched rows of files of that night, as known on it; null where it was not measured. */
  readonly unmatched: readonly UnmatchedPlace[] | null;
}

const texts = slipTexts.zh;
const privateMode = { mode: 0o600 } as const;

/**
 * Completes the return slips of a night once its figures are known: a cover for every refused and
 * held file, the sheet (and CSV) of persons who match nobody, and one summary a system. Slips of
 * files with rejected rows lie there since the ingest; their rows are copied as they are.
 * Run again it writes the same bytes.
 */
export async function writeNightSlips(request: NightSlipsRequest): Promise<{
  readonly slips: number; readonly summaries: number;
}> {
  const { store, files } = request;
  if (files.length === 0) return { slips: 0, summaries: 0 };
  const folder = mkdtempSync(join(request.scratch, "slips-"));
  try {
    const contracts = await readContracts(store);
    const places = groupPlaces(request.unmatched ?? []);
    const facts = files.map((row): NightFileFacts => {
      const own = row.status === "repeated" ? [] : places.get(`${row.system}/${row.file_id}`) ?? [];
      return {
        row, unmatched: own, isMeasured: request.unmatched !== null,
        contract: contracts.find((c) => c.system === row.system && c.export === row.export),
      };
    });
    let slips = 0;
    for (const file of facts) if (await completeSlip(store, folder, file)) slips++;
    const { knownOn } = request;
    const summaries = await writeSummaries({ store, folder, knownOn, files: facts });
    return { slips, summaries };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file of the night with what is said of it. */
export interface NightFileFacts {
  readonly row: LedgerRow;
  readonly contract: Contract | undefined;
  readonly unmatched: readonly UnmatchedPlace[];
  readonly isMeasured: boolean;
}

/** The ingest has checked them: no need to do it twice. */
async function readContracts(store: ObjectStore): Promise<readonly Contract[]> {
  const files = mergeContracts(readContractFiles(), await readHomeContracts(store));
  return files.map(({ text }) => JSON.parse(text) as Contract);
}

function groupPlaces(
  places: readonly UnmatchedPlace[],
): ReadonlyMap<string, readonly UnmatchedPlace[]> {
  const groups = new Map<string, UnmatchedPlace[]>();
  for (const place of places) {
    const key = `${place.system}/${place.file_id}`;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  }
  return groups;
}

async function completeSlip(
  store: ObjectStore, folder: string, file: NightFileFacts,
): Promise<boolean> {
  const { row, unmatched } = file;
  const isWhole = row.status === "refused" || row.status === "held";
  if (!isWhole && unmatched.length === 0) return false;
  const { system, landing_day: day } = row;
  const name = readingName(row);
  const key = homeKeys.slip(system, day, name, "xlsx");
  const isThere = (await store.list(key)).some((object) => object.key === key);
  const sheets = isThere && (row.rows_rejected ?? 0) > 0
    ? readSlipWorkbook(await store.fetchToFile(key, folder)).filter(isRowsSheet) : [];
  const added: SlipSheet[] = [];
  if (unmatched.length > 0) {
    const csv = join(folder, "unmatched.csv");
    added.push(writeUnmatched(unmatched, csv, join(folder, "unmatched.sheet")));
    await store.putFile(homeKeys.unmatchedSlip(system, day, name), csv, privateMode);
  }
  const path = join(folder, "slip.xlsx");
  writeSlipWorkbook(path, texts.title, [buildCover(coverFacts(file, sheets)), ...sheets, ...added]);
  await store.putFile(key, path, privateMode);
  return true;
}

function isRowsSheet({ name }: SlipSheet): boolean {
  return name !== texts.coverSheet && name !== texts.unmatchedSheet;
}

function coverFacts(file: NightFileFacts, sheets: readonly SlipSheet[]): CoverFacts {
  const { row, contract, unmatched, isMeasured } = file;
  const shown = sheets.reduce((sum, { table }) =>
    sum + Number(/\d+$/.exec(table)?.[0] ?? 1) - 1, 0);
  return {
    system: row.system, contract, fileName: row.file_name, sha256: row.sha256,
    landingDay: row.landing_day, knownOn: row.known_on, status: row.status,
    reasonZh: row.reason_zh, reasons: row.reasons, columnRemarks: row.column_remarks,
    counts: row.rows_read === null ? null : {
      read: row.rows_read, accepted: row.rows_accepted ?? 0, rejected: row.rows_rejected ?? 0,
      duplicate: row.rows_duplicate ?? 0, skipped: row.rows_skipped ?? 0,
    },
    // Nothing of a held file takes effect: whom its rows name has not been asked.
    rowsUnmatched: isMeasured && row.status !== "held" ? unmatched.length : null,
    rowsLeftOut: Math.max(0, (row.rows_rejected ?? 0) - shown),
  };
}
