import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homeKeys } from "../../functions/shared/home.ts";
import type { LedgerRow } from "../../functions/shared/ledger.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { Truth } from "../province/province-home.ts";
import {
  diffFiles, diffRefusals, diffRejected, diffWarnings, listUnbalanced,
} from "./compare-with-truth.ts";

const place = { system: "survey", landing_day: "2021-03-31", file_name: "a.csv" };
const path = "survey/2021-03-31/a.csv";
const counts = {
  rows_read: 10, rows_accepted: 8, rows_rejected: 1, rows_duplicate: 1, rows_skipped: 0,
};
const ledgerRow: LedgerRow = {
  ...place, ...counts, export: "evaluations", known_on: "2021-03-31", file_id: "0", sha256: "0",
  bytes: 1, status: "partly", reason: null, reason_zh: null, format: "csv", encoding: "utf-8",
  rows_unchanged: 0, reasons: { "unknown.area": 1 }, warnings: { "contradictory.area": 2 },
  column_remarks: [], scopes: {}, seconds: 0,
};
const dirt = (row: number | null, outcome: string, reasons: readonly string[]) =>
  ({ file: path, sheet: "", row: row ?? 0, kind: "any", outcome, reasons });
const truth: Truth = {
  files: [{ ...place, ...counts, export: "evaluations", status: "partly" }],
  dirt: [
    dirt(4, "rejected", ["unknown.area"]), dirt(5, "duplicate", []),
    dirt(6, "warning", ["contradictory.area"]), dirt(7, "warning", ["contradictory.area"]),
  ],
  days: [],
};

test("what is as the truth says is no difference", () => {
  expect(listUnbalanced([ledgerRow])).toEqual([]);
  expect(diffFiles(truth, [ledgerRow])).toEqual([]);
  expect(diffRefusals(truth, [ledgerRow])).toEqual([]);
  expect(diffWarnings(truth, [ledgerRow])).toEqual([]);
});

test.each([
  ["a file that does not balance", { rows_accepted: 7 }],
  ["a file of which no row is read", { rows_read: 9 }],
])("%s is found", (_, change) => {
  expect(listUnbalanced([{ ...ledgerRow, ...change }])).toHaveLength(1);
});

test.each([
  ["another state", { status: "accepted" as const }],
  ["another contract", { export: null }],
  ["one row more as duplicate", { rows_duplicate: 2 }],
  ["a skipped row", { rows_skipped: 1 }],
])("%s of a file is a difference", (_, change) => {
  expect(diffFiles(truth, [{ ...ledgerRow, ...change }])).toHaveLength(1);
});

test("a file that is missing, or more than the truth has, is a difference", () => {
  expect(diffFiles(truth, [])).toMatchObject([{ what: path, actual: null }]);
  expect(diffFiles({ ...truth, files: [] }, [ledgerRow])).toMatchObject([{ expected: null }]);
});

test("warnings are compared by reason and number", () => {
  const fewer = { ...ledgerRow, warnings: { "contradictory.area": 1 } };
  expect(diffWarnings(truth, [fewer])).toMatchObject([{ expected: 2, actual: 1 }]);
  const more = { ...ledgerRow, warnings: { ...ledgerRow.warnings, "invalid.sample_size": 1 } };
  expect(diffWarnings(truth, [more])).toMatchObject([{ expected: null, actual: 1 }]);
});

test("a file refused for another reason, or for none, is a difference", () => {
  const refused = { ...truth, dirt: [{ ...dirt(null, "refused", ["empty"]) }] };
  const as = (reason: string) =>
    diffRefusals(refused, [{ ...ledgerRow, status: "refused", reason }]);
  expect(as("empty: 0 bytes")).toEqual([]);
  expect(as("unreadable: truncated")).toMatchObject([{ expected: "empty", actual: "unreadable" }]);
  expect(diffRefusals(refused, [ledgerRow])).toHaveLength(1);
});

test.each([
  ["the row with its reason", 4, ["unknown.area"], 0],
  ["the row under another reason", 4, ["missing.area"], 1],
  ["the row under one reason more", 4, ["unknown.area", "invalid.score"], 1],
  ["another row", 5, ["unknown.area"], 2],
])("a slip that holds %s", async (_, row, reasons, n) => {
  const folder = mkdtempSync(join(tmpdir(), "dudao-compare-"));
  try {
    const store = createFolderStore(folder);
    const key = homeKeys.slip(place.system, place.landing_day, place.file_name, "json");
    await store.put(key, `${JSON.stringify({ sheet: "", row, cell: "", reasons })}\n`);
    const { differences, nExpected } = await diffRejected(truth, store, [ledgerRow]);
    expect(nExpected).toBe(1);
    expect(differences).toHaveLength(n);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
