import iconv from "iconv-lite";
import {
  biff, buildXls, cellHead, le16, le32, le64, record, rk, sharedStringTable, wide, xf,
} from "./build-biff.ts";
import { buildEncryptedPackage, buildProtectedXls } from "./build-encrypted.ts";
import { buildZip, workbookParts, type ZipPart } from "./build-zip.ts";

/** A workbook byte by byte, where a library would not write it so; see the README of the cases. */
export type RawFileOfCase = RawXlsx | RawXls | RawBytes | RawEncrypted;

interface RawXlsx {
  readonly kind: "xlsx";
  readonly sheets: readonly RawSheet[];
  readonly is1904?: boolean;
  /** Number formats of the styles 1, 2, …: an id or a code. */
  readonly formats?: readonly (number | string)[];
  /** Prefix of all names, as some libraries write it. */
  readonly prefix?: string;
  readonly strict?: boolean;
  readonly lower_case_parts?: boolean;
  /** Where the shared strings stand in the archive. */
  readonly strings?: "first" | "last" | "missing";
  /** Part of the archive that is kept, 0–1. */
  readonly keep?: number;
  readonly more?: readonly ZipPart[];
}

interface RawXls {
  readonly kind: "xls";
  readonly version: 5 | 8;
  readonly sheets: readonly RawSheet[];
  readonly is1904?: boolean;
  readonly formats?: readonly (number | string)[];
  readonly codepage?: number;
  /** Strings that stand before those of the cells, so that these go on in CONTINUE records. */
  readonly filler_strings?: number;
  readonly keep?: number;
}

interface RawBytes {
  readonly kind: "bytes";
  readonly hex: string;
  /** How often the bytes stand there. */
  readonly times?: number;
}

interface RawEncrypted {
  readonly kind: "encrypted";
  readonly method: "agile" | "standard" | "xor" | "rc4" | "cryptoapi";
  readonly password: string;
}

interface RawSheet {
  readonly name: string;
  readonly state?: "hidden" | "veryHidden";
  /** Declared range, which may lie. */
  readonly range?: string;
  readonly merges?: readonly string[];
  /** Rows and cells carry no reference. */
  readonly no_references?: boolean;
  /** Whole numbers that stand side by side are packed into one record. */
  readonly packed?: boolean;
  /** A sheet of a chart, which holds no cells. */
  readonly is_chart?: boolean;
  /** By 1-based row; `null` leaves the row out. */
  readonly rows: readonly (readonly RawCellOfCase[] | string | null)[];
}

/** A formula and its cached result, without one where neither value nor error is given. */
interface FormulaOfCase {
  readonly formula: string;
  readonly value?: string | number | boolean;
  readonly error?: string;
  readonly style?: number;
}

type RawCellOfCase =
  | string | number | boolean | null
  /** A number in a style. */
  | { readonly style: number; readonly value: number | string }
  | FormulaOfCase
  | { readonly error: string }
  /** Text in the cell itself; XML of `is`, or rich text of BIFF. */
  | { readonly inline: string }
  /** XML of a shared string. */
  | { readonly rich: string }
  /** The cell as it stands. */
  | { readonly xml: string };

export function buildCaseFile(raw: RawFileOfCase): Buffer {
  switch (raw.kind) {
    case "xlsx":
      return keepOf(buildRawXlsx(raw), raw.keep);
    case "xls":
      return keepOf(buildRawXls(raw), raw.keep);
    case "bytes":
      return Buffer.from(raw.hex.repeat(raw.times ?? 1), "hex");
    case "encrypted":
      return raw.method === "agile" || raw.method === "standard"
        ? buildEncryptedPackage(raw.password, raw.method)
        : buildProtectedXls(raw.password, raw.method);
  }
}

