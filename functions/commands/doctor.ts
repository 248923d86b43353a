import { statSync } from "node:fs";
import { join } from "node:path";
import { listMailKeys } from "../alert/alert-run.ts";
import { loadContracts, readContractFiles } from "../ingest/contracts/load-contracts.ts";
import { readModels } from "../measure/read-models.ts";
import { createTypesetter } from "../scorecards/typesetter.ts";
import { checkSeeds } from "../shared/check-seeds.ts";
import { mergeContracts, readHomeContracts, type ContractText } from "../shared/home-contracts.ts";
import { homeKeys } from "../shared/home.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { listClosedDays } from "../shared/read-ledger.ts";
import { openDuckDb } from "../shared/sql-engine-duckdb-open.ts";
import { listLandingDays } from "../plan/open-nights.ts";
import type { Command } from "./command.ts";
import { formatMonth, reckonMonth } from "./doctor-cost.ts";
import { homeOption, locateHome } from "./open-home.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";

/** One thing looked at: `ok`, or what is wrong and what to do. */
export interface DoctorLine {
  readonly check: string;
  readonly is_ok: boolean;
  readonly detail: string;
}

export const doctor: Command = {
  name: "doctor",
  summary: "look over this machine and a home: engine, typesetter, contracts, seeds, keys, nights, publication",
  options: {
    ...homeOption,
    cost: { help: "instead: what a month of nights costs on AWS, by cloud_prices.csv" },
    json: { help: "one JSON object a line" },
  },
  examples: [
    { line: "dudao doctor --home HOME", says: "what is in order and what is not" },
    { line: "dudao doctor --cost --home HOME", says: "requests, bytes, Lambda seconds and their price a month" },
    { line: "dudao doctor --home HOME --json", says: "the same for a script" },
  ],
  exitCodes: { 0: "all in order", 1: "something is wrong: its line says what to do", 2: "usage" },
  async run(input, io) {
    const { store, root } = await locateHome(input.requireOption("home"));
    if (input.hasFlag("cost")) {
      const month = await reckonMonth(store);
      for (const line of input.hasFlag("json") ? [JSON.stringify(month)] : formatMonth(month)) io.out(line);
      return 0;
    }
    const lines = await examine(store, root);
    for (const line of lines) {
      io.out(input.hasFlag("json") ? JSON.stringify(line)
        : `${line.is_ok ? "ok   " : "WRONG"} ${line.check}: ${line.detail}`);
    }
    return lines.every((line) => line.is_ok) ? 0 : 1;
  },
};

function describeContracts(own: readonly ContractText[]): string {
  const all = loadContracts(mergeContracts(readContractFiles(), own));
  const names = own.map(({ name }) => name.replace(/\.json$/, ""));
  return names.length === 0 ? `${all.length} exports`
    : `${all.length} exports, ${names.length} of this home: ${names.join(", ")}`;
}

async function examine(
  store: ObjectStore, root: string | undefined,
): Promise<readonly DoctorLine[]> {
  const lines: DoctorLine[] = [];
  const look = async (check: string, work: () => Promise<string> | string): Promise<void> => {
    try {
      lines.push({ check, is_ok: true, detail: await work() });
    } catch (error) {
      lines.push({ check, is_ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  };
  await look("node", () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major < 20 || (major === 20 && minor < 19)) throw new Error(`${process.versions.node}; needed: 20.19 or later`);
    return process.versions.node;
  });
  await look("engine", async () => {
    const tempDir = await mkdtemp(join(tmpdir(), "dudao-doctor-"));
    const db = await openDuckDb({ threads: 1, memoryLimit: "256MB", tempDir, allowed: [] });
    try {
      const reader = await db.connection.runAndReadAll("SELECT version() AS version");
      return `DuckDB ${String(reader.getRows()[0]?.[0])}`;
    } finally {
      db.close();
      await rm(tempDir, { recursive: true, force: true });
    }
  });
  await look("typesetter", async () => (await createTypesetter()).name);
  await look("contracts", async () => describeContracts(await readHomeContracts(store)));
  await look("models", () => `${readModels().length} relations`);
  await look("seeds", async () => {
    const seeds = await readHomeSeeds(store);
    checkSeeds(seeds);
    return `${seeds.size} seeds`;
  });
  for (const key of [homeKeys.tokenKey, homeKeys.sessionKey, homeKeys.users]) {
    await look(key, async () => {
      if (!(await store.get(key))) return "not made yet";
      if (root === undefined) return "in a bucket: whoever may read it is said by its policy";
      const mode = statSync(join(root, key)).mode & 0o777;
      if (process.platform !== "win32" && (mode & 0o077) !== 0) {
        throw new Error(`readable by others (mode ${mode.toString(8)}); set it to 600`);
      }
      return "readable by its owner only";
    });
  }
  await look("nights", async () => {
    const closed = await listClosedDays(store);
    const open = (await listLandingDays(store)).filter((day) => !closed.includes(day));
    return `${closed.length} closed, newest ${closed.at(-1) ?? "none"}; ${open.length} landing days not run`;
  });
  await look("publication", async () => {
    const pointer = await readJson<{ readonly run_id: string; readonly as_of: string }>(store, homeKeys.current);
    if (!pointer) return "nothing published yet; run: dudao nightly";
    if (!(await store.get(homeKeys.run(pointer.run_id, "manifest.json")))) {
      throw new Error(`run ${pointer.run_id} is public but missing in runs/; run: dudao nightly --date ${pointer.as_of}`);
    }
    return `run ${pointer.run_id}, as of ${pointer.as_of}`;
  });
  await look("mails", async () => {
    const unknown = (await listMailKeys(store)).filter((key) => key.result === "pending");
    if (unknown.length > 0) {
      throw new Error(`${unknown.length} with unknown result: ${unknown.map((k) => k.key).join(", ")}; look into the outbox`);
    }
    return "every mail has its result";
  });
  return lines;
}
