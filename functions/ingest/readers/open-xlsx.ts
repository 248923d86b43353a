import { posix } from "node:path";
import type { RawFile, RawRow, RawSheet } from "../raw.ts";
import { MAX_ENTRY_BYTES, MAX_HELD_BYTES, RefusalError } from "./open-options.ts";
import type { OpenOptions } from "./open-options.ts";
import { RowBuffer, RowSorter } from "./row-buffer.ts";
import { isDateFormat, isDateFormatId } from "./serial-date.ts";
import { SheetRowCensus, XLSX_MARKS } from "./sheet-row-census.ts";
import { SharedStrings } from "./shared-strings.ts";
import { SheetScanner } from "./sheet-scanner.ts";
import type { SheetContext } from "./sheet-scanner.ts";
import { scanXml, toUtf8Chunks, xmlEncoding } from "./xml-bytes.ts";
import type { XmlHandler, XmlScanner } from "./xml-scanner.ts";
import { ZipArchive } from "./zip-archive.ts";
import type { ZipEntry } from "./zip-archive.ts";

/** Strings of a workbook live in memory together. */
const MAX_SHARED_STRINGS_BYTES = 512 * 1024 ** 2;

/**
 * Opens a workbook of the XLSX family. Every sheet's bytes are inflated, verified and counted
 * once here, and read again by `rows()`. Throws `RefusalError`.
 */
export async function openXlsx(path: string, options: OpenOptions): Promise<RawFile> {
  const { maxEntryBytes = MAX_ENTRY_BYTES, maxHeldBytes = MAX_HELD_BYTES } = options;
  const archive = ZipArchive.open(path, maxEntryBytes, maxHeldBytes);
  const workbook = await readWorkbook(archive);
  const sheets: RawSheet[] = [];
  const context = await readContext(archive, workbook);
  let heldBytes = 0;
  for (const { name, entry } of workbook.sheets) {
    const { rows, filled, isOrdered, whole } = await countSheet(archive, entry, heldBytes);
    heldBytes += whole?.length ?? 0;
    sheets.push({
      name,
      is1904: workbook.is1904,
      rows: () => {
        const bytes = whole === undefined ? archive.read(entry) : [whole];
        return isOrdered ? readSheet(bytes, context) : readUnorderedSheet(bytes, context);
      },
      countRows: async () => rows,
      countFilledRows: async () => filled,
    });
  }
  return { format: "xlsx", encoding: null, sheets, close: async () => {} };
}

async function countSheet(archive: ZipArchive, entry: ZipEntry, heldBytes: number) {
  const census = new SheetRowCensus(XLSX_MARKS);
  const whole = archive.isSmall(entry, heldBytes) ? archive.readWhole(entry) : undefined;
  const chunks = whole === undefined ? archive.read(entry) : [whole];
  for await (const text of toAsciiSupersets(chunks)) census.write(text);
  census.end();
  const { rows = 0, filled = 0, isOrdered = true } = census.sheets[0] ?? {};
  return { rows, filled, isOrdered, whole };
}

async function* toAsciiSupersets(chunks: Bytes): AsyncGenerator<string> {
  let wide: TextDecoder | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) {
      // XML in UTF-16 is not written by any known exporter of workbooks, yet it is allowed.
      const encoding = xmlEncoding(chunk);
      if (encoding.startsWith("utf-16")) wide = new TextDecoder(encoding);
    }
    isFirst = false;
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      yield wide?.decode(slice, { stream: true }) ?? slice.toString("latin1");
    }
  }
}

/** Bytes that are counted at once, and scanned at once. */
const SLICE_BYTES = 1024 ** 2;
const SCAN_BYTES = 32 * 1024;

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

async function* readSheet(
  bytes: Bytes,
  context: SheetContext,
): AsyncGenerator<readonly RawRow[]> {
  const buffer = new RowBuffer();
  const scanner = new SheetScanner(context, buffer);
  for await (const chunk of toUtf8Chunks(bytes)) {
    // Rows are handed on before the next slice adds more: a few bytes may be a row of 16,384 cells.
    for (let from = 0; from < chunk.length; from += SCAN_BYTES) {
      scanner.write(chunk.subarray(from, from + SCAN_BYTES));
      yield* buffer.takeFull();
    }
  }
  scanner.end();
  yield* buffer.takeRest();
}

async function* readUnorderedSheet(
  bytes: Bytes,
  context: SheetContext,
): AsyncGenerator<readonly RawRow[]> {
  const sorter = new RowSorter();
  const scanner = new SheetScanner(context, sorter);
  for await (const chunk of toUtf8Chunks(bytes)) scanner.write(chunk);
  scanner.end();
  const buffer = new RowBuffer();
  sorter.drainTo(buffer);
  yield* buffer.takeRest();
}

interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly entry: ZipEntry }[];
  readonly is1904: boolean;
  readonly sharedStrings: ZipEntry | undefined;
  readonly styles: ZipEntry | undefined;
}

