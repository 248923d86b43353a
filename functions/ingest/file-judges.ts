import type { StagedPart } from "./staging.ts";
import type { JudgeMessage } from "./worker-messages.ts";
import type { PoolResult } from "./worker-pool.ts";

/** Whoever judges the files of a night: worker processes here, or verdicts made ahead elsewhere. */
export interface FileJudges {
  /** Told how many files will come, before they do. */
  warmUp(files: number): void;
  /** Judges all files; `takeParts` then has their rows. Throws for what is no file's fault. */
  judge(
    jobs: readonly JudgeMessage[], onJudged?: (job: JudgeMessage) => void,
  ): Promise<ReadonlyMap<number, PoolResult>>;
  /** Staged rows of everything judged since the last call; those of a large text in its order. */
  takeParts(): readonly StagedPart[];
  close(): Promise<void>;
}
