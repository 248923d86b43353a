import type { RawFile, RawRow, RawSheet } from "../raw.ts";
import { RefusalError } from "./open-options.ts";
import { SheetRowCensus, SPREADSHEETML_MARKS } from "./sheet-row-census.ts";
import type { SheetRows } from "./sheet-row-census.ts";
import { SpreadsheetMlSheet, SpreadsheetMlStyles } from "./spreadsheetml-sheet.ts";
import { readBytes } from "./text-source.ts";
import { scanXml, xmlEncoding } from "./xml-bytes.ts";
import { decodeEntities } from "./xml-scanner.ts";

/** The closing tag of the workbook, and what may stand behind it. */
const TAIL_CHARACTERS = 4_096;

interface Workbook {
  readonly path: string;
  readonly encoding: string;
  readonly isWide: boolean;
  readonly hasMark: boolean;
  readonly sheets: readonly SheetRows[];
}

/**
 * Opens a workbook written as SpreadsheetML 2003 (one XML file): one pass of the row census here;
 * `rows()` reads no more than the bytes of its sheet. Throws `RefusalError`.
 */
export async function openSpreadsheetMl(path: string): Promise<RawFile> {
  const workbook = countRows(path);
  const styles = new SpreadsheetMlStyles();
  const head = bytesBetween(workbook, 0, workbook.sheets[0]);
  for await (const _ of scanXml(head, styles, { encoding: workbook.encoding, isPart: true }));
  const sheets = workbook.sheets.map((sheet, index): RawSheet => {
    return {
      name: readName(sheet.tag, workbook),
      is1904: styles.is1904,
      rows: () => readSheet(workbook, index, styles),
      countRows: async () => sheet.rows,
      countFilledRows: async () => sheet.filled,
    };
  });
  return { format: "spreadsheetml", encoding: null, sheets, close: async () => {} };
}

function countRows(path: string): Workbook {
  const census = new SheetRowCensus(SPREADSHEETML_MARKS);
  let encoding = "";
  let hasMark = false;
  let wide: TextDecoder | undefined;
  let tail = "";
  for (const chunk of readBytes(path)) {
    if (encoding === "") {
      encoding = xmlEncoding(chunk);
      hasMark = chunk[0] === 0xff || chunk[0] === 0xfe;
      if (encoding.startsWith("utf-16")) wide = new TextDecoder(encoding);
    }
    const text = wide?.decode(chunk, { stream: true }) ?? chunk.toString("latin1");
    tail = (tail + text).slice(-TAIL_CHARACTERS);
    census.write(text);
  }
  census.end();
  if (!/<\/(?:[\w.-]+:)?Workbook\s*>/.test(tail)) {
    throw new RefusalError("unreadable", "truncated XML workbook");
  }
  if (census.sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  return { path, encoding, isWide: wide !== undefined, hasMark, sheets: census.sheets };
}

/** Bytes from a place to the tag of a sheet, or to the end of the file. */
function bytesBetween(workbook: Workbook, from: number, to: SheetRows | undefined) {
  const width = workbook.isWide ? 2 : 1;
  const mark = workbook.isWide && workbook.hasMark ? 2 : 0;
  const start = from === 0 ? 0 : mark + from * width;
  return readBytes(workbook.path, start, to === undefined ? Infinity : mark + to.from * width);
}

function readName(tag: string, { encoding, isWide }: Workbook): string {
  const name = /[\s:]Name\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(tag);
  const text = name?.[1] ?? name?.[2] ?? "";
  if (isWide) return decodeEntities(text);
  return decodeEntities(new TextDecoder(encoding).decode(Buffer.from(text, "latin1")));
}

async function* readSheet(
  workbook: Workbook,
  index: number,
  styles: SpreadsheetMlStyles,
): AsyncGenerator<readonly RawRow[]> {
  const sheet = workbook.sheets[index] as SheetRows;
  const next = workbook.sheets[index + 1];
  const handler = new SpreadsheetMlSheet(styles);
  const bytes = bytesBetween(workbook, sheet.from, next);
  const { encoding } = workbook;
  for await (const _ of scanXml(bytes, handler, { encoding })) yield* handler.rows.takeFull();
  yield* handler.rows.takeRest();
}