function keepOf(bytes: Buffer, part = 1): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length * part));
}

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function buildRawXlsx(raw: RawXlsx): Buffer {
  const shared: string[] = [];
  const numberOf = (xml: string) => {
    if (!shared.includes(xml)) shared.push(xml);
    return shared.indexOf(xml);
  };
  const cellXml = (cell: RawCellOfCase, at: string): string => {
    if (cell === null) return "";
    if (typeof cell === "string") return cellXml({ rich: `<t>${escapeXml(cell)}</t>` }, at);
    if (typeof cell === "number") return `<c${at}><v>${cell}</v></c>`;
    if (typeof cell === "boolean") return `<c${at} t="b"><v>${cell ? 1 : 0}</v></c>`;
    if ("xml" in cell) return cell.xml;
    if ("rich" in cell) return `<c${at} t="s"><v>${numberOf(cell.rich)}</v></c>`;
    if ("inline" in cell) return `<c${at} t="inlineStr"><is>${cell.inline}</is></c>`;
    if ("formula" in cell) return formulaXml(cell, at);
    if ("error" in cell) return `<c${at} t="e"><v>${cell.error}</v></c>`;
    return `<c${at} s="${cell.style}"><v>${cell.value}</v></c>`;
  };
  const rowXml = (row: readonly RawCellOfCase[], number: number, { no_references }: RawSheet) => {
    const cells = row.map((cell, i) =>
      cellXml(cell, no_references ? "" : ` r="${letters(i)}${number}"`));
    return `<row${no_references ? "" : ` r="${number}"`}>${cells.join("")}</row>`;
  };
  const sheets = raw.sheets.map((sheet) => {
    const rows = sheet.rows.map((row, i) =>
      typeof row === "string" ? row : row === null ? "" : rowXml(row, i + 1, sheet));
    const merges = (sheet.merges ?? []).map((range) => `<mergeCell ref="${range}"/>`).join("");
    const xml = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
      + `<dimension ref="${sheet.range ?? "A1"}"/><sheetData>${rows.join("\n")}</sheetData>`
      + `${merges && `<mergeCells>${merges}</mergeCells>`}</worksheet>`;
    return { name: sheet.name, xml, attributes: sheet.state ? `state="${sheet.state}"` : "" };
  });
  const strings = {
    name: "xl/sharedStrings.xml",
    content: '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
      + `${shared.map((xml) => `<si>${xml}</si>`).join("")}</sst>`,
  };
  const styles = { name: "xl/styles.xml", content: stylesXml(raw.formats ?? []) };
  const place = raw.strings ?? "last";
  const parts = workbookParts(
    sheets, [styles, ...(place === "last" ? [strings] : []), ...(raw.more ?? [])],
    raw.is1904 ? '<workbookPr date1904="1"/>' : "",
  );
  const all = place === "first" ? [strings, ...parts] : parts;
  return buildZip(all.map((part) => dialect(part, raw)));
}

function formulaXml(
  { formula, value, error, style }: FormulaOfCase, at: string,
): string {
  const f = `<f>${escapeXml(formula)}</f>`;
  if (error !== undefined) return `<c${at} t="e">${f}<v>${error}</v></c>`;
  if (value === undefined) return `<c${at}>${f}</c>`;
  if (typeof value === "string") return `<c${at} t="str">${f}<v>${escapeXml(value)}</v></c>`;
  if (typeof value === "boolean") return `<c${at} t="b">${f}<v>${value ? 1 : 0}</v></c>`;
  return `<c${at}${style === undefined ? "" : ` s="${style}"`}>${f}<v>${value}</v></c>`;
}

function stylesXml(formats: readonly (number | string)[]): string {
  const custom = formats.flatMap((format, i) => typeof format === "string"
    ? [`<numFmt numFmtId="${176 + i}" formatCode="${escapeXml(format)}"/>`]
    : []);
  const xfs = formats.map((format, i) =>
    `<xf numFmtId="${typeof format === "string" ? 176 + i : format}" applyNumberFormat="1"/>`);
  return '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
    + `${custom.join("")}</numFmts><cellXfs><xf numFmtId="0"/>${xfs.join("")}</cellXfs></styleSheet>`;
}

