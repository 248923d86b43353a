import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RowBuffer } from "../../../functions/ingest/readers/row-buffer.ts";
import { SharedStrings } from "../../../functions/ingest/readers/shared-strings.ts";
import { refusalSentence } from "../../../functions/shared/messages/refusals.ts";
import { biff, buildBiffStream, cellHead, contain, record, rk } from "./build-biff.ts";
import { buildZip, workbookParts, type ZipPart } from "./build-zip.ts";
import { headerWith, outcomeOf, requireRead } from "./reading.ts";

const sheetOf = (rows: string) => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const oneCell = sheetOf('<row r="1"><c r="A1"><v>1</v></c></row>');
const good = () => workbookParts([{ name: "表", xml: oneCell }]);
const withSheet = (xml: string, more: readonly ZipPart[] = []) =>
  buildZip(workbookParts([{ name: "表", xml }], more));

/** The same archive with some bytes of it changed. */
function patched(bytes: Buffer, mark: string, change: (copy: Buffer, at: number) => void): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.lastIndexOf(Buffer.from(mark, "latin1"));
  expect(at).toBeGreaterThan(-1);
  change(copy, at);
  return copy;
}

/** Places of the records of the directory. */
function directoryRecords(bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf("PK\x01\x02"); at !== -1; at = bytes.indexOf("PK\x01\x02", at + 4)) {
    places.push(at);
  }
  return places;
}

describe("archives that lie", () => {
  test("entries that share bytes are unreadable", async () => {
    const bytes = buildZip([...good(), { name: "xl/worksheets/sheet2.xml", content: oneCell }]);
    const [first, , , , last] = directoryRecords(bytes).toReversed().toReversed();
    bytes.copy(bytes, last! + 42, first! + 42, first! + 46);
    expect(await outcomeOf(bytes)).toContain("overlaps another");
  });

  test("an entry with another name in its own header is unreadable", async () => {
    const bytes = buildZip(good());
    bytes.write("X", bytes.indexOf("xl/worksheets/sheet1.xml"));
    expect(await outcomeOf(bytes)).toContain("other name in its header");
  });

  test("names that differ in letters' case or slashes are one name twice", async () => {
    const again = { name: "XL\\Worksheets/sheet1.xml", content: oneCell };
    expect(await outcomeOf(buildZip([...good(), again]))).toContain("two entries");
  });

  test("paths that climb out of the archive are names like any other", async () => {
    const trick = { name: "../../../../etc/passwd", content: "x" };
    const absolute = { name: "/tmp/x", content: "x" };
    expect(await outcomeOf(buildZip([...good(), trick, absolute]))).toBe("read");
  });

  test("a sheet whose part climbs out of the archive is missing", async () => {
    const relations = '<Relationships><Relationship Id="rId1" Type="a/worksheet" '
      + 'Target="../../../../etc/passwd"/></Relationships>';
    const parts = workbookParts([{ name: "表", xml: oneCell }], [
      { name: "xl/_rels/workbook.xml.rels", content: relations },
    ]);
    expect(await outcomeOf(buildZip(parts))).toContain("is missing");
  });

  test("one part as two sheets is unreadable", async () => {
    const sheets = '<workbook><sheets><sheet name="a" id="r1"/><sheet name="b" id="r1"/></sheets>'
      + "</workbook>";
    const relations = '<Relationships><Relationship Id="r1" Type="a/worksheet" '
      + 'Target="worksheets/sheet1.xml"/></Relationships>';
    const parts = workbookParts([{ name: "表", xml: oneCell }], [
      { name: "xl/workbook.xml", content: sheets },
      { name: "xl/_rels/workbook.xml.rels", content: relations },
    ]);
    expect(await outcomeOf(buildZip(parts))).toContain("another's part");
  });

  test("sizes of zip64 are read, and lies in them are found", async () => {
    expect(await outcomeOf(buildZip64(oneCell, oneCell.length))).toBe("read");
    expect(await outcomeOf(buildZip64(oneCell, 2 ** 40))).toMatch(/^too_large/);
    expect(await outcomeOf(buildZip64(oneCell, oneCell.length + 1))).toContain("shorter");
  });

  test.each([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])("cut at %d of its length: truncated", async (part) => {
    const bytes = buildZip(good());
    expect(await outcomeOf(bytes.subarray(0, Math.floor(bytes.length * part)))).toContain(
      "unreadable: truncated archive",
    );
  });

  test("a directory that points outside the file is damaged", async () => {
    const bytes = patched(buildZip(good()), "PK\x05\x06", (copy, at) => {
      copy.writeUInt32LE(0x7fffffff, at + 16);
    });
    expect(await outcomeOf(bytes)).toContain("directory is damaged");
  });
});

