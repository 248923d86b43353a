import { createHash } from "node:crypto";
import type { NightPlan, PlannedFile } from "../../shared/night-plan.ts";
import { freshFileNumber } from "../file-number.ts";
import type { IngestPool } from "../ingest-pool.ts";
import type { JudgeMessage } from "../worker-messages.ts";
import type { PoolResult } from "../worker-pool.ts";

/** One file of a planned night, as the machine's Map hands it out. */
export interface AheadItem {
  /** Place of its group in the plan. */
  readonly group: number;
  /** Place of the file in the group. */
  readonly index: number;
}

/** What was made of a file before its night was settled (`work/<day>/<file>/verdict.json`). */
export interface AheadVerdict {
  readonly job: AheadJob;
  /** Contracts, seeds and token key that the verdict rests on. */
  readonly rules: string;
  readonly result: PoolResult;
  /** Staged rows, in order: relation, object's name, file where all rows are of one. */
  readonly parts: readonly { readonly relation: string; readonly name: string; readonly file?: number }[];
}

/** What identifies a judgement: the job without its local path. */
export type AheadJob = Omit<JudgeMessage, "kind" | "path">;

export const verdictName = "verdict.json";
export const rejectNames = {
  quarantine: "quarantine.ndjson", slipXlsx: "slip.xlsx", slipCsv: "slip.csv", slipJson: "slip.json",
} as const;

/** The job that the night will ask for; throws RangeError where the plan has no such file. */
export function planAheadJob(plan: NightPlan, { group, index }: AheadItem): {
  readonly planned: PlannedFile; readonly job: AheadJob;
} {
  const knownOn = plan.groups[group]?.knownOn;
  const planned = plan.groups[group]?.files[index];
  if (knownOn === undefined || !planned) {
    throw new RangeError(`plan of ${plan.day}: no file ${index} in group ${group}`);
  }
  const { system, landingDay, fileName, sha256 } = planned;
  const file = freshFileNumber(index);
  return { planned, job: { file, fileName, system, landingDay, sha256, knownOn, isNew: true } };
}

/** Digest of everything but the file that a verdict rests on. */
export async function digestRules(pool: IngestPool): Promise<string> {
  const { contracts, seeds, keyId } = await pool.loading;
  const texts = [...seeds].map(([name, seed]) => [name, seed.text]).sort();
  return createHash("sha256").update(JSON.stringify({ keyId, contracts, texts })).digest("hex");
}
