import type { RetainedTokens } from "../shared/token-key.ts";
import type { Contract } from "./contracts/contract.ts";
import type { JudgedPart } from "./cut-file.ts";
import type { JudgedFile, RefusedFile } from "./judge/file-verdict.ts";
import type { FileCut } from "./plan-cut.ts";
import type { StagedPart } from "./staging.ts";

/** First message to a worker: all that it may know. */
export interface StartMessage {
  readonly kind: "start";
  /** The worker's own folder; it writes nowhere else. */
  readonly folder: string;
  readonly tokenKey: string;
  readonly retained: RetainedTokens | null;
  /** Seeds as this home uses them. */
  readonly seeds: readonly { readonly name: string; readonly text: string }[];
  /** Checked by the parent, once. */
  readonly contracts: readonly Contract[];
  readonly memoryMb: number;
}
export interface JudgeMessage {
  readonly kind: "judge";
  /** Number of the file in the night. */
  readonly file: number;
  readonly path: string;
  readonly fileName: string;
  readonly system: string;
  readonly landingDay: string;
  /** Of the landed bytes; stands on the return slip. */
  readonly sha256: string;
  /** The night that took the file; stands on the return slip. */
  readonly knownOn: string;
  /** False for a file that was taken before: only its rows are wanted. */
  readonly isNew: boolean;
}
export type LandedJob = Omit<JudgeMessage, "kind">;
/** Asks where a large file can be cut. */
export interface PlanMessage {
  readonly kind: "plan";
  readonly job: LandedJob;
  readonly partBytes: number;
}
export interface PartMessage {
  readonly kind: "part";
  readonly job: LandedJob;
  readonly cut: FileCut;
  readonly index: number;
}
/**
 * Asks for what goes back to the sender of a file that was judged in parts: the workbook takes as
 * long as all else (quarantine, CSV, JSON).
 */
export interface RejectsMessage {
  readonly kind: "rejects";
  readonly job: LandedJob;
  readonly verdict: JudgedFile;
  /** Those of the parts, in order. */
  readonly quarantine: readonly string[];
  readonly only: "workbook" | "rows";
}
export type ToWorker = StartMessage | JudgeMessage | PlanMessage | PartMessage | RejectsMessage
  | { readonly kind: "flush" };

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "judged"; readonly file: number; readonly result: FileResult }
  | { readonly kind: "planned"; readonly cut: FileCut | null }
  | { readonly kind: "part-judged"; readonly part: JudgedPart }
  | { readonly kind: "rejects-written"; readonly rejects: Partial<RejectFiles> }
  | {
    readonly kind: "flushed"; readonly parts: readonly StagedPart[];
    /** All memory of the process. */
    readonly residentBytes: number;
  }
  /** The file at work made the parsers throw; the process ends after this. */
  | { readonly kind: "failed"; readonly why: string }
  /** Our fault: the night must fail. */
  | { readonly kind: "fault"; readonly message: string };

export type FileResult =
  | (Pick<RefusedFile, "kind" | "reason" | "reasonZh" | "format" | "encoding"> &
      { readonly export: string | null; readonly seconds: number })
  | TakenFile;

export interface TakenFile extends
  Omit<JudgedFile, "contract" | "headers"> {
  readonly export: string;
  readonly mode: "full" | "delta";
  readonly seconds: number;
  /** Local files of the rejected rows, where there are any. */
  readonly rejects: RejectFiles | null;
}
export interface RejectFiles {
  readonly quarantine: string;
  readonly slipXlsx: string;
  readonly slipCsv: string;
  readonly slipJson: string;
}
