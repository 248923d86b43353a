import { escapeXml, xmlHead, type SlipSheet } from "./slip-sheet.ts";
import { stylesXml } from "./slip-styles.ts";
import {
  deflateEntry, findSlipEntries, inflateEntry, writeZip, type DeflatedEntry,
} from "./slip-zip.ts";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006";
const sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Writes a workbook of finished sheets; the same sheets give the same bytes. Mode 0600. */
export function writeSlipWorkbook(path: string, title: string, sheets: readonly SlipSheet[]): void {
  writeZip(path, [
    deflateEntry("[Content_Types].xml", contentTypesXml(sheets.length)),
    deflateEntry("_rels/.rels", relationsXml([
      ["officeDocument", `${office}/officeDocument`, "xl/workbook.xml"],
      ["core", `${packages}/relationships/metadata/core-properties`, "docProps/core.xml"],
    ])),
    deflateEntry("docProps/core.xml", coreXml(title)),
    deflateEntry("xl/workbook.xml", workbookXml(sheets)),
    deflateEntry("xl/_rels/workbook.xml.rels", relationsXml([
      ...sheets.map((_, i) => [
        `rId${i + 1}`, `${office}/worksheet`, `worksheets/sheet${i + 1}.xml`] as const),
      [`rId${sheets.length + 1}`, `${office}/styles`, "styles.xml"],
    ])),
    deflateEntry("xl/styles.xml", stylesXml),
    ...sheets.map(({ entry }, i): DeflatedEntry =>
      ({ ...entry, name: `xl/worksheets/sheet${i + 1}.xml` })),
  ]);
}

/** Sheets of a workbook that `writeSlipWorkbook` wrote, deflated as they are. */
export function readSlipWorkbook(path: string): readonly SlipSheet[] {
  const entries = new Map((findSlipEntries(path) ?? []).map((entry) => [entry.name, entry]));
  const workbook = entries.get("xl/workbook.xml");
  if (!workbook) return [];
  const xml = inflateEntry(workbook);
  const tables = new Map([...xml.matchAll(
    /_FilterDatabase" localSheetId="(\d+)" hidden="1">'[^']*'!([$A-Z\d:]+)</g)]
    .map(([, i = "", table = ""]) => [Number(i), table]));
  const repeated = new Map([...xml.matchAll(
    /Print_Titles" localSheetId="(\d+)">'[^']*'!(\$[A-Z]+:\$[A-Z]+),/g)]
    .map(([, i = "", columns = ""]) => [Number(i), columns]));
  return [...xml.matchAll(/<sheet name="([^"]*)"/g)].map(([, name = ""], i) => {
    const entry = entries.get(`xl/worksheets/sheet${i + 1}.xml`);
    if (!entry) throw new RangeError(`${path}: missing sheet ${i + 1}`);
    return { name, table: tables.get(i) ?? "", repeated: repeated.get(i) ?? "", entry };
  });
}

function contentTypesXml(sheets: number): string {
  const parts = Array.from({ length: sheets }, (_, i) =>
    `<Override PartName="/xl/worksheets/sheet${i + 1}.xml" ` +
    `ContentType="${sheetType}.worksheet+xml"/>`);
  return `${xmlHead}<Types xmlns="${packages}/content-types">` +
    '<Default Extension="rels" ' +
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/>` +
    '<Override PartName="/docProps/core.xml" ' +
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>' +
    `${parts.join("")}</Types>`;
}

function relationsXml(relations: readonly (readonly [string, string, string])[]): string {
  return `${xmlHead}<Relationships xmlns="${packages}/relationships">${relations
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;
}

/** The time is fixed: bytes depend on the content alone. */
function coreXml(title: string): string {
  const time = "2020-01-01T00:00:00Z";
  return `${xmlHead}<cp:coreProperties xmlns:cp="${packages}/metadata/core-properties" ` +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dc:title>${escapeXml(title)}</dc:title><dc:creator>Dudao</dc:creator>` +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${time}</dcterms:created>` +
    `<dcterms:modified xsi:type="dcterms:W3CDTF">${time}</dcterms:modified></cp:coreProperties>`;
}

/** Names of the sheets are our own: none needs an escape in a formula of a defined name. */
function workbookXml(sheets: readonly SlipSheet[]): string {
  const tables = sheets.map(({ name, table, repeated }, i) => ({ name, table, repeated, i }))
    .filter(({ table }) => table !== "");
  const names = [
    ...tables.map(({ name, table, i }) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">` +
      `'${name}'!${table}</definedName>`),
    ...tables.map(({ name, repeated, i }) =>
      `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">` +
      `${repeated === "" ? "" : `'${name}'!${repeated},`}'${name}'!$1:$1</definedName>`),
  ];
  return `${xmlHead}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets
    .map(({ name }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
    .join("")}</sheets>` +
    `${names.length > 0 ? `<definedNames>${names.join("")}</definedNames>` : ""}</workbook>`;
}
