import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { SlipBuffer, toByteText } from "../../../functions/ingest/slip-buffer.ts";
import { CsvWriter } from "../../../functions/ingest/slip-csv.ts";

const folder = mkdtempSync(join(tmpdir(), "slip-buffer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc.oneof(fc.constantFrom("", "整行", "a", "é", "\u{20000}", "\ud800", "=1+1", 'x"y'),
  fc.string({ unit: "binary", maxLength: 6 }));

it("gives the UTF-8 of all pieces, whichever of them come as bytes", () => {
  const piece = fc.record({ value: text, isBytes: fc.boolean(), isTaken: fc.boolean() });
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const buffer = new SlipBuffer();
    const taken: Buffer[] = [];
    for (const { value, isBytes, isTaken } of pieces) {
      buffer.add(isBytes ? toByteText(value) : value, isBytes);
      if (isTaken) taken.push(Buffer.from(buffer.take()));
    }
    taken.push(buffer.take());
    expect(buffer.size).toBe(0);
    expect(Buffer.concat(taken)).toEqual(
      Buffer.concat(pieces.map(({ value }) => Buffer.from(value))));
  }), { numRuns: 500 });
});

it("writes alike rows of a CSV as it writes others", () => {
  const row = fc.array(fc.oneof(fc.constantFrom(null, 7, 12.5, "整行", "'x"), text), { maxLength: 5 });
  fc.assert(fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
    const [one, other] = ["add", "addAlike"].map((method) => {
      const path = join(folder, `${method}.csv`);
      const csv = new CsvWriter(path);
      for (const values of rows) csv[method as "add" | "addAlike"](values);
      csv.close();
      return readFileSync(path);
    });
    expect(other).toEqual(one);
  }), { numRuns: 200 });
});
