import fc from "fast-check";
import type { Contract } from "../../functions/ingest/contracts/contract.ts";
import { buildCaseFile } from "../ingest/readers/build-case-file.ts";
import { dirtyObjects, dirtyRows } from "../ingest/second-judge/dirty-rows.ts";
import { judgeAgain, type Cell } from "../ingest/second-judge/second-judge.ts";
import { encodeText, isText, type LandedFile } from "./broken-file.ts";
import type { Family } from "./file-family.ts";

/** A sound file of dirty rows, and what the second judge makes of it. */
export interface MadeFile extends LandedFile {
  readonly expected: ExpectedCounts;
}
export interface ExpectedCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  /** Of the accepted rows. */
  readonly recordIds: readonly string[];
}

const families: readonly Family[] = [
  "csv utf-8", "csv utf-8 bom", "csv utf-16le", "csv utf-16be", "csv gb18030", "xlsx", "xls",
  "spreadsheetml", "html", "json", "ndjson",
];
type Rows = readonly (readonly Cell[])[];

/** How a text is written; workbooks and JSON do not look at it. */
interface Writing {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly isQuoted: boolean;
}

export function madeFile(
  contracts: readonly Contract[], landingDay: string,
): fc.Arbitrary<MadeFile> {
  const writing = fc.record({
    delimiter: fc.constantFrom(",", ",", ";", "\t"),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    isQuoted: fc.boolean(),
  });
  return fc.tuple(fc.constantFrom(...contracts), fc.constantFrom(...families), writing)
    .map(([contract, family, how]) => {
      // GB18030 is found by its header: one of ASCII alone is found in UTF-8 (rows.md, Files).
      const isAscii = contract.fields.every((field) => /^[\0-\x7f]*$/.test(field.header));
      return [contract, isAscii && family === "csv gb18030" ? "csv utf-8" : family, how] as const;
    })
    .chain(([contract, family, how]) => {
      const isJson = family === "json" || family === "ndjson";
      const rows: fc.Arbitrary<Rows> = isJson ? dirtyObjects(contract) : dirtyRows(contract);
      return rows.map((all) => {
        const own = isText(family) || isJson ? all
          : all.map((row) => row.slice(0, contract.fields.length));
        return {
          system: contract.system, family, fileName: contract.file_pattern.replace("*", "_"),
          bytes: writeRows(contract, own, family, how),
          expected: expectCounts(contract, own, landingDay),
        };
      });
    });
}

function expectCounts(contract: Contract, rows: Rows, landingDay: string): ExpectedCounts {
  const reasons: Record<string, number> = {};
  const warnings: Record<string, number> = {};
  const newest = new Map<string, { readonly version: number; readonly content: string }>();
  let [accepted, rejected, duplicate] = [0, 0, 0];
  for (const row of rows) {
    const verdict = judgeAgain(contract, row, landingDay);
    if (verdict.kind === "skipped") continue;
    if (verdict.kind === "rejected") {
      rejected++;
      const first = verdict.reasons[0] ?? "";
      reasons[first] = (reasons[first] ?? 0) + 1;
      continue;
    }
    for (const warning of verdict.warnings) warnings[warning] = (warnings[warning] ?? 0) + 1;
    const version = Number(verdict.readings.get(contract.version_field ?? "")?.value ?? 0);
    const before = newest.get(verdict.id);
    if (before?.content === verdict.content) {
      duplicate++;
      continue;
    }
    accepted++;
    if (!before || version >= before.version) {
      newest.set(verdict.id, { version, content: verdict.content });
    }
  }
  return { accepted, rejected, duplicate, reasons, warnings, recordIds: [...newest.keys()] };
}

function writeRows(contract: Contract, rows: Rows, family: Family, how: Writing): Buffer {
  const headers = contract.fields.map((field) => field.header);
  if (isText(family)) {
    const lines = [headers, ...rows].map((row) => row.map((cell) => writeCell(String(cell), how))
      .join(how.delimiter));
    return encodeText(lines.join(how.lineEnd), family);
  }
  if (family === "json" || family === "ndjson") {
    const objects = rows.map((row) =>
      JSON.stringify(Object.fromEntries(headers.map((h, i) => [h, row[i] ?? null]))));
    return Buffer.from(family === "json" ? `[${objects.join(",\n")}]` : objects.join("\n"));
  }
  // XML cannot hold the control characters that a cell loses anyway.
  const texts = [headers, ...rows].map((row) =>
    row.map((cell) => String(cell).replace(/[^\P{Cc}\t\n\r]/gu, "")));
  if (family === "xlsx") {
    return buildCaseFile({ kind: "xlsx", sheets: [{ name: "表", rows: texts }] });
  }
  if (family === "xls") {
    return buildCaseFile({ kind: "xls", version: 8, sheets: [{ name: "表", rows: texts }] });
  }
  return Buffer.from(family === "html" ? writeHtml(texts) : writeSpreadsheetMl(texts));
}

function writeCell(text: string, { delimiter, isQuoted }: Writing): string {
  const isPlain = !/["\r\n]/.test(text) && !text.includes(delimiter);
  return isPlain && !isQuoted ? text : `"${text.replaceAll('"', '""')}"`;
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function writeHtml(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) =>
    `<tr>${row.map((cell) => `<td>${escapeXml(cell)}</td>`).join("")}</tr>`);
  return `<html><meta charset="utf-8"><body><table>${lines.join("\n")}</table></body></html>`;
}

function writeSpreadsheetMl(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `<Row>${row.map((cell) =>
    `<Cell><Data ss:Type="String">${escapeXml(cell)}</Data></Cell>`).join("")}</Row>`);
  const space = "urn:schemas-microsoft-com:office:spreadsheet";
  return `<?xml version="1.0"?><Workbook xmlns="${space}" xmlns:ss="${space}">` +
    `<Worksheet ss:Name="表"><Table>${lines.join("\n")}</Table></Worksheet></Workbook>`;
}
