import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { biff, buildBiffStream, cellHead, contain, le32, record } from "./build-biff.ts";
import { buildZip, workbookParts } from "./build-zip.ts";
import { outcomeOf } from "./reading.ts";

const sheetOf = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const oneCell = sheetOf('<row r="1"><c r="A1"><v>1</v></c></row>');
const good = () => workbookParts([{ name: "表", xml: oneCell }]);

describe("bytes that are nothing", () => {
  test("jumble of any length is refused or has no header, and never crashes", async () => {
    const magics = ["", "PK\x03\x04", "PK\x05\x06", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "<table>",
      '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'];
    for (const magic of magics) {
      for (let i = 0; i < 25; i++) {
        const parts = Array.from({ length: i * 3 }, (_, k) =>
          createHash("sha256").update(`${magic} ${i} ${k}`).digest());
        const bytes = Buffer.concat([Buffer.from(magic, "latin1"), ...parts]);
        expect(await outcomeOf(bytes)).toMatch(/^(?:unreadable|empty|unclosed_quote|read)/);
      }
    }
  });

  const dirt = ["<", ">", "/", '"', "'", " ", "\0", "!", "\xff", "&", "v", "9", "?", "-"];
  /** The text with each of its bytes changed in turn. */
  function* changed(text: string): Generator<Buffer> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      for (let i = 0; i < 3; i++) {
        const copy = Buffer.from(bytes);
        copy[at] = dirt[(at + i * 5) % dirt.length]!.charCodeAt(0);
        yield copy;
      }
    }
  }

  test("every byte of a sheet changed: refused, or read in balance", async () => {
    const cells = '<c r="A1" t="str"><v>甲</v></c><c t="inlineStr"><is><t>x</t></is></c>';
    const more = "<!-- a --><c><v><![CDATA[7]]></v></c>";
    const rows = `<row>${cells}${more}</row>`.repeat(2) + '<row r="9"><c><v>1</v></c></row>';
    for (const content of changed(`<?xml version="1.0"?>${sheetOf(rows)}`)) {
      // The archive itself is whole: what is changed is what it packs.
      const parts = workbookParts([{ name: "表", xml: "" }], [
        { name: "xl/worksheets/sheet1.xml", content },
      ]);
      expect(await outcomeOf(buildZip(parts))).toMatch(/^(?:unreadable|read)/);
    }
  }, 30_000);

  test("every byte of an XML workbook changed: refused, or read in balance", async () => {
    const row = '<Row ss:Index="3"><Cell><Data ss:Type="String">甲</Data><Comment><Data>c</Data>'
      + '</Comment></Cell><!-- x --><Cell ss:Index="3"><Data ss:Type="Number">1</Data></Cell></Row>';
    const sheet = `<Worksheet ss:Name="a"><Table><Row><Cell/></Row>${row}</Table></Worksheet>`;
    const text = '<?xml version="1.0"?><Workbook '
      + `xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">${sheet}${sheet}</Workbook>`;
    for (const bytes of changed(text)) {
      expect(await outcomeOf(bytes)).toMatch(/^(?:unreadable|unclosed_quote|read)/);
    }
  }, 30_000);

  test("every byte of a page changed: refused, or read in balance", async () => {
    const row = '<tr><td rowspan=2>甲</td><td>&nbsp;</td><th colspan="2">b<br>c<table><tr><td>n</td>'
      + "</tr></table></th></tr><tr><td></td></tr><!-- x -->";
    const text = `<html><head><style>td{}</style></head><table border=1>${row}${row}</table></html>`;
    for (const bytes of changed(text)) {
      expect(await outcomeOf(bytes)).toMatch(/^(?:unreadable|unclosed_quote|read)/);
    }
  }, 30_000);

  test("every byte of a packed workbook changed: refused, or read in balance", async () => {
    const bytes = buildZip(good());
    for (let at = 0; at < bytes.length; at++) {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at]! + 1 + (at % 254)) & 0xff;
      expect(await outcomeOf(copy)).toMatch(/^(?:unreadable|too_large|unclosed_quote|read)/);
    }
  }, 30_000);

  test("every byte of a binary workbook changed: refused, or read in balance", async () => {
    const records = Array.from({ length: 20 }, (_, i) =>
      record(biff.labelSst, [...cellHead(i, i % 3), ...le32(0)]));
    const sst = record(biff.sst, [...le32(1), ...le32(1), 1, 0, 0, 65]);
    const stream = buildBiffStream({ version: 8, globals: [sst], sheets: [{ name: "a", records }] });
    for (let at = 0; at < stream.length; at++) {
      const copy = Buffer.from(stream);
      copy[at] = (copy[at]! + 1 + (at % 254)) & 0xff;
      expect(await outcomeOf(contain("Workbook", copy))).toMatch(/^(?:unreadable|too_large|read)/);
    }
  }, 30_000);
});
