import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Contract } from "../../../functions/ingest/contracts/contract.ts";
import { loadContracts } from "../../../functions/ingest/contracts/load-contracts.ts";
import { judgeFile } from "../../../functions/ingest/judge-file.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../../functions/ingest/judge/seeds.ts";
import { envelope, requireRelation } from "../../../functions/shared/relations.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { dirtyObjects, dirtyRows } from "./dirty-rows.ts";
import { judgeAgain, type Cell } from "./second-judge.ts";
import type { Reading } from "./second-kinds.ts";

const contracts = loadContracts();
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const landingDay = "2021-06-01";
const runs = Number(process.env["DUDAO_SECOND_JUDGE_RUNS"] ?? 25);

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "second-judge-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

interface PlainColumn {
  readonly name: string;
  readonly index: number;
  /** Undefined for whether the row has passed. */
  readonly field: string | undefined;
}

/** Columns of the lake that hold a field as it was read, or whether the row has passed. */
function listPlainColumns(contract: Contract): readonly PlainColumn[] {
  const columns = requireRelation(contract.relation).columns.slice(envelope.length);
  return columns.flatMap(({ name }, index): PlainColumn[] => {
    const source = contract.columns[name];
    if (source && "passed" in source) return [{ name, index, field: undefined }];
    return source && "from" in source && !source.map && !source.lower_case
      ? [{ name, index, field: source.from }] : [];
  });
}

function storedAgain(
  contract: Contract, readings: ReadonlyMap<string, Reading>, isPassed: boolean,
): string {
  return JSON.stringify(listPlainColumns(contract).map(({ name, field }) =>
    [name, field === undefined ? isPassed : readings.get(field)?.value ?? null]));
}

const quote = (cell: Cell) => `"${String(cell).replaceAll('"', '""')}"`;

/** A delimited text, and on which line each row begins. */
function toText(contract: Contract, rows: readonly (readonly Cell[])[]) {
  const lines = [contract.fields.map((f) => f.header), ...rows]
    .map((row) => row.map(quote).join(","));
  const rowAt = new Map<number, number>();
  let line = 1;
  lines.forEach((text, i) => { rowAt.set(line, i); line += text.split("\n").length; });
  return { text: lines.join("\n"), rowAt };
}

/** One JSON array, or the same objects line by line. */
function toJson(contract: Contract, rows: readonly (readonly Cell[])[], isArray: boolean) {
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(contract.fields.map((f, i) => [f.header, row[i] ?? null]))));
  return {
    text: isArray ? `[${objects.join(", ")}]` : objects.join("\n"),
    rowAt: new Map(rows.map((_, i) => [i + 1, i + 1])),
  };
}

/** What becomes of each row, in the words of both judges; the number is the row's place. */
async function judge(
  contract: Contract, { text, rowAt }: { text: string; rowAt: ReadonlyMap<number, number> },
) {
  const path = join(folder, "file");
  writeFileSync(path, text);
  const seen: string[] = [];
  const verdict = await judgeFile({
    path, fileName: contract.file_pattern.replace("*", "1"), system: contract.system, contracts,
    seeds, tokenKey: Buffer.alloc(32, 7), landingDay,
    onAccepted: (row, at) => {
      const stored = JSON.stringify(listPlainColumns(contract)
        .map(({ name, index }) => [name, row.values[index]]));
      seen.push(`${rowAt.get(at)} accepted ${row.warnings.join(" ")} ${stored}`);
    },
    onRejected: (row, at) => seen.push(`${rowAt.get(at)} rejected ${row.reasons.join(" ")}`),
  });
  if (verdict.kind === "refused") throw new Error(verdict.reason);
  expect(verdict.isBalanced).toBe(true);
  return { seen, verdict };
}

function judgeAllAgain(contract: Contract, rows: readonly (readonly Cell[])[]) {
  const seen: string[] = [];
  const newest = new Map<string, { version: number; content: string }>();
  const warnings: Record<string, number> = {};
  let duplicates = 0;
  rows.forEach((row, i) => {
    const verdict = judgeAgain(contract, row, landingDay);
    if (verdict.kind === "skipped") return;
    if (verdict.kind === "rejected") {
      seen.push(`${i + 1} rejected ${verdict.reasons.join(" ")}`);
      return;
    }
    for (const warning of verdict.warnings) warnings[warning] = (warnings[warning] ?? 0) + 1;
    const version = Number(verdict.readings.get(contract.version_field ?? "")?.value ?? 0);
    const before = newest.get(verdict.id);
    if (before?.content === verdict.content) duplicates++;
    else {
      const stored = storedAgain(contract, verdict.readings, verdict.isPassed);
      seen.push(`${i + 1} accepted ${verdict.warnings.join(" ")} ${stored}`);
      if (!before || version >= before.version) {
        newest.set(verdict.id, { version, content: verdict.content });
      }
    }
  });
  return { seen, warnings, duplicates };
}

// lrs has a person by account and a table of its own in test/cases/rows.
const tables = contracts.filter((c) => c.system !== "lrs");

const options = { numRuns: runs, seed: Number(process.env["DUDAO_SECOND_JUDGE_SEED"] ?? 11) };

async function expectAgreement(
  contract: Contract, rows: readonly (readonly Cell[])[], file: Parameters<typeof judge>[1],
): Promise<void> {
  const { seen, verdict } = await judge(contract, file);
  const again = judgeAllAgain(contract, rows);
  expect(seen).toEqual(again.seen);
  expect(verdict.warnings).toEqual(again.warnings);
  expect(verdict.rowsDuplicate).toBe(again.duplicates);
}

describe("random rows are judged as rows.md reads, by a second judge of its own", () => {
  for (const contract of tables) {
    test(`${contract.system}/${contract.export} as delimited text`, async () => {
      await fc.assert(fc.asyncProperty(dirtyRows(contract), (rows) =>
        expectAgreement(contract, rows, toText(contract, rows))), options);
    });
    test(`${contract.system}/${contract.export} as JSON`, async () => {
      const anyObjects = fc.tuple(dirtyObjects(contract), fc.boolean());
      await fc.assert(fc.asyncProperty(anyObjects, ([rows, isArray]) =>
        expectAgreement(contract, rows, toJson(contract, rows, isArray))), options);
    });
  }
});