/** A workbook with a sheet whose size stands in a zip64 field alone. */
function buildZip64(xml: string, says: number): Buffer {
  const bytes = buildZip(workbookParts([{ name: "表", xml }]));
  const at = directoryRecords(bytes).at(-1)!;
  const nameLength = bytes.readUInt16LE(at + 28);
  const end = bytes.lastIndexOf("PK\x05\x06");
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(BigInt(says), 4);
  const grown = Buffer.concat([
    bytes.subarray(0, at + 46 + nameLength), extra, bytes.subarray(at + 46 + nameLength, end),
    zip64End(bytes.readUInt32LE(end + 16), end + 12 - bytes.readUInt32LE(end + 16), end + 12),
    bytes.subarray(end),
  ]);
  grown.writeUInt32LE(0xffffffff, at + 24);
  grown.writeUInt16LE(12, at + 30);
  const newEnd = grown.lastIndexOf("PK\x05\x06");
  grown.writeUInt32LE(0xffffffff, newEnd + 12);
  grown.writeUInt32LE(0xffffffff, newEnd + 16);
  return grown;
}

function zip64End(offset: number, length: number, at: number): Buffer {
  const bytes = Buffer.alloc(76);
  bytes.write("PK\x06\x06", 0, "latin1");
  bytes.writeBigUInt64LE(BigInt(length), 40);
  bytes.writeBigUInt64LE(BigInt(offset), 48);
  bytes.write("PK\x06\x07", 56, "latin1");
  bytes.writeBigUInt64LE(BigInt(at), 64);
  return bytes;
}

describe("bombs", () => {
  const limited = (maxEntryBytes: number) => ({ ...headerWith("编号"), maxEntryBytes });

  test("a small file of many bytes is too large before any of them is read", async () => {
    const zeros = { name: "xl/media/zero", content: Buffer.alloc(64 * 1024 ** 2) };
    const bytes = buildZip([...good(), zeros]);
    expect(bytes.length).toBeLessThan(100_000);
    expect(await outcomeOf(bytes, limited(32 * 1024 ** 2))).toMatch(/^too_large: archive inflates/);
  });

  test("many entries are too large together", async () => {
    const parts = Array.from({ length: 40 }, (_, i) => ({
      name: `xl/media/${i}`, content: Buffer.alloc(1024 ** 2),
    }));
    expect(await outcomeOf(buildZip([...good(), ...parts]), limited(32 * 1024 ** 2))).toMatch(
      /^too_large/,
    );
  });

  test("honest bytes that inflate four hundred times are read in bounded memory", async () => {
    const text = "成都市武侯区".repeat(160);
    const rows = Buffer.from(`<row><c t="str"><v>${text}</v></c></row>`.repeat(1_000));
    const head = Buffer.from("<worksheet><sheetData>");
    const tail = Buffer.from("</sheetData></worksheet>");
    const xml = Buffer.concat([head, ...Array.from({ length: 8 }, () => rows), tail]);
    const parts = workbookParts([{ name: "表", xml: "" }], [
      { name: "xl/worksheets/sheet1.xml", content: xml },
    ]);
    const bytes = buildZip(parts);
    expect(xml.length).toBeGreaterThan(bytes.length * 200);
    const options = { ...headerWith("编号"), maxHeldBytes: 1024 ** 2 };
    expect(await outcomeOf(bytes, options)).toBe("read");
  }, 30_000);

  test("more shared strings than any sheet has cells for are too large", async () => {
    const strings = (n: number) => Buffer.from(`<sst>${"<si><t>a</t></si>".repeat(n)}</sst>`);
    expect(new SharedStrings(strings(100), 100).get(99)).toBe("a");
    expect(() => new SharedStrings(strings(101), 100)).toThrow("too_large: more than 100 shared");
  });

  test("entities are not declared in workbooks: a billion laughs is unreadable", async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    expect(await outcomeOf(withSheet(laughs + oneCell))).toContain("document type");
    const strings = `${laughs}<sst><si><t>&b;</t></si></sst>`;
    const more = [{ name: "xl/sharedStrings.xml", content: strings }];
    expect(await outcomeOf(withSheet(oneCell, more))).toContain("document type");
    const xml = '<?xml version="1.0"?>' + laughs
      + '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>';
    expect(await outcomeOf(Buffer.from(xml))).toContain("document type");
  });

  test("the last cell of the largest sheet is one row of cells behind a million gaps", async () => {
    const xml = sheetOf('<row r="1"><c r="A1"><v>1</v></c></row>'
      + '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>');
    const { sheets } = await requireRead(withSheet(xml));
    expect(sheets[0]!.rows).toHaveLength(1_048_576);
    expect(sheets[0]!.cells.at(-1)).toHaveLength(16_384);
    expect(sheets[0]!.cells.at(-1)!.at(-1)).toBe(2);
  }, 30_000);

  test.each([
    ["a row behind the last", '<row r="1048577"><c><v>1</v></c></row>'],
    ["a column behind the last", '<row r="1"><c r="XFE1"><v>1</v></c></row>'],
    ["a row without a number", '<row r="x"><c><v>1</v></c></row>'],
    ["a row numbered 0", '<row r="0"><c><v>1</v></c></row>'],
    ["a cell inside a cell", "<row><c><c><v>1</v></c></c></row>"],
    ["a row inside a row", "<row><row><c><v>1</v></c></row></row>"],
    ["a cell outside a row", "<c><v>1</v></c>"],
    ["a value outside a cell", "<row><v>1</v></row>"],
    ["a tag inside a tag", "<row><c r=\"A1\" <v>1</v></c></row>"],
  ])("%s is unreadable", async (_, rows) => {
    expect(await outcomeOf(withSheet(sheetOf(rows)))).toMatch(/^unreadable/);
  });

  test("sheets that span more cells than memory holds are too large", async () => {
    const rows = new RowBuffer();
    const widest = Array.from({ length: 16_384 }, () => null);
    expect(() => {
      for (let row = 1; row <= 17_000; row++) rows.put(row, widest);
    }).toThrow("too_large: sheet spans");
  });

  test("elements nested 200,000 deep take no memory each", async () => {
    const nested = "<a>".repeat(200_000) + "</a>".repeat(200_000);
    const xml = `<worksheet>${nested}<sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`;
    expect(await outcomeOf(withSheet(xml))).toBe("read");
  });

  test("comments, tags and texts that never end are refused in linear time", async () => {
    for (const open of ["<!--", "<![CDATA[", "<?x ", '<a b="', "<row ", "<v", "<c><v>", "ow"]) {
      const xml = `<worksheet><sheetData><row>${open.repeat(100_000)}`;
      expect(await outcomeOf(withSheet(xml))).toMatch(/^unreadable/);
    }
  }, 30_000);

  test("three thousand sheets are listed one by one", async () => {
    const sheets = Array.from({ length: 3_000 }, (_, i) => ({ name: `s${i}`, xml: oneCell }));
    expect(await outcomeOf(buildZip(workbookParts(sheets)))).toBe("read");
  }, 60_000);
});

