import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../../functions/ingest/judge-file.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../../functions/ingest/judge/seeds.ts";
import { BiffWorkbook } from "../../../functions/ingest/readers/biff-workbook.ts";
import { RowBuffer } from "../../../functions/ingest/readers/row-buffer.ts";
import { SheetScanner } from "../../../functions/ingest/readers/sheet-scanner.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { buildCaseFile, type RawFileOfCase } from "./build-case-file.ts";

const N_ROWS = 60;
const rows = [
  ["抽检编号", "市（州）", "教师编号", "抽检日期", "抽检结论"],
  ...Array.from({ length: N_ROWS }, (_, i) => [`C${i}`, "成都市", "T00000001", "2021-03-01", "属实"]),
];
const table = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`);
const cells = rows.map((row) => `<Row>${row.map((cell) =>
  `<Cell><Data ss:Type="String">${cell}</Data></Cell>`).join("")}</Row>`);
const workbook = (raw: Pick<RawFileOfCase, "kind">) =>
  buildCaseFile({ ...raw, version: 8, sheets: [{ name: "表", rows }] } as RawFileOfCase);
const files: Readonly<Record<string, Buffer>> = {
  xlsx: workbook({ kind: "xlsx" }),
  xls: workbook({ kind: "xls" }),
  spreadsheetml: Buffer.from('<?xml version="1.0"?><Workbook '
    + 'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>'
    + `${cells.join("")}</Table></Worksheet></Workbook>`),
  html: Buffer.from(`<html><table>${table.join("")}</table></html>`),
};

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "dudao-witness-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

async function judge(format: string) {
  const path = join(folder, format);
  writeFileSync(path, files[format] as Buffer);
  const verdict = await judgeFile({
    path, fileName: "质量抽检.xlsx", system: "registry", contracts: loadContracts(),
    seeds: buildJudgeSeeds(judgeSeedNames.map(readShippedSeed)),
    tokenKey: Buffer.from("5a".repeat(32), "hex"), landingDay: "2021-12-31",
    onAccepted() {}, onRejected() {},
  });
  if (verdict.kind === "refused") throw new Error(verdict.reason);
  return verdict;
}

describe.each(Object.keys(files))("the witness of %s", (format) => {
  test("agrees with a parser that reads every row", async () => {
    const verdict = await judge(format);
    expect([verdict.isBalanced, verdict.rowsAccepted]).toEqual([true, N_ROWS]);
  });

  test.each([
    ["in the middle", (row: number) => row === 30],
    ["at the end", (row: number) => row === N_ROWS + 1],
    ["every other one", (row: number) => row > 1 && row % 2 === 0],
  ])("sees a parser that drops a row %s", async (_, isDropped) => {
    const put = RowBuffer.prototype.put;
    const broken = vi.spyOn(RowBuffer.prototype, "put").mockImplementation(function drop(
      this: RowBuffer, row, values,
    ) {
      if (!isDropped(row)) put.call(this, row, values);
    });
    try {
      expect((await judge(format)).isBalanced).toBe(false);
    } finally {
      broken.mockRestore();
    }
  });
});

test("sees a scanner that stops before the end of the sheet", async () => {
  const write = SheetScanner.prototype.write;
  const broken = vi.spyOn(SheetScanner.prototype, "write").mockImplementation(function stop(
    this: SheetScanner, chunk,
  ) {
    const cut = chunk.subarray(0, chunk.lastIndexOf("<row"));
    write.call(this, Buffer.concat([cut, Buffer.from("</sheetData></worksheet>")]));
  });
  try {
    expect((await judge("xlsx")).isBalanced).toBe(false);
  } finally {
    broken.mockRestore();
  }
});

test("sees a reader of binary cells that forgets a kind of record", async () => {
  const readCells = BiffWorkbook.prototype.readCells;
  const broken = vi.spyOn(BiffWorkbook.prototype, "readCells").mockImplementation(function forget(
    this: BiffWorkbook, sheet,
  ) {
    const read = readCells.call(this, sheet);
    read[7] = undefined;
    return read;
  });
  try {
    expect((await judge("xls")).isBalanced).toBe(false);
  } finally {
    broken.mockRestore();
  }
});
