import type { DecisionKind } from "./decisions.ts";

/** One file taken by one night. Keys are those of `dudao files --json` (figures.md) and more. */
export interface LedgerRow {
  readonly system: string;
  /** null where no contract fitted. */
  readonly export: string | null;
  readonly landing_day: string;
  readonly known_on: string;
  readonly file_name: string;
  readonly file_id: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly status: FileStatus;
  /** Of a refused or held file: first word as in rows.md, then the facts; else null. */
  readonly reason: string | null;
  /** The same in one Chinese sentence for people; null where reason is. */
  readonly reason_zh: string | null;
  readonly format: string | null;
  readonly encoding: string | null;
  readonly rows_skipped: number | null;
  readonly rows_read: number | null;
  readonly rows_accepted: number | null;
  readonly rows_rejected: number | null;
  readonly rows_duplicate: number | null;
  readonly rows_unchanged: number | null;
  /** Reason (`word.field`) → rows; values add up to rows_rejected. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  /** `added column: X`, `missing optional column: Y`, `contract by header`. */
  readonly column_remarks: readonly string[];
  /** Full exports: rows_read of each scope ('' = the whole export). */
  readonly scopes: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Rows that a person's decision made (release, hold, reingest); others have no such key. */
  readonly decision?: RowDecision;
}

export interface RowDecision {
  readonly id: string;
  readonly kind: DecisionKind;
  /** Id of the decision by which the file was read as counted here; absent: its first reading. */
  readonly reading?: string;
}

export type FileStatus = "accepted" | "partly" | "refused" | "held" | "repeated";

/** `nights/<day>.json`: the night of a day is closed; nothing of it changes any more. */
export interface ClosedNight {
  readonly day: string;
  /** Id of the key whose tokens the objects have. */
  readonly key_id?: string;
  /** Every lake object of this knowledge day, sorted by key. */
  readonly objects: readonly NightObject[];
  readonly files: number;
  /** Only while a rekey is on its way: the objects that count once the home has that key. */
  readonly next?: { readonly key_id: string; readonly objects: readonly NightObject[] };
}

export interface NightObject {
  readonly key: string;
  readonly sha256: string;
  readonly rows: number;
  /** As it was first written, before its tokens were renewed: by this a run knows its inputs. */
  readonly first?: { readonly key: string; readonly sha256: string };
}

/** `runs/<run id>/manifest.json`. The run id is its as-of day and six digits of its hash. */
export interface RunManifest {
  readonly run_id: string;
  readonly as_of: string;
  readonly inputs: readonly { readonly key: string; readonly sha256: string }[];
  readonly contracts: readonly { readonly name: string; readonly sha256: string }[];
  readonly seeds: readonly { readonly name: string; readonly sha256: string }[];
  readonly models: readonly { readonly name: string; readonly sha256: string }[];
  readonly versions: Readonly<Record<string, string>>;
  /** Stored runs of earlier days that the series shows as known then, by SHA-256 of `mart_point`. */
  readonly runs: readonly { readonly run_id: string; readonly sha256: string }[];
  /** Written relations of the run. */
  readonly outputs: readonly { readonly name: string; readonly rows: number; readonly sha256: string }[];
}
