import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { RawRow } from "../../../functions/ingest/raw.ts";
import { openNdjson } from "../../../functions/ingest/readers/open-ndjson.ts";
import { JsonLineReader } from "../../../functions/ingest/readers/read-json-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "json-lines-"));
const path = join(folder, "text");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const paths = ["id", "actor.account.name", "actor.account.homePage", "verb.id", "物.名",
  "result.completion", "score"];

/** Rows of a text as the reader of whole files gives them, blank ones at its end left out. */
async function readWhole(encoding: "utf-8" | "gb18030"): Promise<RawRow[]> {
  const file = openNdjson(path, encoding,
    { findHeader: () => undefined, headerColumns: paths });
  if ("refused" in file) return [];
  const rows: RawRow[] = [];
  for await (const batch of file.sheets[0]?.rows() ?? []) rows.push(...batch);
  return rows;
}

/** The same by numbers of cells, and how many rows were not left to `JSON.parse`. */
function readNumbered(
  encoding: "utf-8" | "gb18030", size: number, chunkBytes = 1_000_000, mostCells?: number,
) {
  const reader = new JsonLineReader(encoding, paths, mostCells);
  const rows: RawRow[] = [];
  let nScanned = 0;
  reader.read({ path, encoding, chunkBytes },
    { start: 0, end: size, firstLine: 1, isFollowedByData: false }, {
      takeCells: (_numbers, row) => { nScanned++; rows.push(reader.rawRow(row)); },
      takeRow: (row) => { rows.push(row); },
    });
  return { rows, nScanned };
}

const number = fc.oneof(
  fc.constantFrom("0", "-0", "1e400", "-1E+5", "123456789012345678", "0.10", "1.5e-7", "20000"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
);
const text = fc.oneof(
  fc.constantFrom('""', '"a"', '"成都"', '"\\u6210\\u90fd"', '"\\ud800"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
    '"\u{20000}"', '"\u2028"', '" "', '"__proto__"', '"null"'),
  fc.string({ maxLength: 4 }).map((value) => JSON.stringify(value)),
);
const leaf = fc.oneof(text, text, number, fc.constantFrom("true", "false", "null", "[]", "{}"));
const other = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf,
    fc.array(tie("value"), { maxLength: 3 }).map((all) => `[${all.join(", ")}]`),
    fc.array(fc.tuple(fc.constantFrom("a", "b", "a", "zh-CN", "__proto__", "1"), tie("value")),
      { maxLength: 3 }).map((all) => `{${all.map(([k, v]) => `"${k}": ${v}`).join(",")}}`)),
})).value;
const object = (...members: fc.Arbitrary<string>[]) =>
  fc.shuffledSubarray(members, { minLength: Math.floor(members.length / 2) })
    .chain((some) => fc.tuple(fc.tuple(...some), fc.constantFrom("", "", " ", "\t")))
    .map(([some, space]) => `{${space}${some.join(`${space},`)}${space}}`);
const member = (key: string, value: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom(key, key, key, key, key, key, "x"), fc.constantFrom("", "", "", " "), value)
    .map(([name, space, json]) => `"${name}"${space}:${space}${json}`);
/** A member that is there now and then. */
const rarely = (name: string, value: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 12, arbitrary: member("other", value) },
    { weight: 1, arbitrary: member(name, value) });
const account = object(member("name", leaf), member("homePage", leaf), rarely("name", other));
const statement = object(
  member("id", text), rarely("id", text), member("score", number),
  member("物", object(member("名", other))),
  member("actor", object(member("objectType", text), member("account", account))),
  rarely("actor", other), member("verb", object(member("id", text), member("display", other))),
  member("result", object(member("completion", leaf))), rarely("\\u0069d", text),
);
/** Sound, with one character more or less, or no object at all. */
const line = fc.oneof(
  { weight: 6, arbitrary: statement },
  { weight: 2, arbitrary: fc.tuple(statement, fc.nat(), fc.constantFrom("", '"', "{", "}", ",", ":",
    "\\", "\u0001", "[", "]", "1", "-", "e", "t", " ")).map(([json, at, put]) => {
    const i = at % (json.length + 1);
    return json.slice(0, i) + put + json.slice(put === "" ? i + 1 : i);
  }) },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "\t ", "[]", "null", "\uFEFF", "\u200b", "{}",
    `{"id":"a","x":${"[".repeat(70)}${"]".repeat(70)},"score":1}`,
    `{"id":"a","x":${"[".repeat(50)}${"]".repeat(50)},"score":1}`,
    `\uFEFF{"id":"a","score":1}`, `{"id":"a","score":1} x`, `{"id":"a","score":01}`,
    `{"id":"a","score":1.}`, `{"id":"a","score":+1}`, `{"id":"a","score":NaN}`, `{"id":'a'}`,
    `{"id":"a","score":1}{"id":"b","score":1}`, `{"id":"\\x41","score":1}`, `{"id":"\\u12G4","score":1}`,
    `{"id":"a" "score":1}`, `{"id":"a","score":tru}`, `{"id":"a","score":nulll}`) },
);
const lines = fc.array(fc.tuple(line, fc.constantFrom("\n", "\n", "\r\n", "\r")), { maxLength: 12 })
  .map((all) => all.map(([json, end]) => json + end).join(""));

