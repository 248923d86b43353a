import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openExport } from "../../../functions/ingest/readers/open-export.ts";

const MIB = 1024 ** 2;
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "size-limits-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** A file of `before`, as many MiB of x, and `after`. */
async function open(before: string, nMib: number, after: string) {
  const path = join(folder, "large");
  const file = openSync(path, "w");
  const block = Buffer.alloc(MIB, "x");
  writeSync(file, before);
  for (let i = 0; i < nMib; i++) writeSync(file, block);
  writeSync(file, after);
  closeSync(file);
  return openExport(path, { findHeader: (rows) => (rows.length > 0 ? 0 : undefined) });
}

// The limit of rows.md itself, not one set for a test.
test.each([
  ["a line of delimited text", "编号,名称\n1,", "\n2,b\n"],
  ["a quoted cell of delimited text", '编号,名称\n1,"', '"\n2,b\n'],
  ["a line of NDJSON", '{"a":"1"}\n{"a":"', '"}\n'],
  ["an element of an array", '[{"a":"1"},{"a":"', '"}]'],
])("%s over 64 MiB refuses the file as too large", async (_, before, after) => {
  expect(await open(before, 64, after)).toMatchObject({ refused: "too_large" });
});

test("an array longer than 64 MiB on one line is read: its elements are short", async () => {
  const opened = await open('[{"a":"', 40, `"},{"a":"${"y".repeat(30 * MIB)}"}]`);
  if ("refused" in opened) throw new Error(opened.detail);
  expect(await opened.sheets[0]?.countRows()).toBe(2);
});

test("an open quote before 100 MB without another is unclosed, not too large", async () => {
  expect(await open('编号,名称\n1,"', 96, "\n2,b\n"))
    .toMatchObject({ refused: "unclosed_quote", detail: "line 2" });
});
