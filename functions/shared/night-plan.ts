import type { Decision } from "./decisions.ts";

/** What `plan` hands to `ingest`: every file that the night of one day takes. */
export interface NightPlan {
  readonly day: string;
  /** True where this day or a later one is closed already: there is nothing to take. */
  readonly isClosed: boolean;
  /**
   * One group a knowledge day in order, that of `day` last (present even without files). Landing
   * days after the newest closed night keep their own day; late files get `day` (rows.md).
   */
  readonly groups: readonly NightGroup[];
}

export interface NightGroup {
  readonly knownOn: string;
  /** In night order: system, file name by code points, landing day. */
  readonly files: readonly PlannedFile[];
  /** People's decisions that take effect on this day, in order; absent: none. */
  readonly decisions?: readonly Decision[];
}

export interface PlannedFile {
  readonly system: string;
  readonly landingDay: string;
  readonly fileName: string;
  /** Key of the object in the home. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Decision that put these bytes on hold. */
  readonly heldBy?: string;
}
