import { join } from "node:path";
import { slipTexts } from "../shared/messages/slips.ts";
import type { Contract } from "./contracts/contract.ts";
import type { JudgedFile } from "./judge/file-verdict.ts";
import { readQuarantine } from "./quarantine.ts";
import { buildCover } from "./slip-cover.ts";
import { CsvWriter, TextFileWriter } from "./slip-csv.ts";
import { buildRejectedTable, type RejectedTable } from "./slip-row.ts";
import { SheetWriter, type SheetOptions, type SlipSheet } from "./slip-sheet.ts";
import { writeSlipWorkbook } from "./slip-workbook.ts";
import type { RejectFiles } from "./worker-messages.ts";

export interface SlipRequest {
  /** Local NDJSON of the file's rejected rows: one file, or several in their order. */
  readonly quarantine: string | readonly string[];
  /** What is written here; the other by somebody else. Default: both. */
  readonly only?: "workbook" | "rows";
  /** Where XLSX, CSV and JSON are written. */
  readonly folder: string;
  /** Number of the file in the night, for the names of the local files. */
  readonly file: number;
  readonly fileName: string;
  readonly system: string;
  readonly landingDay: string;
  readonly sha256: string;
  readonly knownOn: string;
  readonly contract: Contract;
  /** Rows of one sheet; default: as many as a workbook allows. */
  readonly rowsASheet?: number;
  readonly verdict: Pick<JudgedFile,
    "format" | "rowsRead" | "rowsAccepted" | "rowsRejected" | "rowsDuplicate" | "rowsSkipped" |
    "reasons" | "columnRemarks" | "headers">;
}

const texts = slipTexts.zh;
const noHeaders: readonly string[] = [];

/**
 * Writes the return slip of one file with rejected rows: a workbook for people, the same rows as
 * CSV, and one JSON object a row (`sheet, row, cell, reasons`, figures.md, *Command-line shapes*).
 * Rows stream: memory does not grow with them. Personal data, mode 0600.
 */
export async function writeSlip(
  request: SlipRequest,
): Promise<Omit<RejectFiles, "quarantine">> {
  const { contract, verdict, folder, file, only } = request;
  const pathOf = (ending: string): string => join(folder, `${file}.slip.${ending}`);
  const slipXlsx = pathOf("xlsx");
  const slipJson = pathOf("json");
  const slipCsv = pathOf("csv");
  const json = only === "workbook" ? undefined : new TextFileWriter(slipJson);
  const csv = only === "workbook" ? undefined : new CsvWriter(slipCsv);
  const tables = new RejectedSheets((headers) => buildRejectedTable({
    contract, format: verdict.format, headers, reasons: verdict.reasons,
  }), (number) => ({ spill: pathOf(`sheet-${number}`), mostRows: request.rowsASheet }));
  const headersOf = new Map(verdict.headers.map((h) => [h.sheet, h.columns]));
  let last: RejectedTable | undefined;
  for await (const rows of readQuarantine(request.quarantine)) {
    for (const { row, slipLine } of rows) {
      json?.write(slipLine);
      const table = tables.require(headersOf.get(row.sheet) ?? noHeaders);
      const described = table.describe(row);
      if (table !== last) {
        if (last) csv?.add([]);
        csv?.add(table.columns.map((column) => column.heading));
        last = table;
      }
      if (described.isText) csv?.addAlike(described.values);
      else csv?.add(described.values);
      if (only !== "rows") tables.add(table, described);
    }
    if (only === "workbook" && tables.isFull) break;
  }
  json?.close();
  csv?.close();
  const files = { slipXlsx, slipCsv, slipJson };
  if (only === "rows") return files;
  const sheets = tables.close();
  writeSlipWorkbook(slipXlsx, texts.title, [buildCover({
    ...request, status: "partly", reasonZh: null,
    counts: {
      read: verdict.rowsRead, accepted: verdict.rowsAccepted, rejected: verdict.rowsRejected,
      duplicate: verdict.rowsDuplicate, skipped: verdict.rowsSkipped,
    },
    reasons: verdict.reasons, columnRemarks: verdict.columnRemarks, rowsUnmatched: null,
    rowsLeftOut: verdict.rowsRejected - tables.rows,
  }), ...sheets]);
  return files;
}

/** Sheets of one workbook; more would need over 4 GiB, and nobody can open it. */
const mostSheets = 16;
/** Rows of one workbook, two full sheets: what comes behind them is read by programs alone. */
const mostRows = 2 * 1_048_575;

/** Rows under one header go into one table; a large table goes into several sheets. */
class RejectedSheets {
  readonly #build: (headers: readonly string[]) => RejectedTable;
  readonly #optionsOf: (number: number) => Omit<SheetOptions, "frozenColumns">;
  readonly #tables = new Map<string, RejectedTable>();
  readonly #open = new Map<RejectedTable, SheetWriter>();
  readonly #sheets: SheetWriter[] = [];
  #lastHeaders: readonly string[] | undefined;
  #lastTable: RejectedTable | undefined;
  /** Written; all others stand in the CSV alone. */
  rows = 0;

  constructor(
    build: (headers: readonly string[]) => RejectedTable,
    optionsOf: (number: number) => Omit<SheetOptions, "frozenColumns">,
  ) {
    this.#build = build;
    this.#optionsOf = optionsOf;
  }

  get isFull(): boolean {
    return this.rows >= mostRows;
  }

  require(headers: readonly string[]): RejectedTable {
    if (this.#lastTable && headers === this.#lastHeaders) return this.#lastTable;
    const key = JSON.stringify(headers);
    const table = this.#tables.get(key) ?? this.#build(headers);
    this.#tables.set(key, table);
    this.#lastHeaders = headers;
    return this.#lastTable = table;
  }

  add(table: RejectedTable, row: ReturnType<RejectedTable["describe"]>): void {
    if (this.isFull) return;
    let writer = this.#open.get(table);
    if (!writer || writer.isFull) {
      if (this.#sheets.length >= mostSheets) return;
      const number = this.#sheets.length + 1;
      const name = number === 1 ? texts.rowsSheet : `${texts.rowsSheet}${number}`;
      writer = new SheetWriter(name, table.columns, {
        frozenColumns: table.frozenColumns, ...this.#optionsOf(number),
      });
      this.#open.set(table, writer);
      this.#sheets.push(writer);
    }
    writer.add(row);
    this.rows++;
  }

  close(): readonly SlipSheet[] {
    return this.#sheets.map((writer) => writer.close());
  }
}
