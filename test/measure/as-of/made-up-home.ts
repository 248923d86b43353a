import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { homeKeys } from "../../../functions/shared/home.ts";
import type { NightObject } from "../../../functions/shared/ledger.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import { createSmallTable } from "../../../functions/shared/sql-engine-duckdb-load.ts";
import { sourceRelations } from "../../../functions/shared/sql-engine-duckdb.ts";
import type { SmallTable } from "../../../functions/shared/sql-engine.ts";
import type { History } from "../second-computation/lake.ts";
import type { Random } from "../second-computation/random.ts";
import { buildSeeds, lakeTable } from "../second-computation/run-sql.ts";

/** A Parquet file of the lake: rows of one relation, system and knowledge day, or some of them. */
export interface LakeFile {
  readonly relation: string;
  readonly system: string;
  readonly knownOn: string;
  readonly path: string;
}
/** How files are written that hold the same rows: rows in another order, over several files. */
export interface Disorder {
  readonly random: Random;
  readonly parts: number;
}

/** Writes a history's lake into a folder. */
export async function writeLakeFiles(
  connection: DuckDBConnection, history: History, folder: string, disorder?: Disorder,
): Promise<readonly LakeFile[]> {
  mkdirSync(folder, { recursive: true });
  const files: LakeFile[] = [];
  for (const relation of sourceRelations) {
    const all = lakeTable(history, relation, () => true);
    const at = (name: string): number => relation.columns.findIndex((c) => c.name === name);
    const [system, knownOn] = [at("system"), at("known_on")];
    const places = new Map<string, SmallTable["rows"][number][]>();
    for (const row of all.rows) {
      const place = `${row[system]}/${row[knownOn]}`;
      places.set(place, [...(places.get(place) ?? []), row]);
    }
    for (const [place, rows] of places) {
      const [inSystem = "", known = ""] = place.split("/");
      for (const part of disorder ? splitRows(rows, disorder) : [rows]) {
        const path = join(folder, `${relation.name}-${files.length}.parquet`);
        await createSmallTable(connection, { ...all, rows: part });
        await connection.run(`COPY ${all.name} TO '${path}' (FORMAT parquet, COMPRESSION zstd);
          DROP TABLE ${all.name}`);
        files.push({ relation: relation.name, system: inSystem, knownOn: known, path });
      }
    }
  }
  return disorder ? shuffle(files, disorder.random) : files;
}

function splitRows(
  rows: SmallTable["rows"], { random, parts }: Disorder,
): readonly SmallTable["rows"][] {
  const mixed = shuffle(rows, random);
  return Array.from({ length: parts }, (_, i) => mixed.filter((_row, k) => k % parts === i))
    .filter((part) => part.length > 0);
}

export function shuffle<T>(items: readonly T[], { below }: Random): readonly T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const k = below(i + 1);
    [mixed[i], mixed[k]] = [mixed[k]!, mixed[i]!];
  }
  return mixed;
}

/** Seeds of the made-up world; those that speak of counties it has not are emptied. */
async function writeSeeds(store: ObjectStore, history: History): Promise<void> {
  const own = buildSeeds(history);
  for (const name of ["divisions.csv", "parameters.csv", "programmes.csv", "training_crosswalk.csv",
    "division_aliases.csv", "county_tile_grid.csv", "county_weights.csv"]) {
    const { columns, rows } = own.get(name) ?? { ...readShippedSeed(name), rows: [] };
    const lines = [columns.join(","), ...rows.map((r) => columns.map((c) => r[c]).join(","))];
    await store.put(homeKeys.seed(name), `${lines.join("\n")}\n`);
  }
}

/** Writes seeds, lake, ledgers and closed nights of a home. */
export async function writeHome(
  store: ObjectStore, history: History, files: readonly LakeFile[],
): Promise<void> {
  const objects = new Map<string, NightObject[]>();
  for (const [i, { relation, system, knownOn, path }] of files.entries()) {
    const key = homeKeys.lake(relation, system, knownOn, `f${i}`);
    const body = readFileSync(path);
    await store.put(key, body);
    const sha256 = createHash("sha256").update(body).digest("hex");
    objects.set(knownOn, [...(objects.get(knownOn) ?? []), { key, sha256, rows: 1 }]);
  }
  await writeSeeds(store, history);
  const days = new Set([...objects.keys(), ...history.file_arrival.map((f) => f.known_on)]);
  for (const day of days) {
    const arrivals = history.file_arrival.filter((f) => f.known_on === day);
    await store.put(homeKeys.ledger(day),
      arrivals.map((f) => `${JSON.stringify(f)}\n`).join(""));
    await store.put(homeKeys.night(day), JSON.stringify({
      day, objects: objects.get(day) ?? [], files: arrivals.length,
    }));
  }
}
