import type { TrainingPayload } from "../truth/payloads.ts";
import type { LearningRecord } from "../world/learning.ts";
import type { Effect } from "./table.ts";

/** State of a record in its source, small enough to compare nights by. */
export interface RecordState {
  readonly isPassed: boolean;
  readonly creditSeconds: number;
  readonly version: number;
  readonly isFailed: boolean;
}

/** The effect of a record in a state; while it stays so, the same object each time. */
export function trainingEffect(record: LearningRecord, state: RecordState): Effect {
  const last = record.told;
  if (last && isSameState(last.payload as TrainingPayload, state)) return last;
  const { system } = record;
  const writesNumber = system === "ntms" || system === "yunjiao" || system === "practice";
  const payload: TrainingPayload = {
    kind: "training", system, trainingId: record.trainingId, category: record.category,
    creditSeconds: state.creditSeconds, isPassed: state.isPassed, endsOn: record.endsOn,
    isFailed: state.isFailed, version: state.version, teacher: record.teacher,
    byTeacherNo: writesNumber, byIdNumber: system !== "lrs", byAccount: system === "lrs",
    isContradictory: false,
  };
  const effect: Effect = {
    key: last?.key ?? `${system}/${record.serial}`,
    scope: system === "vendor-a" ? record.project : "", payload, story: storyOf(record, state),
  };
  record.told = effect;
  return effect;
}

function isSameState(a: RecordState, b: RecordState): boolean {
  return a.isPassed === b.isPassed && a.creditSeconds === b.creditSeconds &&
    a.version === b.version && a.isFailed === b.isFailed;
}

function storyOf(record: LearningRecord, state: RecordState): string | undefined {
  if (record.teacher === null) return "teacher_unknown";
  if (record.system === "credit" && !state.isPassed) return "record_withdrawn";
  if (state.isPassed && state.creditSeconds !== record.creditSeconds) return "record_corrected";
  return record.isSummary ? "training_in_two_systems" : undefined;
}

/** Credit that the source tells on a day. */
export function toldSeconds(record: LearningRecord, cut: number): number {
  return record.correctedOn !== null && record.correctedOn <= cut ? record.correctedSeconds
    : record.creditSeconds;
}

/** Gone from a full export on that day. */
export function isWithdrawn(record: LearningRecord, cut: number): boolean {
  return record.withdrawnOn !== null && record.withdrawnOn <= cut &&
    (record.returnsOn === null || cut < record.returnsOn);
}

/** A number that differs when the row of a full export does. */
export function recordState(record: LearningRecord, cut: number): number {
  return toldSeconds(record, cut) * 2 + (record.endsOn <= cut ? 1 : 0);
}

/** 学时 as platforms write them: up to two decimals, no trailing zeros. */
export function formatHours(seconds: number): string {
  return String(Math.round(seconds / 27) / 100);
}
