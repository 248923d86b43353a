import { readContracts } from "../../../functions/measure/read-contracts.ts";
import { buildContractTable } from "../../../functions/measure/read-contracts.ts";
import { buildSeedTables, seedTables } from "../../../functions/measure/seed-tables.ts";
import { exportRelation, ledgerRelation, runPointRelation } from "../../../functions/shared/relations.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import type { Seed } from "../../../functions/shared/seeds.ts";
import { sourceRelations } from "../../../functions/shared/sql-engine-duckdb.ts";
import type { Model, SmallTable } from "../../../functions/shared/sql-engine.ts";
import type { ExportContract } from "../../../functions/measure/read-contracts.ts";
import { fillArrival, fillLakeRow, typedCells } from "./fill-defaults.ts";
import type { CaseTable, SqlCase } from "./read-case.ts";

/** What a case brings, as typed tables under the names that SQL sees. */
export interface CaseInputs {
  /** `src_<relation>`, with every known_on; the runner cuts at the day. */
  readonly sources: ReadonlyMap<string, SmallTable>;
  /** Seeds that differ from the shipped ones, file_arrival, export_contract, given models. */
  readonly tables: readonly SmallTable[];
  readonly givenModels: ReadonlySet<string>;
}

const contracts: readonly ExportContract[] = readContracts().map((f) => f.contract);
const shippedSeeds = new Map(
  seedTables.map((t) => [`${t.seed}.csv`, readShippedSeed(`${t.seed}.csv`)]),
);

/** Tables that every case sees unless it brings its own: seeds, dim_date, contracts, no files. */
export const sharedTables: readonly SmallTable[] = [
  ...buildSeedTables(shippedSeeds),
  buildContractTable(contracts),
  { name: ledgerRelation.name, columns: ledgerRelation.columns, rows: [] },
];

export function buildCaseInputs(sqlCase: SqlCase, models: readonly Model[]): CaseInputs {
  const sources = new Map<string, SmallTable>();
  const tables: SmallTable[] = [];
  const seeds = new Map<string, Seed>();
  const givenModels = new Set<string>();
  for (const [name, table] of sqlCase.inputs) {
    const where = `${sqlCase.name}/${name}.csv`;
    const relation = sourceRelations.find((r) => r.name === name);
    const model = models.find((m) => m.name === name);
    const seedName = `${name.replace(/\.add$/, "")}.csv`;
    if (relation) {
      const rows = table.rows.map((row, i) => typedCells(relation.columns,
        relation === runPointRelation ? row : fillLakeRow(name, row, i + 1, contracts),
        `${where} row ${i + 1}`));
      sources.set(`src_${name}`, { name: `src_${name}`, columns: relation.columns, rows });
    } else if (model) {
      givenModels.add(name);
      const rows = table.rows.map((row, i) =>
        typedCells(model.columns, row, `${where} row ${i + 1}`));
      tables.push({ name, columns: model.columns, rows });
    } else if (name === ledgerRelation.name) {
      const rows = table.rows.map((row, i) => typedCells(ledgerRelation.columns,
        fillArrival(row, i + 1), `${where} row ${i + 1}`));
      tables.push({ name, columns: ledgerRelation.columns, rows });
    } else if (name === exportRelation.name) {
      const rows = table.rows.map((row, i) => typedCells(exportRelation.columns, row,
        `${where} row ${i + 1}`));
      tables.push({ name, columns: exportRelation.columns, rows });
    } else if (shippedSeeds.has(seedName)) {
      seeds.set(seedName, changeSeed(seeds.get(seedName) ?? shippedSeeds.get(seedName)!, table,
        name.endsWith(".add"), where));
    } else {
      throw new Error(`${where}: unknown input; accepted: a lake relation, a model, a seed, ` +
        "file_arrival, export_contract, expect.<relation>");
    }
  }
  if (seeds.size > 0) {
    const changed = new Set([...seeds.keys()].map((n) => `seed_${n.slice(0, -".csv".length)}`));
    tables.push(...buildSeedTables(seeds).filter((t) => changed.has(t.name)));
  }
  return { sources, tables, givenModels };
}

function changeSeed(seed: Seed, table: CaseTable, isAdding: boolean, where: string): Seed {
  for (const column of table.columns) {
    if (!seed.columns.includes(column)) {
      throw new Error(`${where}: unknown column: ${column}; accepted: ${seed.columns.join()}`);
    }
  }
  const rows = table.rows.map((row) =>
    Object.fromEntries(seed.columns.map((c) => [c, row[c] ?? ""])));
  return { ...seed, rows: isAdding ? [...seed.rows, ...rows] : rows };
}
