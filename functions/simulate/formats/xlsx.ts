import { crc32, deflateRawSync, constants } from "node:zlib";
import { columnLetters, escapeXml, type Cell, type SheetRows } from "./cell.ts";

/**
 * Writes an XLSX with fixed time stamps (bytes depend on the cells alone), sheet by sheet and in
 * chunks, so that a full export of the whole province fits in memory.
 */
export function buildXlsx(sheets: readonly SheetRows[]): Buffer {
  const zip = new ZipParts();
  const strings = new SharedStrings();
  zip.add("[Content_Types].xml", [contentTypes(sheets.length)]);
  zip.add("_rels/.rels", [relationships([["officeDocument", "xl/workbook.xml"]])]);
  zip.add("xl/workbook.xml", [workbook(sheets)]);
  zip.add("xl/_rels/workbook.xml.rels", [relationships([
    ...sheets.map((_, i): [string, string] => ["worksheet", `worksheets/sheet${i + 1}.xml`]),
    ["styles", "styles.xml"],
    ["sharedStrings", "sharedStrings.xml"],
  ])]);
  zip.add("xl/styles.xml", [styles]);
  sheets.forEach((sheet, i) => {
    zip.add(`xl/worksheets/sheet${i + 1}.xml`, sheetChunks(sheet, strings));
  });
  zip.add("xl/sharedStrings.xml", strings.chunks());
  return zip.finish();
}

const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n`;
const mainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const officeSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageSpace = "http://schemas.openxmlformats.org/package/2006";

function contentTypes(n: number): string {
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const sheets = Array.from({ length: n }, (_, i) =>
    `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ContentType="${type}.worksheet+xml"/>`);
  return `${head}<Types xmlns="${packageSpace}/content-types">` +
    `<Default Extension="rels" ` +
    `ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/>` +
    `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>` +
    sheets.join("") +
    `<Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>` +
    `<Override PartName="/xl/sharedStrings.xml" ContentType="${type}.sharedStrings+xml"/></Types>`;
}

function relationships(targets: readonly (readonly [string, string])[]): string {
  const items = targets.map(([type, target], i) =>
    `<Relationship Id="rId${i + 1}" Type="${officeSpace}/${type}" Target="${target}"/>`);
  const opening = `<Relationships xmlns="${packageSpace}/relationships">`;
  return `${head}${opening}${items.join("")}</Relationships>`;
}

function workbook(sheets: readonly SheetRows[]): string {
  const items = sheets.map((sheet, i) =>
    `<sheet name="${escapeXml(sheet.name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`);
  return `${head}<workbook xmlns="${mainSpace}" xmlns:r="${officeSpace}">` +
    `<sheets>${items.join("")}</sheets></workbook>`;
}

const styles = `${head}<styleSheet xmlns="${mainSpace}">` +
  `<fonts count="1"><font><sz val="11"/><name val="SimSun"/></font></fonts>` +
  `<fills count="2"><fill><patternFill patternType="none"/></fill>` +
  `<fill><patternFill patternType="gray125"/></fill></fills>` +
  `<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
  `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
  `<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
  `<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
  `</cellXfs>` +
  `</styleSheet>`;

function* sheetChunks(sheet: SheetRows, strings: SharedStrings): Generator<string> {
  let chunk = `${head}<worksheet xmlns="${mainSpace}"><sheetData>`;
  for (let r = 0; r < sheet.rows.length; r++) {
    const cells = sheet.rows[r]!;
    chunk += `<row r="${r + 1}">`;
    for (let c = 0; c < cells.length; c++) chunk += cellXml(
      columnLetters(c) + (r + 1), cells[c]!, strings
    );
    chunk += "</row>";
    if (chunk.length > 1 << 20) { yield chunk; chunk = ""; }
  }
  const merges = sheet.merges ?? [];
  const merged = merges.length === 0 ? ""
    : `<mergeCells count="${merges.length}">` +
      `${merges.map((m) => `<mergeCell ref="${m}"/>`).join("")}</mergeCells>`;
  yield `${chunk}</sheetData>${merged}</worksheet>`;
}

function cellXml(ref: string, cell: Cell, strings: SharedStrings): string {
  if (cell === null) return "";
  if (typeof cell === "number") return `<c r="${ref}"><v>${cell}</v></c>`;
  if (typeof cell === "string") return `<c r="${ref}" t="s"><v>${strings.index(cell)}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${ref}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (cell.kind === "date") return `<c r="${ref}" s="1"><v>${cell.serial}</v></c>`;
  const [formula, value] = [escapeXml(cell.formula), escapeXml(cell.value)];
  return `<c r="${ref}" t="str"><f>${formula}</f><v>${value}</v></c>`;
}

class SharedStrings {
  private readonly indexes = new Map<string, number>();
  private uses = 0;

  index(text: string): number {
    this.uses++;
    let found = this.indexes.get(text);
    if (found === undefined) {
      found = this.indexes.size;
      this.indexes.set(text, found);
    }
    return found;
  }

  *chunks(): Generator<string> {
    let chunk = `${head}<sst xmlns="${mainSpace}" count="${this.uses}" ` +
      `uniqueCount="${this.indexes.size}">`;
    for (const text of this.indexes.keys()) {
      chunk += `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`;
      if (chunk.length > 1 << 20) { yield chunk; chunk = ""; }
    }
    yield `${chunk}</sst>`;
  }
}

/** ZIP with the oldest time stamp the format knows (1980-01-01). */
class ZipParts {
  private readonly body: Buffer[] = [];
  private readonly directory: Buffer[] = [];
  private offset = 0;

  add(name: string, chunks: Iterable<string>): void {
    const packed: Buffer[] = [];
    let crc = 0;
    let size = 0;
    for (const chunk of chunks) {
      const bytes = Buffer.from(chunk, "utf8");
      crc = crc32(bytes, crc);
      size += bytes.length;
      // Flushed pieces can be joined: each ends on a byte and refers to nothing before itself.
      packed.push(deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }));
    }
    packed.push(deflateRawSync(Buffer.alloc(0)));
    const data = Buffer.concat(packed);
    const nameBytes = Buffer.from(name, "utf8");
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt16LE(0, 6);
    fields.writeUInt16LE(0x21, 8);
    fields.writeUInt32LE(crc >>> 0, 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(nameBytes.length, 22);
    this.body.push(Buffer.from([0x50, 0x4b, 3, 4]), fields, nameBytes, data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(this.offset, 10);
    this.directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), fields, tail, nameBytes);
    this.offset += 30 + nameBytes.length + data.length;
  }

  finish(): Buffer {
    const directory = Buffer.concat(this.directory);
    const n = this.directory.length / 4;
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(n, 8);
    end.writeUInt16LE(n, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(this.offset, 16);
    return Buffer.concat([...this.body, directory, end]);
  }
}
