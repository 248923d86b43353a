import type { DayNumber } from "../calendar.ts";
import type { Category, TrainingSystem } from "../world/learning.ts";
import type { Teacher } from "../world/roll.ts";

/** How a training row names its person, as far as the row itself can be trusted. */
export interface PersonAsWritten {
  /** null: on no roll ever. */
  readonly teacher: Teacher | null;
  readonly byTeacherNo: boolean;
  readonly byIdNumber: boolean;
  readonly byAccount: boolean;
  /** Number and identity point to two people. */
  readonly isContradictory: boolean;
}

export interface TrainingPayload extends PersonAsWritten {
  readonly kind: "training";
  readonly system: TrainingSystem | "registry";
  readonly trainingId: string;
  readonly category: Category;
  readonly creditSeconds: number;
  readonly isPassed: boolean;
  readonly endsOn: DayNumber | null;
  /** Judged 不合格 or 不通过 by an original record. */
  readonly isFailed: boolean;
  /** Source's own version; higher is newer. */
  readonly version: number;
}

export interface RegistrationPayload {
  readonly kind: "registration";
  readonly countyCode: string;
  readonly launchedOn: DayNumber | null;
  readonly isApproved: boolean;
  readonly version: number;
}

export interface SchoolPayload {
  readonly kind: "school";
  readonly schoolCode: string;
  readonly countyCode: string;
  readonly isOpen: boolean;
  readonly openedOn: DayNumber | null;
  readonly mergedOn: DayNumber | null;
}

export interface RollPayload {
  readonly kind: "roll";
  readonly teacher: Teacher;
  readonly schoolCode: string;
  readonly status: string;
  readonly changedOn: DayNumber | null;
  readonly hasToken: boolean;
}

export interface VoidPayload { readonly kind: "void"; readonly targetKey: string }
