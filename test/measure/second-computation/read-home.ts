import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { readContracts } from "../../../functions/measure/read-contracts.ts";
import { parseSeed, readShippedSeed } from "../../../functions/shared/seeds.ts";
import { sourceRelations } from "../../../functions/shared/sql-engine-duckdb.ts";
import type { ArrivalRow, History } from "./lake.ts";

interface Night { readonly day: string; readonly objects: readonly { readonly key: string }[] }

/** The history that a home in a local folder holds: closed nights, ledgers, seeds, contracts. */
export async function readHome(connection: DuckDBConnection, home: string): Promise<History> {
  const json = (path: string): unknown => JSON.parse(readFileSync(join(home, path), "utf8"));
  const nights = readdirSync(join(home, "nights")).map((name) => json(`nights/${name}`) as Night);
  const keys = nights.flatMap((n) => n.objects.map((o) => o.key));
  const tables: Record<string, readonly unknown[]> = {};
  for (const { name } of sourceRelations) {
    const paths = keys.filter((k) => k.startsWith(`lake/${name}/`)).map((k) => join(home, k));
    tables[name] = await readRows(connection, paths);
  }
  const seed = (name: string) => {
    const path = join(home, "seeds", name);
    return (existsSync(path) ? parseSeed(name, readFileSync(path, "utf8"))
      : readShippedSeed(name)).rows as readonly Record<string, string>[];
  };
  return {
    ...(tables as unknown as History),
    file_arrival: nights.flatMap(({ day }) =>
      readFileSync(join(home, "ledger", `${day}.ndjson`), "utf8").split("\n")
        .filter((line) => line !== "").map((line) => JSON.parse(line) as ArrivalRow)),
    export_contract: readContracts().map(({ contract: c }) => ({
      system: c.system, export: c.export, mode: c.mode, cadence_days: c.cadenceDays,
      grace_days: c.graceDays, relation: c.relation,
    })),
    divisions: seed("divisions.csv").map((r) => ({
      county_code: r.county_code!, county_name: r.county_name!,
      city_code: r.city_code!.slice(0, 4), city_name: r.city_name!,
      is_deep_poverty: r.deep_poverty === "true", is_poverty: r.poverty === "true",
      is_ethnic: r.ethnic === "true", is_three_prefectures: r.three_prefectures === "true",
    })),
    parameters: seed("parameters.csv").map((r) => ({
      area_code: r.area_code!, parameter: r.parameter!, valid_from: r.valid_from!, value: r.value!,
    })),
    priority: seed("system_priority.csv")
      .toSorted((a, b) => Number(a.priority) - Number(b.priority)).map((r) => r.system!),
    crosswalk: new Map([...new Set(seed("training_crosswalk.csv").map((r) => r.source_system!))]
      .map((system) => [system, new Map(seed("training_crosswalk.csv")
        .filter((r) => r.source_system === system)
        .map((r) => [r.source_training_id!, r.training_id!]))])),
    abilityPoints: new Map(seed("ability_points.csv")
      .map((r) => [r.ability_code!, r.dimension_code!])),
    programmes: seed("programmes.csv").map((r) => ({
      programme_code: r.programme_code!, title: r.title!.normalize("NFKC"),
      phases: Number(r.phases),
      seats_per_phase: r.seats_per_phase === "" ? undefined : Number(r.seats_per_phase),
    })),
  };
}

async function readRows(
  connection: DuckDBConnection, paths: readonly string[],
): Promise<readonly unknown[]> {
  if (paths.length === 0) return [];
  const list = paths.map((p) => `'${p.replaceAll("'", "''")}'`).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT * FROM read_parquet([${list}], hive_partitioning = false)`);
  const names = reader.columnNames();
  return reader.getRows().map((row) => Object.fromEntries(row.map((value, i) => [
    names[i]!,
    typeof value === "bigint" ? Number(value)
      : value !== null && typeof value === "object" ? String(value).slice(0, 19) : value,
  ])));
}