const STANDARD = "schemas.openxmlformats.org/officeDocument/2006";
const MAIN = "schemas.openxmlformats.org/spreadsheetml/2006/main";
/** The same part as another writer puts it. */
function dialect(part: ZipPart, raw: RawXlsx): ZipPart {
  let content = String(part.content);
  if (raw.strict) {
    content = content.replaceAll(STANDARD, "purl.oclc.org/ooxml/officeDocument")
      .replaceAll(MAIN, "purl.oclc.org/ooxml/spreadsheetml/main");
  }
  if (raw.prefix !== undefined && !part.name.endsWith(".rels")) {
    content = content.replaceAll(/<(\/?)(?=[a-z])/gi, `<$1${raw.prefix}:`)
      .replace(/\sxmlns="/, ` xmlns:${raw.prefix}="`);
  }
  return { ...part, content, name: raw.lower_case_parts ? part.name.toLowerCase() : part.name };
}

const STATES = { hidden: 1, veryHidden: 2 } as const;
const gbk = (text: string) => iconv.encode(text, "gbk");

function buildRawXls(raw: RawXls): Buffer {
  const isWide = raw.version === 8;
  const strings = Array.from({ length: raw.filler_strings ?? 0 }, (_, i) => `占位字符串${i}`);
  const numberOf = (text: string) => {
    if (!strings.includes(text)) strings.push(text);
    return strings.indexOf(text);
  };
  const long = (text: string) => isWide
    ? [...le16(text.length), ...wide(text)] : [...le16(gbk(text).length), ...gbk(text)];
  const cellRecords = cellRecordsOf(raw, numberOf, long);
  const sheets = raw.sheets.map((sheet) => ({
    name: sheet.name,
    state: sheet.state === undefined ? 0 as const : STATES[sheet.state],
    kind: sheet.is_chart ? "chart" as const : "sheet" as const,
    records: sheet.rows.flatMap((row, y) => {
      if (typeof row === "string" || row === null) return [];
      if (sheet.packed) return packedRecords(row, y, cellRecords);
      return row.flatMap((cell, x) => cellRecords(cell, y, x));
    }),
  }));
  const formats = raw.formats ?? [];
  const formatText = (code: string) => isWide ? long(code) : [gbk(code).length, ...gbk(code)];
  const globals = [
    ...(raw.codepage === undefined ? [] : [record(biff.codepage, le16(raw.codepage))]),
    ...(raw.is1904 ? [record(biff.dateMode, [1, 0])] : []),
    ...formats.flatMap((format, i) => typeof format === "string"
      ? [record(biff.format, [...le16(176 + i), ...formatText(format)])]
      : []),
    xf(0),
    ...formats.map((format, i) => xf(typeof format === "string" ? 176 + i : format)),
    ...(isWide ? [sharedStringTable(strings)] : []),
  ];
  return buildXls({ version: raw.version, sheets, globals, encode: gbk });
}

type CellRecords = (cell: RawCellOfCase, y: number, x: number) => Buffer[];

function packedRecords(row: readonly RawCellOfCase[], y: number, one: CellRecords): Buffer[] {
  const records: Buffer[] = [];
  for (let x = 0; x < row.length;) {
    let end = x;
    while (Number.isInteger(row[end])) end++;
    if (end - x < 2) {
      records.push(...one(row[x] as RawCellOfCase, y, x));
      x++;
      continue;
    }
    const cells = row.slice(x, end).flatMap((cell) => [0, 0, ...rk(cell as number)]);
    records.push(record(biff.mulRk, [...le16(y), ...le16(x), ...cells, ...le16(end - 1)]));
    x = end;
  }
  return records;
}

const ERRORS: Readonly<Record<string, number>> = {
  "#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42,
};

function cellRecordsOf(
  { version }: RawXls, numberOf: (text: string) => number, long: (text: string) => number[],
) {
  return (cell: RawCellOfCase, y: number, x: number): Buffer[] => {
    const head = (style = 0) => cellHead(y, x, style);
    if (cell === null) return [];
    if (typeof cell === "string") {
      return [version === 8
        ? record(biff.labelSst, [...head(), ...le32(numberOf(cell))])
        : record(biff.label, [...head(), ...long(cell)])];
    }
    if (typeof cell === "number") {
      return [Number.isInteger(cell) && Math.abs(cell) < 2 ** 29
        ? record(biff.rk, [...head(), ...rk(cell)])
        : record(biff.number, [...head(), ...le64(cell)])];
    }
    if (typeof cell === "boolean") return [record(biff.boolErr, [...head(), cell ? 1 : 0, 0])];
    if ("inline" in cell) return [record(biff.label, [...head(), ...long(cell.inline)])];
    if ("rich" in cell) return [record(biff.rString, [...head(), ...long(cell.rich), 0, 0])];
    if ("formula" in cell) return formulaRecords(cell, head(cell.style), long);
    if ("error" in cell) return [record(biff.boolErr, [...head(), ERRORS[cell.error] ?? 0, 1])];
    if ("xml" in cell) throw new Error("a binary workbook holds no XML");
    return [record(biff.number, [...head(cell.style), ...le64(Number(cell.value))])];
  };
}

function formulaRecords(
  { value, error }: FormulaOfCase, head: number[],
  long: (text: string) => number[],
): Buffer[] {
  const result = (bytes: readonly number[]) =>
    record(biff.formula, [...head, ...bytes, 0, 0, 0, 0, 0, 0, 0, 0]);
  const special = (kind: number, code: number) => result([kind, 0, code, 0, 0, 0, 0xff, 0xff]);
  if (error !== undefined) return [special(2, ERRORS[error] ?? 0)];
  if (typeof value === "boolean") return [special(1, value ? 1 : 0)];
  if (typeof value === "number") return [result(le64(value))];
  return value === undefined
    ? [special(3, 0)] : [special(0, 0), record(biff.string, long(value))];
}
