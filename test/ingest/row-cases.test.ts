import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../functions/ingest/judge-file.ts";
import type { FileVerdict } from "../../functions/ingest/judge/file-verdict.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import type { AcceptedRow, RejectedRowInFile } from "../../functions/ingest/judge/verdict.ts";
import { envelope, requireRelation } from "../../functions/shared/relations.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";
import { readCase, tokenOf, writeCaseFile, type RowCase } from "./row-case.ts";

const casesFolder = join(import.meta.dirname, "..", "cases", "rows");
const names = readdirSync(casesFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
const contracts = loadContracts();
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const tokenKey = Buffer.from("5a".repeat(32), "hex");

let outDir: string;
beforeAll(() => { outDir = mkdtempSync(join(tmpdir(), "dudao-row-cases-")); });
afterAll(() => { rmSync(outDir, { recursive: true, force: true }); });

describe("row cases", () => {
  test("there are cases of every system", () => {
    const systems = new Set(names.map((name) => readCase(join(casesFolder, name)).system));
    for (const { system } of contracts) expect(systems).toContain(system);
  });

  test("every case is named in the table of rules, and every case named is there", () => {
    const table = readFileSync(join(casesFolder, "README.md"), "utf8")
      .split("## Rules and their cases")[1] ?? "";
    const named = [...table.matchAll(/`([a-z0-9-]+-[a-z0-9-]+)`/g)].map((match) => match[1]);
    expect([...new Set(named)].filter((name) => !names.includes(name as string))).toEqual([]);
    expect(names.filter((name) => !named.includes(name))).toEqual([]);
  });

  for (const name of names) {
    const folder = join(casesFolder, name);
    const rowCase = readCase(folder);
    test(`${name}: ${rowCase.note}`, async () => {
      const accepted: [AcceptedRow, number, string][] = [];
      const rejected: [RejectedRowInFile, number, string][] = [];
      const verdict = await judgeFile({
        path: writeCaseFile(folder, rowCase, outDir),
        fileName: rowCase.file_name,
        system: rowCase.system,
        contracts, seeds, tokenKey,
        landingDay: rowCase.landing_day,
        onAccepted: (row, line, sheet) => accepted.push([row, line, sheet]),
        onRejected: (row, line, sheet) => rejected.push([row, line, sheet]),
      });
      expectFile(verdict, rowCase);
      const { rows, rejects } = rowCase.expect;
      if (rows) {
        expect(accepted).toHaveLength(rows.length);
        rows.forEach((row, i) => {
          expect(showAccepted(...accepted[i] as [AcceptedRow, number, string])).toMatchObject(
            withTokens(row));
        });
      }
      if (rejects) {
        expect(rejected).toHaveLength(rejects.length);
        rejects.forEach((row, i) => {
          expect(showRejected(...rejected[i] as [RejectedRowInFile, number, string]))
            .toMatchObject(withTokens(row));
        });
      }
    });
  }
});

function expectFile(verdict: FileVerdict, { expect: expected }: RowCase): void {
  if (verdict.kind === "refused") {
    expect({ status: "refused", reason: verdict.reason }).toMatchObject({
      status: expected.status, reason: expect.stringMatching(`^${expected.refused}\\b`),
    });
    if (expected.detail !== undefined) expect(verdict.reason).toContain(expected.detail);
    expect(verdict.reasonZh).toMatch(/\p{Script=Han}.*。$/u);
    return;
  }
  expect(verdict.isBalanced, `${verdict.rowsDelivered} of ${verdict.rowsCounted}`).toBe(true);
  expect({
    status: verdict.rowsRejected > 0 ? "partly" : "accepted",
    skipped: verdict.rowsSkipped, read: verdict.rowsRead, accepted: verdict.rowsAccepted,
    rejected: verdict.rowsRejected, duplicate: verdict.rowsDuplicate,
    reasons: verdict.reasons, warnings: verdict.warnings,
  }).toEqual({
    status: expected.status,
    skipped: expected.skipped ?? 0, read: expected.read, accepted: expected.accepted,
    rejected: expected.rejected ?? 0, duplicate: expected.duplicate ?? 0,
    reasons: expected.reasons ?? {}, warnings: expected.warnings ?? {},
  });
  if (expected.export) expect(verdict.contract.export).toBe(expected.export);
  if (expected.format) expect(verdict.format).toBe(expected.format);
  if (expected.encoding !== undefined) expect(verdict.encoding).toBe(expected.encoding);
  if (expected.column_remarks) expect(verdict.columnRemarks).toEqual(expected.column_remarks);
  if (expected.scopes) expect(verdict.scopes).toEqual(expected.scopes);
}

function showAccepted(row: AcceptedRow, rowNumber: number, sheet: string) {
  const columns = requireRelation(row.relation).columns.slice(envelope.length);
  const shown: Record<string, unknown> = {
    row: rowNumber, sheet, relation: row.relation, record_id: row.recordId,
    person_key: row.personKey, id_rest: row.idRest, record_version: row.recordVersion,
    scope: row.scope, warnings: row.warnings,
  };
  expect(row.values).toHaveLength(columns.length);
  expect(row.contentHash).toMatch(/^[0-9a-f]{32}$/);
  columns.forEach((column, i) => {
    const value = row.values[i];
    shown[column.name] = column.type === "TIMESTAMP_MS" && typeof value === "number"
      ? new Date(value).toISOString().slice(0, 19).replace("T", " ")
      : value;
  });
  return shown;
}

function showRejected(row: RejectedRowInFile, rowNumber: number, sheet: string) {
  return {
    row: rowNumber, sheet, cell: row.cell, reasons: row.reasons, scope: row.scope,
    record_id: row.identity?.recordId ?? null, person_key: row.identity?.personKey ?? null,
  };
}

/** `{id_number:…}` and `{account:…}` in expected texts stand for tokens. */
function withTokens(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [
    key,
    typeof value === "string"
      ? value.replace(/\{(id_number|account):([^}]+)\}/g,
        (_, kind: string, plain: string) => tokenOf(tokenKey, kind, plain))
      : value,
  ]));
}
