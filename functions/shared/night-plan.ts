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
}

export interface PlannedFile {
  readonly system: string;
  readonly landingDay: string;
  readonly fileName: string;
  /** Key of the object in the home. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}
