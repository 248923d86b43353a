import { createHash } from "node:crypto";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { Seed } from "../shared/seeds.ts";
import type { Model } from "../shared/sql-engine.ts";
import type { ContractFile } from "./read-contracts.ts";
import type { MeasureInputs } from "./read-inputs.ts";

/** Everything that decides a run's figures: no clock, nothing of the machine. */
export type RunIdentity = Omit<RunManifest, "run_id" | "outputs">;

export interface RunParts {
  readonly asOf: string;
  /** Cut at the day. */
  readonly inputs: MeasureInputs;
  readonly contracts: readonly ContractFile[];
  readonly seeds: readonly Seed[];
  readonly models: readonly Model[];
  readonly versions: Readonly<Record<string, string>>;
}

export function buildRunIdentity(parts: RunParts): RunIdentity {
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  return {
    as_of: parts.asOf,
    inputs: [
      ...parts.inputs.objects.map(({ key, sha256, first }) => first ?? { key, sha256 }),
      ...parts.inputs.nights.map((n) => ({ key: homeKeys.ledger(n.day), sha256: n.sha256 })),
    ],
    contracts: parts.contracts.map((c) => ({ name: c.name, sha256: sha256(c.text) })),
    seeds: parts.seeds.map((s) => ({ name: s.name, sha256: sha256(s.text) })).sort(byName),
    models: parts.models.map((m) => ({ name: m.name, sha256: sha256(m.sql) })).sort(byName),
    versions: parts.versions,
  };
}

/** `<as-of>-<6 hex digits of the identity's hash>` */
export function buildRunId(identity: RunIdentity): string {
  return `${identity.as_of}-${sha256(canonicalIdentity(identity)).slice(0, 6)}`;
}

/** The identity inside a stored manifest, or of a run to come, as one comparable text. */
export function canonicalIdentity(identity: RunIdentity | RunManifest): string {
  const { as_of, inputs, contracts, seeds, models, versions } = identity;
  const named = Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([as_of, inputs, contracts, seeds, models, named]);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
