import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebuildMarts, type RebuiltMart } from "../measure/rebuild-marts.ts";
import { rebuildSlices, type RebuiltSlices } from "../publish/rebuild-slices.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { createDuckDbEngine } from "../shared/sql-engine-duckdb.ts";
import type { SqlEngine } from "../shared/sql-engine.ts";
import type { Command } from "./command.ts";
import { engineOption, openChosenEngine } from "./engine-option.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";

/** `dudao rebuild --json`, keys in this order. */
export interface RunRebuild {
  readonly run_id: string;
  readonly as_of: string;
  /** Same bytes everywhere. */
  readonly is_same: boolean;
  readonly inputs: number;
  readonly marts: readonly {
    readonly name: string; readonly rows: number; readonly is_same: boolean;
    readonly sha256: string; readonly named_sha256: string; readonly stored_sha256: string | null;
  }[];
  /** Published tables, manifests and first views compared; 0: the run was never published. */
  readonly published_files: number;
  /** Keys of them that differ or are missing. */
  readonly differing: readonly string[];
}

export const rebuild: Command = {
  name: "rebuild",
  summary: "make a stored run again from what its manifest names; compare marts and published tables byte for byte",
  positionals: [{ name: "RUN", help: "run id, as shown on every page and card" }],
  options: { ...homeOption, ...engineOption, json: { help: "one JSON object" } },
  examples: [
    { line: "dudao rebuild RUN --home HOME", says: "one line a mart, then the published tables" },
    { line: "dudao rebuild RUN --home HOME --json", says: "the same for a script" },
  ],
  exitCodes: {
    0: "the same bytes", 1: "other bytes, or an input is missing or was changed",
    2: "usage, an unknown run, or a run of other versions",
  },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const engine = await openChosenEngine(store, input, io);
    const found = await rebuildRun(
      store, input.positionals[0] ?? "", createProgressLog(io), engine);
    if (input.hasFlag("json")) io.out(JSON.stringify(found));
    else for (const line of describe(found)) io.out(line);
    return found.is_same ? 0 : 1;
  },
};

/** Throws UsageError, ContractError as rebuildMarts. */
export async function rebuildRun(
  store: ObjectStore, runId: string, log: Log, engine: SqlEngine = createDuckDbEngine(),
): Promise<RunRebuild> {
  const folder = mkdtempSync(join(tmpdir(), "dudao-rebuild-"));
  try {
    const { manifest, marts, seeds } = await rebuildMarts({
      store, runId, folder: join(folder, "marts"), engine, log,
    });
    const rows = marts.map((mart) => ({
      name: mart.name, rows: mart.rows, is_same: isSame(mart),
      sha256: mart.sha256, named_sha256: mart.namedSha256, stored_sha256: mart.storedSha256,
    }));
    // Slices of marts that differ would all differ.
    const slices: RebuiltSlices = rows.every((row) => row.is_same)
      ? await rebuildSlices({ store, manifest, marts, seeds, folder: join(folder, "slices") })
      : { files: 0, differing: [] };
    return {
      run_id: runId, as_of: manifest.as_of,
      is_same: rows.every((row) => row.is_same) && slices.differing.length === 0,
      inputs: manifest.inputs.length, marts: rows,
      published_files: slices.files, differing: slices.differing,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isSame({ sha256, namedSha256, storedSha256 }: RebuiltMart): boolean {
  return sha256 === namedSha256 && sha256 === storedSha256;
}

function describe(found: RunRebuild): readonly string[] {
  const state = (mart: RunRebuild["marts"][number]): string => {
    if (mart.is_same) return "same bytes";
    if (mart.sha256 !== mart.named_sha256) return "DIFFERS from what the manifest names";
    return mart.stored_sha256 === null ? "MISSING in the home" : "CHANGED in the home";
  };
  return [
    `run ${found.run_id}: ${found.inputs} inputs, all as its manifest names them`,
    ...found.marts.map((mart) => `  ${mart.name.padEnd(20)} ${String(mart.rows).padStart(9)} rows  ${state(mart)}`),
    ...found.differing.map((key) => `  ${key}  DIFFERS`),
    found.published_files === 0 ? "  not published, or not compared: no slices of this run"
      : `  ${found.published_files} published files, ${found.published_files - found.differing.length} the same bytes`,
    found.is_same ? "rebuilt: the same bytes" : "rebuilt: NOT the same bytes",
  ];
}
