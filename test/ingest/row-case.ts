import { createHash, createHmac } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as xlsx from "@e965/xlsx";
import iconv from "iconv-lite";
import { buildCaseFile, type RawFileOfCase } from "./readers/build-case-file.ts";

/** `test/cases/rows/<behaviour>/case.json`; see `test/cases/rows/README.md`. */
export interface RowCase {
  readonly note: string;
  readonly system: string;
  readonly file_name: string;
  readonly landing_day: string;
  /** Of `input.*`: utf-8 unless given. */
  readonly encoding?: string;
  /** Characters of `input.*` that stand for bytes no text can hold. */
  readonly bytes?: Readonly<Record<string, string>>;
  /** Instead of `input.*`: a workbook. */
  readonly workbook?: WorkbookOfCase;
  /** Instead of `input.*`: a workbook byte by byte. */
  readonly raw?: RawFileOfCase;
  readonly expect: ExpectedFile;
}
export interface WorkbookOfCase {
  readonly format: "xlsx" | "xls" | "spreadsheetml";
  readonly is1904?: boolean;
  readonly sheets: readonly { readonly name: string; readonly rows: readonly CellOfCase[][] }[];
}
export type CellOfCase =
  | string | number | boolean | null
  /** A date cell by its serial. */
  | { readonly serial: number; readonly form?: string }
  /** A formula and its cached value. */
  | { readonly formula: string; readonly value: string | number }
  /** An error cell, e.g. #N/A. */
  | { readonly error: string };

export interface ExpectedFile {
  readonly export?: string | null;
  readonly status: "accepted" | "partly" | "refused";
  /** First word of a refusal. */
  readonly refused?: string;
  /** Part of the refusal's facts. */
  readonly detail?: string;
  readonly format?: string;
  readonly encoding?: string | null;
  readonly skipped?: number;
  readonly read?: number;
  readonly accepted?: number;
  readonly rejected?: number;
  readonly duplicate?: number;
  readonly reasons?: Readonly<Record<string, number>>;
  readonly warnings?: Readonly<Record<string, number>>;
  readonly column_remarks?: readonly string[];
  readonly scopes?: Readonly<Record<string, number>>;
  /** Accepted rows, all of them in order, with only the columns that matter. */
  readonly rows?: readonly Readonly<Record<string, unknown>>[];
  /** Rejected rows, all of them in order. */
  readonly rejects?: readonly Readonly<Record<string, unknown>>[];
}

export function readCase(folder: string): RowCase {
  return JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as RowCase;
}

/** Writes the file of a case as its sender would have made it; returns its path. */
export function writeCaseFile(folder: string, rowCase: RowCase, outDir: string): string {
  const path = join(outDir, rowCase.file_name);
  if (rowCase.raw) {
    writeFileSync(path, buildCaseFile(rowCase.raw));
    return path;
  }
  writeFileSync(path, rowCase.workbook ? writeWorkbook(rowCase.workbook) : encode(folder, rowCase));
  return path;
}

function encode(folder: string, rowCase: RowCase): Buffer {
  const input = ["csv", "json", "ndjson", "txt", "xml", "html"]
    .map((ending) => join(folder, `input.${ending}`)).find((path) => existsSync(path));
  if (!input) throw new Error(`${folder}: missing: input.csv, input.json, input.ndjson`);
  const text = readFileSync(input, "utf8");
  const encoding = rowCase.encoding ?? "utf-8";
  const bytes = rowCase.bytes ?? {};
  const parts = Object.keys(bytes).length === 0
    ? [text]
    : text.split(new RegExp(`([${Object.keys(bytes).join("")}])`));
  const body = Buffer.concat(parts.map((part) => {
    const hex = bytes[part];
    return hex === undefined ? toBytes(part, encoding) : Buffer.from(hex, "hex");
  }));
  return encoding === "utf-8-bom" ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]) : body;
}

function toBytes(text: string, encoding: string): Buffer {
  if (encoding === "utf-8-bom") return Buffer.from(text);
  return iconv.encode(text, encoding, { addBOM: encoding.startsWith("utf-16") });
}

const bookTypes = { xlsx: "xlsx", xls: "biff8", spreadsheetml: "xlml" } as const;

function writeWorkbook({ format, sheets, is1904 }: WorkbookOfCase): Buffer {
  const book = xlsx.utils.book_new();
  if (is1904) book.Workbook = { WBProps: { date1904: true } };
  for (const { name, rows } of sheets) {
    const sheet = xlsx.utils.aoa_to_sheet(rows.map((row) => row.map(toCell)));
    xlsx.utils.book_append_sheet(book, sheet, name);
  }
  return xlsx.write(book, { type: "buffer", bookType: bookTypes[format] }) as Buffer;
}

function toCell(cell: CellOfCase): unknown {
  if (typeof cell !== "object" || cell === null) return cell;
  if ("serial" in cell) return { t: "n", v: cell.serial, z: cell.form ?? "yyyy-mm-dd hh:mm" };
  if ("formula" in cell) {
    return { t: typeof cell.value === "string" ? "s" : "n", v: cell.value, f: cell.formula };
  }
  return { t: "e", v: errorCodes[cell.error], w: cell.error };
}
const errorCodes: Readonly<Record<string, number>> = { "#N/A": 42, "#REF!": 23, "#VALUE!": 15 };

/** The token of a person as the product makes it, computed here by another way. */
export function tokenOf(key: Buffer, kind: string, value: string): string {
  const id = createHash("sha256").update("dudao token key id\0").update(key).digest("hex");
  const digest = createHmac("sha256", key).update(`${kind}:${value}`).digest("hex");
  return `${id.slice(0, 6)}.${digest.slice(0, 32)}`;
}
