import { readingName } from "../shared/current-files.ts";
import { UsageError } from "../shared/errors.ts";
import { findTakenFile } from "../shared/find-taken-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { rowReasonZh } from "../shared/messages/row-reasons.ts";
import { fileStatusTexts, slipCommandTexts, slipTexts } from "../shared/messages/slips.ts";
import { formatCount } from "../shared/number-format.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { readSlipOf, type SlipRow } from "../shared/read-slip-rows.ts";
import { doneCodes, requireDay, type Command, type CommandIo } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

const texts = slipCommandTexts.zh;
/** Rows shown to a person; all of them stand in the workbook. */
const shownRows = 100;

export const slip: Command = {
  name: "slip",
  summary: "the rejected rows of a file, with cell and reason, and where its return slip lies",
  positionals: [{
    name: "[FILE]", help: "name as it landed, system/day/name, or first digits of its SHA-256",
  }],
  options: {
    ...homeOption,
    date: { value: "DAY", help: "instead of FILE: the slips of the night of that day" },
    system: { value: "SYSTEM", help: "with --date: one training system" },
    json: { help: "one JSON object a rejected row (figures.md), or a slip of the night" },
  },
  examples: [
    {
      line: "dudao slip FILE --home HOME",
      says: "row, cell and reasons; where workbook and CSV lie",
    },
    { line: "dudao slip FILE --home HOME --json", says: "the same for a script" },
    { line: "dudao slip --date 2021-12-20 --home HOME", says: "what that night sends back" },
  ],
  exitCodes: { ...doneCodes, 2: "usage, or no such file was taken" },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const file = input.positionals[0];
    const date = input.option("date");
    const system = input.option("system");
    if ((file === undefined) === (date === undefined)) {
      throw new UsageError("slip: missing FILE or --date; accepted: one of them");
    }
    if (system !== undefined && date === undefined) {
      throw new UsageError(`--system: invalid without --date: ${system}; accepted: with --date`);
    }
    const isJson = input.hasFlag("json");
    if (date !== undefined) {
      await listNight(store, requireDay("date", date), system, isJson, io);
      return 0;
    }
    const row = await findTakenFile(store, file ?? "");
    const rows = await readSlipOf(store, row);
    const lines = isJson ? rows.map((line) => JSON.stringify(line))
      : [...describeFile(row, rows), ...await listPlaces(store, row)];
    for (const line of lines) io.out(line);
    if (rows.length === 0) io.err("no rejected row in that file");
    return 0;
  },
};

function describeFile(row: LedgerRow, rows: readonly SlipRow[]): readonly string[] {
  const hasSheets = rows.some(({ sheet }) => sheet !== "");
  const table = rows.slice(0, shownRows).map(({ sheet, row: number, cell, reasons }) => [
    ...(hasSheets ? [sheet] : []), formatCount(number), cell === "" ? slipTexts.zh.wholeRow : cell,
    reasons.map(rowReasonZh).join("；"),
  ]);
  const { colSheet, colRow, colCell, colReasons } = slipTexts.zh;
  const heading = [...(hasSheets ? [colSheet] : []), colRow, colCell, colReasons];
  return [
    `${row.system}/${row.landing_day}/${row.file_name}  ${fileStatusTexts.zh[row.status]}`,
    ...(row.reason_zh === null ? [] : [row.reason_zh]),
    ...(row.rows_read === null ? [] : [balanceOf(row)]),
    ...(rows.length === 0 ? [] : ["", ...alignColumns([heading, ...table])]),
    ...(rows.length > shownRows
      ? [fillMessage(texts.moreRows, { rows: formatCount(rows.length - shownRows) })] : []),
  ];
}

function balanceOf(row: LedgerRow): string {
  return fillMessage(slipTexts.zh.balanceLine, {
    read: formatCount(row.rows_read), accepted: formatCount(row.rows_accepted),
    rejected: formatCount(row.rows_rejected), duplicate: formatCount(row.rows_duplicate),
  });
}

/** Where the slips of a file lie, one line each; none where nothing goes back. */
async function listPlaces(store: ObjectStore, row: LedgerRow): Promise<readonly string[]> {
  const places = await findPlaces(store, row);
  const lines = Object.entries(places).flatMap(([kind, key]) =>
    (key === null ? [] : [`${texts[kind as keyof typeof places]}${key}`]));
  return lines.length === 0 ? [] : ["", ...lines];
}

async function findPlaces(store: ObjectStore, row: LedgerRow): Promise<{
  readonly workbook: string | null; readonly csv: string | null; readonly unmatched: string | null;
}> {
  const { system, landing_day: day } = row;
  const name = readingName(row);
  const ifThere = async (key: string): Promise<string | null> =>
    ((await store.list(key)).some((object) => object.key === key) ? key : null);
  return {
    workbook: await ifThere(homeKeys.slip(system, day, name, "xlsx")),
    csv: await ifThere(homeKeys.slip(system, day, name, "csv")),
    unmatched: await ifThere(homeKeys.unmatchedSlip(system, day, name)),
  };
}

async function listNight(
  store: ObjectStore, date: string, system: string | undefined, isJson: boolean, io: CommandIo,
): Promise<void> {
  const files = (await readLedger(store, { date }))
    .filter((row) => system === undefined || row.system === system);
  const systems = new Set<string>();
  for (const row of files) {
    const places = await findPlaces(store, row);
    if (places.workbook === null) continue;
    systems.add(row.system);
    if (isJson) {
      const { system: of, landing_day, file_name, status, rows_rejected } = row;
      io.out(JSON.stringify({
        system: of, landing_day, file_name, status, rows_rejected, ...places,
      }));
      continue;
    }
    const rows = formatCount(row.rows_rejected);
    io.out([
      `${row.system}/${row.landing_day}/${row.file_name}`, fileStatusTexts.zh[row.status],
      ...(row.rows_rejected ? [fillMessage(texts.rejected, { rows })] : []),
    ].join("  "));
    io.out(`  ${places.workbook}`);
  }
  if (systems.size === 0) io.err("nothing goes back from that night");
  if (isJson) return;
  for (const of of [...systems].sort()) {
    io.out(`${texts.summary}${homeKeys.slipSummary(of, date, "xlsx")}`);
  }
}

/** Columns under each other; Han characters are two wide. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widthOf = (text: string): number =>
    [...text].reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1), 0);
  const widths = (rows[0] ?? []).map((_, k) =>
    Math.max(...rows.map((row) => widthOf(row[k] ?? ""))));
  return rows.map((row) => row.map((text, k) => (k === row.length - 1 ? text
    : text + " ".repeat((widths[k] ?? 0) - widthOf(text)))).join("  "));
}
