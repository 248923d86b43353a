import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { requireNoFaults } from "../../shared/errors.ts";
import { mergeContracts, readHomeContracts, type ContractText } from "../../shared/home-contracts.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { packageRoot } from "../../shared/package-root.ts";
import type { Contract } from "./contract.ts";
import { findContractFaults } from "./find-contract-faults.ts";

/** A contract file as read, named `<system>/<export>.json`; the text goes into run manifests. */
export type ContractFile = ContractText;

const folder = join(packageRoot, "functions", "ingest", "contracts");

/** Contract files that the product ships, sorted by name. */
export function readContractFiles(): readonly ContractFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => readdirSync(join(folder, entry.name))
      .filter((name) => name.endsWith(".json"))
      .map((name) => `${entry.name}/${name}`))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

/**
 * Contracts in force in a home: those of the product, replaced and joined by `HOME/contracts/`.
 * Throws ContractError as `loadContracts` does.
 */
export async function loadHomeContracts(store: ObjectStore): Promise<readonly Contract[]> {
  return loadContracts(mergeContracts(readContractFiles(), await readHomeContracts(store)));
}

/**
 * Contracts of all exports, sorted by system and export.
 * Throws ContractError listing every fault of every file: file, key, value, what is accepted.
 */
export function loadContracts(
  files: readonly ContractFile[] = readContractFiles(),
): readonly Contract[] {
  const schema = JSON.parse(readFileSync(join(folder, "contract.schema.json"), "utf8")) as object;
  // Every command comes by here: that the schema is one is a matter for tests, and the few
  // contracts are judged before tighter code would pay.
  const validate = new Ajv({
    allErrors: true, verbose: true, allowUnionTypes: true, validateSchema: false,
    code: { optimize: false },
  }).compile<Contract>(schema);
  const faults: string[] = [];
  const contracts: Contract[] = [];
  for (const file of files) {
    const value = parseJson(file, faults);
    if (value === undefined) continue;
    if (validate(value)) {
      faults.push(...findContractFaults(file.name, value));
      contracts.push(value);
    } else {
      faults.push(...schemaFaults(file.name, validate.errors ?? []));
    }
  }
  requireNoFaults("contracts", faults);
  return contracts;
}

function parseJson(file: ContractFile, faults: string[]): unknown {
  try {
    return JSON.parse(file.text);
  } catch (error) {
    faults.push(`${file.name}: invalid JSON: ${(error as Error).message}; accepted: one object`);
    return undefined;
  }
}

/** `oneOf` repeats its branches' errors; the branch itself tells a person enough. */
function schemaFaults(name: string, errors: readonly ErrorObject[]): string[] {
  const tops = errors.filter((e) => !e.schemaPath.includes("/oneOf/"));
  return tops.map((e) => {
    const key = e.instancePath.slice(1).replaceAll("/", ".") || "(whole file)";
    return `${name}: ${key}: ${e.message ?? e.keyword}: ${show(e)}; accepted: ${accepted(e)}`;
  });
}

function show(error: ErrorObject): string {
  const params = error.params as Readonly<Record<string, unknown>>;
  const value = params["additionalProperty"] ?? params["missingProperty"] ?? error.data;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? "nothing" : text.slice(0, 120);
}

function accepted(error: ErrorObject): string {
  if (error.keyword === "enum") return (error.schema as unknown[]).join(", ");
  if (error.keyword === "additionalProperties") {
    return Object.keys((error.parentSchema?.["properties"] ?? {}) as object).join(", ");
  }
  if (error.keyword === "oneOf") return "one of the forms in contract.schema.json";
  return typeof error.schema === "object" ? "as contract.schema.json says" : String(error.schema);
}
