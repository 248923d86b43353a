import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ContractError, requireNoFaults } from "../shared/errors.ts";
import { mergeContracts, type ContractText } from "../shared/home-contracts.ts";
import { packageRoot } from "../shared/package-root.ts";
import { exportRelation } from "../shared/relations.ts";
import type { SmallTable } from "../shared/sql-engine.ts";

/** What measuring needs to know of a contract; the rest is ingest's. */
export interface ExportContract {
  readonly system: string;
  readonly export: string;
  readonly mode: string;
  readonly cadenceDays: number;
  readonly graceDays: number;
  /** Lake relation of its records; the first where it feeds several. */
  readonly relation: string;
}
export interface ContractFile {
  /** `<system>/<export>.json` */
  readonly name: string;
  readonly text: string;
  readonly contract: ExportContract;
}

/**
 * All contracts in force, by name: those of the product and a home's own (`readHomeContracts`).
 * Throws ContractError for broken ones, all together.
 */
export function readContracts(own: readonly ContractText[] = []): readonly ContractFile[] {
  const folder = join(packageRoot, "functions", "ingest", "contracts");
  const shipped = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((system) => readdirSync(join(folder, system.name))
      .filter((file) => file.endsWith(".json"))
      .map((file) => `${system.name}/${file}`))
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
  return parseContracts(mergeContracts(shipped, own));
}

/** Throws ContractError for broken ones, all together. */
export function parseContracts(
  texts: readonly { readonly name: string; readonly text: string }[],
): readonly ContractFile[] {
  const faults: string[] = [];
  const files = texts.flatMap(({ name, text }) => {
    const contract = parseContract(name, text, faults);
    return contract ? [{ name, text, contract }] : [];
  });
  requireNoFaults("contracts", faults);
  return files;
}

function parseContract(name: string, text: string, faults: string[]): ExportContract | undefined {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new ContractError(`contracts/${name}: invalid JSON`, { cause: error });
  }
  const before = faults.length;
  const textOf = (key: string): string => {
    const value = Array.isArray(json[key]) ? (json[key] as unknown[])[0] : json[key];
    if (typeof value === "string" && value !== "") return value;
    faults.push(`contracts/${name}: missing ${key}; accepted: text`);
    return "";
  };
  const daysOf = (key: string): number => {
    const value = json[key];
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    faults.push(`contracts/${name}: invalid ${key}: ${String(value)}; accepted: whole days >= 0`);
    return 0;
  };
  const contract: ExportContract = {
    system: textOf("system"),
    export: textOf("export"),
    mode: textOf("mode"),
    cadenceDays: daysOf("cadence_days"),
    graceDays: daysOf("grace_days"),
    relation: textOf("relation"),
  };
  return faults.length === before ? contract : undefined;
}

/** The contracts as relation `export_contract`. */
export function buildContractTable(contracts: readonly ExportContract[]): SmallTable {
  return {
    name: exportRelation.name,
    columns: exportRelation.columns,
    rows: contracts.map((c) =>
      [c.system, c.export, c.mode, c.cadenceDays, c.graceDays, c.relation]),
  };
}
