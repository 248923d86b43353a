import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEngine, readEngineChoice } from "../../functions/shared/engine-choice.ts";
import { ContractError, UsageError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

let root: string;
let store: ObjectStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dudao-choice-"));
  store = createFolderStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const athena = { workgroup: "dudao-wg", database: "sichuan", output: "s3://results/athena" };

describe("readEngineChoice", () => {
  it("takes DuckDB where nothing is said, also without home.json", async () => {
    expect(await readEngineChoice(store)).toEqual({ engine: "duckdb" });
    await store.put(homeKeys.description, JSON.stringify({ version: 1, athena }));
    expect(await readEngineChoice(store)).toEqual({ engine: "duckdb" });
    expect((await openEngine({ engine: "duckdb" }, {})).name).toMatch(/^duckdb /);
  });

  it("takes what home.json says, and before that what the command line says", async () => {
    await store.put(homeKeys.description, JSON.stringify({ engine: "athena", athena }));
    expect(await readEngineChoice(store)).toEqual({ engine: "athena", ...athena });
    expect(await readEngineChoice(store, { engine: "duckdb" })).toEqual({ engine: "duckdb" });
    expect(await readEngineChoice(store, { workgroup: "other", output: "s3://two" }))
      .toEqual({ engine: "athena", ...athena, workgroup: "other", output: "s3://two" });
  });

  it("names its databases dudao where nothing else is said", async () => {
    const { database: _, ...rest } = athena;
    expect(await readEngineChoice(store, { engine: "athena", ...rest }))
      .toEqual({ engine: "athena", ...rest, database: "dudao" });
  });

  it.each([
    ["engine", { engine: "spark" }, "--engine: invalid: spark; accepted: duckdb, athena"],
    ["database", { ...athena, database: "Si-chuan" }, "--database: invalid: Si-chuan"],
    ["output", { ...athena, output: "/tmp" }, "--athena-output: invalid: /tmp"],
    ["output", { workgroup: "wg" }, "missing output: give --athena-output"],
  ])("refuses a wrong or missing %s of the command line", async (_name, given, said) => {
    const refused = readEngineChoice(store, { engine: "athena", ...given });
    await expect(refused).rejects.toThrow(said);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });

  it("names file, key and value where home.json is wrong", async () => {
    await store.put(homeKeys.description,
      JSON.stringify({ engine: "athena", athena: { ...athena, workgroup: "a b" } }));
    const refused = readEngineChoice(store);
    await expect(refused).rejects.toThrow("home.json: athena.workgroup: invalid: a b; accepted:");
    await expect(refused).rejects.toBeInstanceOf(ContractError);
  });
});
