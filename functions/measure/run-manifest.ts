import { createHash } from "node:crypto";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Seed } from "../shared/seeds.ts";
import type { Model } from "../shared/sql-engine.ts";
import type { ContractFile } from "./read-contracts.ts";
import type { MeasureInputs } from "./read-inputs.ts";

/** Everything that decides a run's marts: no clock, nothing of the machine. */
export interface RunIdentity extends Omit<RunManifest, "run_id" | "outputs"> {
  /** Relations that the run stores. */
  readonly relations: readonly string[];
}

export interface RunParts {
  readonly asOf: string;
  /** Cut at the day. */
  readonly inputs: MeasureInputs;
  readonly contracts: readonly Pick<ContractFile, "name" | "text">[];
  readonly seeds: readonly Pick<Seed, "name" | "text">[];
  readonly models: readonly Pick<Model, "name" | "sql">[];
  readonly versions: Readonly<Record<string, string>>;
  readonly runs: RunManifest["runs"];
  readonly relations: readonly string[];
}

export function buildRunIdentity(parts: RunParts): RunIdentity {
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  return {
    as_of: parts.asOf,
    inputs: [
      ...parts.inputs.objects.map(({ key, sha256, first }) => first ?? { key, sha256 }),
      ...parts.inputs.nights.map((n) => ({ key: homeKeys.ledger(n.day), sha256: n.sha256 })),
    ],
    contracts: parts.contracts.map((c) => ({ name: c.name, sha256: sha256Of(c.text) })),
    seeds: parts.seeds.map((s) => ({ name: s.name, sha256: sha256Of(s.text) })).sort(byName),
    models: parts.models.map((m) => ({ name: m.name, sha256: sha256Of(m.sql) })).sort(byName),
    versions: parts.versions,
    runs: parts.runs,
    relations: [...parts.relations].sort(),
  };
}

/** `<as-of>-<6 hex digits of the identity's hash>` */
export function buildRunId(identity: RunIdentity): string {
  return `${identity.as_of}-${sha256Of(canonicalIdentity(identity)).slice(0, 6)}`;
}

/** What a stored manifest says of its run's identity. */
export function identityOf(manifest: RunManifest): RunIdentity {
  const { run_id: _, outputs, ...rest } = manifest;
  return { ...rest, relations: outputs.map((output) => output.name).sort() };
}

/** The identity of a run as one comparable text. */
export function canonicalIdentity(identity: RunIdentity): string {
  const { runs, relations } = identity;
  return JSON.stringify([...figureParts(identity), runs, relations]);
}

/** Would both runs give the same figures? Their series and what they store may differ. */
export function hasSameFigures(a: RunIdentity, b: RunIdentity): boolean {
  return JSON.stringify(figureParts(a)) === JSON.stringify(figureParts(b));
}

function figureParts(identity: RunIdentity): readonly unknown[] {
  const { as_of, inputs, contracts, seeds, models, versions } = identity;
  const named = Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1));
  return [as_of, inputs, contracts, seeds, models, named];
}

export function sha256Of(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
