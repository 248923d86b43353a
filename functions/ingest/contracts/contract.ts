/** One kind of export of one training system, as `contracts/<system>/<export>.json` says it. */
export interface Contract {
  readonly system: string;
  readonly export: string;
  /** `*` stands for any text; compared without the extension. */
  readonly file_pattern: string;
  readonly usual_format: string;
  readonly mode: "full" | "delta";
  /** Field whose value is the scope of a snapshot; absent: the whole export is one scope. */
  readonly scope_field?: string;
  readonly cadence_days: number;
  readonly grace_days: number;
  /** Lake relation of the rows (shared/relations.ts). */
  readonly relation: string;
  /** In the order in which faults are reported. */
  readonly fields: readonly ContractField[];
  /** All of them must hold for a row to have passed. */
  readonly passed: readonly Condition[] | "always" | "never";
  readonly area?: AreaWitness;
  readonly period?: Period;
  readonly voiding?: Voiding;
  /** lrs: account names of this home page are teacher numbers, all others are tokens. */
  readonly accounts?: AccountRule;
  /** Field that holds the source's own version of the record. */
  readonly version_field?: string;
  /** Lake column → where its value comes from; columns not named are NULL. */
  readonly columns: Readonly<Record<string, ColumnSource>>;
}

export interface ContractField {
  readonly header: string;
  /** Name in reasons and columns; `-` for an ignored column. */
  readonly field: string;
  readonly kind: FieldKind;
  /** Of kind list: value as exported → code. */
  readonly values?: Readonly<Record<string, string>>;
  readonly required?: "yes" | "when_passed";
  readonly in_record_id?: true;
  readonly personal?: true;
  /** Of kind person: which writing of the person this column holds. */
  readonly person_as?: "teacher_no" | "id_number";
  /** Of identity numbers: field that names the kind of document. */
  readonly id_type_field?: string;
  /** Of kind area_or_school: field that says the level. */
  readonly level_field?: string;
  /** What a value that cannot be read does in an optional field; `warns` unless given. */
  readonly unreadable?: "warns" | "rejects";
}

export const fieldKinds = [
  "teacher_no", "id_number", "person", "school_code", "area", "city", "area_any",
  "area_or_school", "day", "instant", "event", "credit", "minutes", "duration", "yes_no", "list",
  "identifier", "boolean", "ignored", "ability", "local_ability", "score", "count", "uuid",
  "email", "year", "text",
] as const;
export type FieldKind = (typeof fieldKinds)[number];

/** The parsed value of the field is one of, or none of, these. */
export interface Condition {
  readonly field: string;
  readonly is?: readonly (string | boolean)[];
  readonly is_not?: readonly (string | boolean)[];
}

/** Names that stand in for an area code, or witness it. */
export interface AreaWitness {
  readonly code: string;
  readonly county?: string;
  readonly city?: string;
}

/** `begin` must not be after `end`. */
export interface Period {
  readonly begin: string;
  readonly end: string;
  readonly fault: "rejects" | "warns";
}

/** A row for which `when` holds and whose `object_type_path` holds `object_type` is a voiding. */
export interface Voiding {
  readonly relation: string;
  readonly when: Condition;
  /** JSON path beside those of the fields; not kept. */
  readonly object_type_path: string;
  readonly object_type: string;
  readonly columns: Readonly<Record<string, ColumnSource>>;
}

export interface AccountRule {
  readonly platform: string;
  readonly account: string;
  readonly registry_home_page: string;
}

export type ColumnSource =
  /** The field's parsed value, through `map` where given. */
  | {
    readonly from: string;
    readonly map?: Readonly<Record<string, string | boolean>>;
    readonly lower_case?: true;
  }
  /** The same for every row. */
  | { readonly value: string }
  /** Whether the row passed. */
  | { readonly passed: true }
  /** Keyed token of the field's parsed value. */
  | { readonly token: string }
  /** Whether the field is filled. */
  | { readonly present: string }
  /** The instant of the field where its cell had a time. */
  | { readonly time_of: string }
  /** Parts of the person, whichever way it is written. */
  | { readonly person: "teacher_no" | "token" | "platform" | "account_token" };
