import type { RawRow } from "../raw.ts";

/**
 * One payload value of a lake row. DATE = text `2021-12-20`, TIMESTAMP_MS = milliseconds of the
 * Asia/Shanghai wall time as if it were UTC, BIGINT and INTEGER = whole number, VARCHAR = text,
 * BOOLEAN = boolean, NULL = null.
 */
export type LakeValue = string | number | boolean | null;

/** What identifies a record, as far as the row itself tells. */
export interface RecordIdentity {
  /** Fields of the record id joined by `|`; days ISO, lists by code, person as number or token. */
  readonly recordId: string;
  /** teacher_no, else token, else `platform|account token`; null where the record has no person. */
  readonly personKey: string | null;
  /** The record id without its person part. */
  readonly idRest: string;
  /** If written and valid. */
  readonly teacherNo: string | null;
  /** Token of the identity number, if written and valid. */
  readonly personToken: string | null;
}

export interface AcceptedRow extends RecordIdentity {
  readonly kind: "accepted";
  /** Lake relation: the contract's own, or `voiding` for a voiding statement. */
  readonly relation: string;
  /** Payload in the order of the relation's columns after the envelope (shared/relations.ts). */
  readonly values: readonly LakeValue[];
  /** The source's own version: epoch milliseconds of wall time, 0 where it has none. */
  readonly recordVersion: number;
  /** 32 hex digits over the parsed values of all fields but the ignored ones. */
  readonly contentHash: string;
  /** Value of the contract's scope field; '' where the scope is the whole export. */
  readonly scope: string;
  /** `word.field`, order of the fields. */
  readonly warnings: readonly string[];
}

export interface RejectedRow {
  readonly kind: "rejected";
  /** All reasons `word.field`; the row is counted under the first. */
  readonly reasons: readonly string[];
  /** Column of the first reason, 0-based; undefined for a whole row or absent column. */
  readonly columnIndex: number | undefined;
  /** Header text of the first reason's field; '' for a fault of the whole row. */
  readonly header: string;
  /** Present when the record id can be read: then the record is not absent from its snapshot. */
  readonly identity: RecordIdentity | undefined;
  /** Undefined when the scope cannot be read. */
  readonly scope: string | undefined;
}

export type SkipReason = "empty" | "repeated_header" | "group" | "total";

/** Names nothing of the row: it is no record and is counted in rows_skipped. */
export interface SkippedRow { readonly kind: "skipped"; readonly why: SkipReason }

export type Verdict = AcceptedRow | RejectedRow | SkippedRow;

/** A rejected row on its way to quarantine and return slip. */
export interface RejectedRowInFile extends RejectedRow {
  /** `F12` in sheets, else the header text of the first reason; '' for a fault of the whole row. */
  readonly cell: string;
  /** The row as received (personal data). */
  readonly raw: RawRow;
}