describe("binary workbooks that lie", () => {
  const BOUND = Buffer.from([0x85, 0]);
  const cells = [record(biff.rk, [...cellHead(0, 0), ...rk(1)])];

  test("one place as two sheets is unreadable", async () => {
    const stream = buildBiffStream({
      version: 8, sheets: [{ name: "a", records: cells }, { name: "b", records: cells }],
    });
    const [first, second] = [stream.indexOf(BOUND), stream.lastIndexOf(BOUND)];
    stream.copy(stream, second + 4, first + 4, first + 8);
    expect(await outcomeOf(contain("Workbook", stream))).toContain("overlap");
  });

  test("a sheet that begins outside the stream is truncated", async () => {
    const stream = buildBiffStream({ version: 8, sheets: [{ name: "a", records: cells }] });
    stream.writeUInt32LE(0x7fffffff, stream.indexOf(BOUND) + 4);
    expect(await outcomeOf(contain("Workbook", stream))).toContain("truncated");
  });

  test("a cell beyond the format's columns, and a short one, are unreadable", async () => {
    const far = [record(biff.rk, [...cellHead(0, 300), ...rk(1)])];
    const short = [record(biff.number, [...cellHead(0, 0), 1, 2])];
    for (const records of [far, short]) {
      const stream = buildBiffStream({ version: 8, sheets: [{ name: "a", records }] });
      expect(await outcomeOf(contain("Workbook", stream))).toContain("damaged workbook");
    }
  });

  test("a container whose tables name one sector again and again is no longer than itself", async () => {
    const bytes = contain("Workbook", Buffer.alloc(60_000, 1));
    for (let i = 0; i < 109; i++) bytes.writeUInt32LE(bytes.readUInt32LE(76), 76 + i * 4);
    expect(await outcomeOf(bytes)).toMatch(/^unreadable/);
    bytes.writeUInt16LE(30, 30);
    expect(await outcomeOf(bytes)).toContain("damaged workbook container");
  });
});

describe("sentences", () => {
  test("every kind of refusal is one Chinese sentence without English", () => {
    const details = [
      ["unreadable", "encrypted workbook"],
      ["unreadable", "workbook encrypted with the default password"],
      ["unreadable", "truncated archive"], ["unreadable", "archive holds two entries a"],
      ["unreadable", "archive entry a overlaps another"], ["unreadable", "XML is not utf-8"],
      ["unreadable", "shared string 7 is missing"], ["unreadable", "row 9 stands behind row 12"],
      ["unreadable", "XML holds a document type"], ["unreadable", "sheets of the workbook overlap"],
      ["unreadable", "archive holds no workbook of the XLSX family"],
      ["too_large", "archive inflates to more than 2147483648 bytes"],
      ["too_large", "more than 16777216 shared strings"],
    ] as const;
    const sentences = details.map(([word, detail]) => refusalSentence(word, detail, "vendor-a"));
    for (const sentence of sentences) {
      expect(sentence).toMatch(/^[^a-zA-Z]*(?:XML[^a-zA-Z]*)?(?:MB[^a-zA-Z]*)?。$/);
    }
    expect(sentences[0]).not.toBe(sentences[1]);
  });
});

test("the builder's archives are honest unless told otherwise", () => {
  const bytes = buildZip([{ name: "a", content: "abc" }]);
  expect(bytes.readUInt32LE(14)).toBe(crc32("abc"));
  expect(bytes.subarray(31, 31 + deflateRawSync("abc").length)).toEqual(deflateRawSync("abc"));
});
