import { openEngine, readEngineChoice } from "../shared/engine-choice.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { SqlEngine } from "../shared/sql-engine.ts";
import type { CommandInput, CommandIo } from "./command.ts";

export const engineOption = {
  engine: { value: "NAME", help: "what measures: duckdb, athena (default as home.json says)" },
  workgroup: { value: "NAME", help: "athena: workgroup" },
  database: { value: "NAME", help: "athena: databases of runs begin so (default dudao)" },
  "athena-output": { value: "ADDRESS", help: "athena: s3://bucket/prefix for what a run needs" },
} as const;

/** The engine that the words of the command line or the home ask for. */
export async function openChosenEngine(
  store: ObjectStore, input: CommandInput, io: CommandIo,
): Promise<SqlEngine> {
  const choice = await readEngineChoice(store, {
    engine: input.option("engine"), workgroup: input.option("workgroup"),
    database: input.option("database"), output: input.option("athena-output"),
  });
  if (choice.engine === "duckdb") return openEngine(choice, io.env);
  // Queries go on and cost money when the process that asked is gone.
  const stop = new AbortController();
  void io.interrupted().then(() => stop.abort());
  return openEngine(choice, io.env, stop.signal);
}
