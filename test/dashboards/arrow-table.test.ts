import { tableFromArrays, tableFromIPC, tableToIPC } from "@uwdata/flechette";
import { expect, it } from "vitest";
import { readArrowTable } from "../../dashboards/arrow-table.ts";
import { buildArrowFile } from "../../functions/publish/arrow-file.ts";
import { makeUpProvince, runId } from "./made-up-province.ts";

const { files } = makeUpProvince();

const buffer = (bytes: Uint8Array) => bytes.slice().buffer as ArrayBuffer;
const peer = (bytes: Uint8Array) => tableFromIPC(bytes).toArray() as Record<string, unknown>[];

it("reads every table of a province, a city and a county as flechette does", () => {
  const slices = ["publish/51/20", "publish/51/5101/20", "publish/51/5101/510104/20"];
  const tables = [...files].filter(([key]) =>
    key.endsWith(".arrow") && slices.some((slice) => key.startsWith(slice)));
  expect(tables.length).toBeGreaterThan(15);
  for (const [key, bytes] of tables) {
    const rows = readArrowTable(buffer(bytes));
    expect(rows, key).toEqual(peer(bytes).map((row) => ({ ...row })));
  }
});

it.each([0, 1, 7, 8, 9, 499, 500, 501, 70_000])("reads %i rows, plain and as a dictionary", (length) => {
  const rows = Array.from({ length }, (_, i) => ({
    area_code: i % 5 === 0 ? null : `地区${i % 300}`, n: i % 3 === 0 ? null : i / 7,
  }));
  const bytes = buildArrowFile(["area_code", "n"], rows);
  expect(readArrowTable(buffer(bytes))).toEqual(rows);
});

it("refuses a file that was cut, at every place", () => {
  const bytes = files.get(`publish/51/${runId}/systems.arrow`) ?? new Uint8Array();
  for (let end = 0; end < bytes.length; end += 7) {
    expect(() => readArrowTable(buffer(bytes.subarray(0, end)))).toThrow();
  }
});

it("refuses types that are never published", () => {
  const bytes = tableToIPC(tableFromArrays({ n: [1, 2, 3] }), { format: "file" });
  expect(() => readArrowTable(buffer(bytes ?? new Uint8Array()))).toThrow("unknown type");
});