it("hands out the rows of the other reader, whatever the lines and wherever chunks end", async () => {
  let nRows = 0;
  let nScanned = 0;
  await fc.assert(fc.asyncProperty(
    lines, fc.constantFrom("", "", "{", '{"id":"a","score":1}'), fc.constantFrom(5, 64, 1_000_000),
    fc.constantFrom(1, 3, undefined), fc.option(fc.nat(), { nil: undefined, freq: 3 }),
    async (all, end, chunkBytes, mostCells, broken) => {
      const bytes = Buffer.from(all + end);
      if (broken !== undefined && bytes.length > 0) bytes[broken % bytes.length] = 0xff;
      writeFileSync(path, bytes);
      const expected = await readWhole("utf-8");
      const found = readNumbered("utf-8", bytes.length, chunkBytes, mostCells);
      expect(found.rows).toEqual(expected);
      nRows += found.rows.length;
      nScanned += found.nScanned;
    }), { numRuns: 1_500 });
  expect(nScanned).toBeGreaterThan(nRows / 5);
}, 60_000);

it("leaves nothing to the parser of a statement as senders write it", async () => {
  const json = '{"id":"a\\u0041","actor":{"objectType":"Agent","account":{"homePage":"h","name":"n"}}, '
    + '"verb":{"id":"v","display":{"zh-CN":"完成"}},"物":{"名":{"zh-CN":"课", "en":[1,2]}},'
    + '"result":{"completion":true},"score":-1.50e2}';
  writeFileSync(path, `${json}\n${json}\r\n${json}`);
  const { rows, nScanned } = readNumbered("utf-8", Buffer.byteLength(json) * 3 + 3);
  expect(nScanned).toBe(3);
  const cells = ["aA", "n", "h", "v", '{"zh-CN":"课","en":[1,2]}', true, -150];
  expect(rows).toEqual([1, 2, 3].map((row) => ({ row, cells })));
});

it("keeps the last of equal keys, and nothing of an object that another value replaces", async () => {
  const json = '{"id":"a","id":"b","score":1,"actor":{"account":{"name":"n"}},"actor":7}';
  writeFileSync(path, json);
  const { rows, nScanned } = readNumbered("utf-8", json.length);
  expect({ rows, nScanned }).toEqual({ nScanned: 0, rows: await readWhole("utf-8") });
  expect(rows[0]?.cells).toEqual(["b", null, null, null, null, null, 1]);
});

it("parses every line of GB18030, whose characters hold bytes of brackets", async () => {
  // 瀧 is E8 7B: its second byte reads `{`.
  const bytes = Buffer.concat([
    Buffer.from('{"id":"'), Buffer.from([0xe8, 0x7b]), Buffer.from('","score":1}\n \n{"id":"a"}\n'),
  ]);
  writeFileSync(path, bytes);
  const { rows, nScanned } = readNumbered("gb18030", bytes.length);
  expect({ rows, nScanned }).toEqual({ nScanned: 0, rows: await readWhole("gb18030") });
  expect(rows).toHaveLength(3);
});

it("takes lines that are alike but for their values for no more than they are", async () => {
  const value = fc.oneof({ weight: 6, arbitrary: leaf }, { weight: 1, arbitrary: fc.constantFrom(
    "01", "1 2", '"a" "b"', '"a","id":"b"', '"a', "tru", "nulls", "", "-", '{"a":1,}', "[1,]", "1.",
    '"a\tb"', '"\\x"', '{"account":{"name":"z"}}', "1}", '"a"}', "12", "1,2", " 1", "1 ") });
  const alike = fc.tuple(value, value, value, value).map(([a, b, c, d]) =>
    `{"id":${a},"x":{"id":[]}, "actor":{"account":{"name":${b},"y":1}},"score":${c} ,"物":{"名":${d}}}`);
  let nScanned = 0;
  await fc.assert(fc.asyncProperty(
    fc.array(alike, { minLength: 2, maxLength: 12 }), fc.constantFrom(40, 1_000_000),
    async (all, chunkBytes) => {
      const bytes = Buffer.from(all.join("\n"));
      writeFileSync(path, bytes);
      const found = readNumbered("utf-8", bytes.length, chunkBytes);
      expect(found.rows).toEqual(await readWhole("utf-8"));
      nScanned += found.nScanned;
    }), { numRuns: 1_000 });
  expect(nScanned).toBeGreaterThan(1_000);
}, 60_000);
