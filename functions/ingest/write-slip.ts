import { systemNameZh } from "../shared/messages/systems.ts";
import { createWriteStream, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { acceptedTexts, reasonTexts, slipTexts } from "../shared/messages/slips.ts";
import {
  writeWorkbook, type WorkbookCell, type WorkbookSheet, type WorkbookValue,
} from "../shared/workbook.ts";
import type { Contract, ContractField } from "./contracts/contract.ts";
import type { JudgedFile } from "./judge/file-verdict.ts";
import { readQuarantine, type QuarantinedRow } from "./quarantine.ts";
import type { RawCell } from "./raw.ts";
import type { RejectFiles } from "./worker-messages.ts";

export interface SlipRequest {
  /** Local NDJSON of the file's rejected rows. */
  readonly quarantine: string;
  /** Where XLSX and JSON are written. */
  readonly folder: string;
  /** Number of the file in the night, for the names of the local files. */
  readonly file: number;
  readonly fileName: string;
  readonly system: string;
  readonly landingDay: string;
  readonly contract: Contract;
  readonly verdict: JudgedFile;
  readonly headers: JudgedFile["headers"];
}

const texts = slipTexts.zh;

/** Rows below the heading that one sheet of a workbook can hold. */
const rowsASheet = 1_048_570;

/**
 * Writes the return slip of one file with rejected rows: a workbook for people and one JSON object
 * a row (`sheet, row, cell, reasons`, figures.md, *Command-line shapes*). Personal data.
 */
export async function writeSlip(request: SlipRequest): Promise<RejectFiles> {
  const slipXlsx = join(request.folder, `${request.file}.slip.xlsx`);
  const slipJson = join(request.folder, `${request.file}.slip.json`);
  const json = createWriteStream(slipJson, { mode: 0o600 });
  const tables = new Map<string, RejectedTable>();
  const columnsOf = new Map(request.headers.map((h) => [h.sheet, h.columns]));
  for await (const rejected of readQuarantine(request.quarantine)) {
    const { sheet, row, cell, reasons } = rejected;
    const line = `${JSON.stringify({ sheet, row, cell, reasons })}\n`;
    if (!json.write(line)) await once(json, "drain");
    const columns = columnsOf.get(sheet) ?? [];
    const table = requireTable(tables, columns);
    table.rows.push(describeRow(rejected, request.contract));
  }
  json.end();
  await once(json, "close");
  const workbook = await writeWorkbook(texts.title, [
    coverSheet(request), ...[...tables.values()].map(rowsSheet),
  ]);
  writeFileSync(slipXlsx, workbook, { mode: 0o600 });
  return { quarantine: request.quarantine, slipXlsx, slipJson };
}

type SheetRow = (WorkbookValue | WorkbookCell)[];
interface RejectedTable {
  readonly columns: readonly string[];
  readonly rows: SheetRow[];
}

/** Rows under one header go into one table; a file has few headers, a large one several tables. */
function requireTable(
  tables: Map<string, RejectedTable>, columns: readonly string[],
): RejectedTable {
  const header = JSON.stringify(columns);
  for (let part = 0; ; part++) {
    const key = `${header}#${part}`;
    const table = tables.get(key) ?? { columns, rows: [] };
    tables.set(key, table);
    if (table.rows.length < rowsASheet) return table;
  }
}

function describeRow(rejected: QuarantinedRow, contract: Contract): SheetRow {
  const { sheet, row, cell, reasons, column, cells, text } = rejected;
  const sent = text !== null && cells.length === 0 ? [text] : cells.map(showCell);
  return [
    sheet, row, cell === "" ? texts.wholeRow : cell,
    reasons.map((reason) => describeReason(reason, contract)).join("；"),
    [...new Set(reasons.map((reason) => describeAccepted(reason, contract)))].join("；"),
    ...sent.map((value, k) => (k === column ? { value, mark: "fault" as const } : value)),
  ];
}

/** `invalid.credit` → a Chinese sentence with the sender's own column title. */
export function describeReason(reason: string, contract: Contract): string {
  const [word = "", name = ""] = splitReason(reason);
  const whole: Readonly<Record<string, string>> = reasonTexts.zh;
  const template = whole[reason] ?? whole[word] ?? reason;
  const headers = findFields(name, contract).map((field) => field.header);
  return fillMessage(template, { column: headers.join("、") || name });
}

function describeAccepted(reason: string, contract: Contract): string {
  const [, name = ""] = splitReason(reason);
  const field = findFields(name, contract)[0];
  const kind = field?.kind ?? (name === "period" ? "period" : "row");
  return fillMessage(acceptedTexts.zh[kind] ?? "", {
    values: Object.keys(field?.values ?? {}).join("、"),
  });
}

function splitReason(reason: string): readonly string[] {
  const dot = reason.indexOf(".");
  return [reason.slice(0, dot), reason.slice(dot + 1)];
}

/** `person` and `period` are faults of more than one column. */
function findFields(name: string, contract: Contract): readonly ContractField[] {
  if (name === "person") return contract.fields.filter((f) => f.kind === "person");
  if (name === "period" && contract.period) {
    const { begin, end } = contract.period;
    return contract.fields.filter((f) => f.field === begin || f.field === end)
      .map((f) => ({ ...f, kind: "day" as const }));
  }
  return contract.fields.filter((f) => f.field === name);
}

/** As the sender wrote it; long numbers as text, for a workbook shows 15 digits of a number. */
function showCell(cell: RawCell): WorkbookValue {
  if (cell === null || typeof cell === "string") return cell;
  if (typeof cell === "number") return Math.abs(cell) < 1e15 ? cell : String(cell);
  if (typeof cell === "boolean") return cell ? "TRUE" : "FALSE";
  return new Date(cell.wallMs).toISOString().slice(0, 19).replace("T", " ");
}

function coverSheet(request: SlipRequest): WorkbookSheet {
  const { verdict } = request;
  const counts = {
    read: verdict.rowsRead, accepted: verdict.rowsAccepted,
    rejected: verdict.rowsRejected, duplicate: verdict.rowsDuplicate,
  };
  return {
    name: texts.coverSheet,
    widths: [44, 60],
    frozenRows: 1,
    rows: [
      [{ value: texts.title, mark: "title" }],
      [texts.system, `${systemNameZh(request.system)}（${request.system}）`],
      [texts.export, exportName(request.contract)],
      [texts.fileName, request.fileName],
      [texts.landingDay, request.landingDay],
      [texts.rowsRead, counts.read],
      [texts.rowsAccepted, counts.accepted],
      [texts.rowsRejected, counts.rejected],
      [texts.rowsDuplicate, counts.duplicate],
      [texts.balance, fillMessage(texts.balanceLine, counts)],
      [],
      [texts.reasonHeading, texts.reasonRows].map((value) => ({ value, mark: "heading" as const })),
      ...Object.entries(verdict.reasons).sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([reason, rows]) => [describeReason(reason, request.contract), rows]),
      [],
      [texts.advice],
      [texts.privacy],
    ],
  };
}

/** The sender's own name of an export where its file pattern has one: 教师名册*.csv → 教师名册. */
function exportName(contract: Contract): string {
  const name = contract.file_pattern.replace(/\*.*$/, "");
  return name === "" ? contract.export : name;
}

function rowsSheet(table: RejectedTable, index: number): WorkbookSheet {
  const own = [
    texts.colSheet, texts.colRow, texts.colCell, texts.colReasons, texts.colAccepted,
  ];
  const columns = table.columns.length > 0 ? table.columns : [texts.rowText];
  const heading = [...own, ...columns].map((value) => ({ value, mark: "heading" as const }));
  return {
    name: index === 0 ? texts.rowsSheet : `${texts.rowsSheet}${index + 1}`,
    widths: [12, 8, 10, 40, 40, ...columns.map(() => 18)],
    frozenRows: 1,
    rows: [heading, ...table.rows],
  };
}