async function readWorkbook(archive: ZipArchive): Promise<Workbook> {
  const root = await readRelations(archive, "");
  const main = root.find((relation) => relation.type === "officeDocument")?.target;
  const entry = archive.find(main ?? "xl/workbook.xml") ?? archive.find("xl/workbook.xml");
  const isBinary = entry?.name.endsWith(".bin") || archive.find("xl/workbook.bin") !== undefined;
  if (isBinary) throw new RefusalError("unreadable", "XLSB workbook");
  if (entry === undefined) {
    if (archive.find("content.xml")) throw new RefusalError("unreadable", "OpenDocument file");
    throw new RefusalError("unreadable", "archive holds no workbook of the XLSX family");
  }
  const handler = new WorkbookHandler();
  await drain(archive, entry, handler);
  const relations = await readRelations(archive, entry.name);
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const taken = new Set<ZipEntry>();
  const sheets = handler.sheets.flatMap(({ name, id }) => {
    const relation = byId.get(id);
    if (relation !== undefined && relation.type !== "worksheet") return [];
    const sheet = relation === undefined ? undefined : archive.find(relation.target);
    if (sheet === undefined) throw new RefusalError("unreadable", `sheet ${name} is missing`);
    // One part read as many sheets would grow without bound.
    if (taken.has(sheet)) throw new RefusalError("unreadable", `sheet ${name} is another's part`);
    taken.add(sheet);
    return [{ name, entry: sheet }];
  });
  if (sheets.length === 0) throw new RefusalError("unreadable", "workbook without sheets");
  const targetOf = (type: string) => {
    const target = relations.find((relation) => relation.type === type)?.target;
    return target === undefined ? undefined : archive.find(target);
  };
  return {
    sheets,
    is1904: handler.is1904,
    sharedStrings: targetOf("sharedStrings") ?? archive.find("xl/sharedStrings.xml"),
    styles: targetOf("styles") ?? archive.find("xl/styles.xml"),
  };
}

async function readContext(archive: ZipArchive, workbook: Workbook): Promise<SheetContext> {
  const styles = new StylesHandler();
  if (workbook.styles !== undefined) await drain(archive, workbook.styles, styles);
  return {
    sharedStrings: new SharedStrings(await readStrings(archive, workbook.sharedStrings)),
    dateStyles: styles.formatIds.map((id) => {
      const code = styles.codes.get(id);
      return code === undefined ? isDateFormatId(id) : isDateFormat(code);
    }),
    is1904: workbook.is1904,
  };
}

async function readStrings(archive: ZipArchive, entry: ZipEntry | undefined): Promise<Buffer> {
  if (entry === undefined) return Buffer.alloc(0);
  if (entry.sizeBytes > MAX_SHARED_STRINGS_BYTES) {
    throw new RefusalError("too_large", `shared strings over ${MAX_SHARED_STRINGS_BYTES} bytes`);
  }
  const bytes = Buffer.allocUnsafe(entry.sizeBytes);
  let at = 0;
  for await (const chunk of archive.read(entry)) at += chunk.copy(bytes, at);
  for await (const chunk of toUtf8Chunks([bytes])) return chunk;
  return bytes;
}

/** Sheets and strings apart, no part of a workbook is as long. */
const MAX_PART_BYTES = 64 * 1024 ** 2;

async function drain(archive: ZipArchive, entry: ZipEntry, handler: XmlHandler): Promise<void> {
  if (entry.sizeBytes > MAX_PART_BYTES) {
    throw new RefusalError("too_large", `archive entry over ${MAX_PART_BYTES} bytes`);
  }
  for await (const _ of scanXml(archive.read(entry), handler));
}

interface Relation {
  readonly id: string;
  /** Last part of the type's address, the same in both standards. */
  readonly type: string;
  /** Path inside the archive. */
  readonly target: string;
}

async function readRelations(archive: ZipArchive, owner: string): Promise<readonly Relation[]> {
  const folder = posix.dirname(owner);
  const entry = archive.find(posix.join(folder, "_rels", `${posix.basename(owner)}.rels`));
  if (entry === undefined) return [];
  const relations: Relation[] = [];
  await drain(archive, entry, {
    open(name, tag) {
      if (name !== "Relationship") return;
      const target = (tag.attribute("Target") ?? "").replaceAll("\\", "/");
      relations.push({
        id: tag.attribute("Id") ?? "",
        type: (tag.attribute("Type") ?? "").split("/").at(-1) ?? "",
        target: target.startsWith("/") ? target.slice(1) : posix.join(folder, target),
      });
    },
    close() {},
    text() {},
  });
  return relations;
}

class WorkbookHandler implements XmlHandler {
  readonly sheets: { name: string; id: string }[] = [];
  is1904 = false;

  open(name: string, tag: XmlScanner): void {
    if (name === "sheet") {
      this.sheets.push({ name: tag.attribute("name") ?? "", id: tag.attribute("id") ?? "" });
    } else if (name === "workbookPr") {
      const value = tag.attribute("date1904");
      this.is1904 = value === "1" || value === "true";
    }
  }
  close(): void {}
  text(): void {}
}

class StylesHandler implements XmlHandler {
  /** Format codes by id. */
  readonly codes = new Map<number, string>();
  /** Format id by index of the cell format. */
  readonly formatIds: number[] = [];
  #inCellFormats = false;

  open(name: string, tag: XmlScanner): void {
    if (name === "numFmt") {
      const id = Number(tag.attribute("numFmtId"));
      this.codes.set(id, tag.attribute("formatCode") ?? "");
    } else if (name === "cellXfs") this.#inCellFormats = true;
    else if (name === "xf" && this.#inCellFormats) {
      this.formatIds.push(Number(tag.attribute("numFmtId") ?? 0));
    }
  }

  close(name: string): void {
    if (name === "cellXfs") this.#inCellFormats = false;
  }

  text(): void {}
}
