/** Rows of the lake as the second computation sees them; days are `YYYY-MM-DD`. */
export interface LakeRow {
  readonly system: string;
  readonly export: string;
  readonly known_on: string;
  readonly landing_day: string;
  readonly file_id: string;
  readonly sheet: string;
  readonly row_number: number;
  readonly export_seq: number;
  readonly record_id: string;
  readonly person_key: string | null;
  readonly id_rest: string;
  readonly record_version: number;
  readonly is_retraction: boolean;
}
export interface SchoolRow extends LakeRow {
  readonly school_code: string | null;
  readonly school_name: string | null;
  readonly county_code: string | null;
  readonly school_type: string | null;
  readonly place_type: string | null;
  readonly is_smart_education: boolean | null;
  readonly has_cio: boolean | null;
  readonly school_status: string | null;
  readonly opened_on: string | null;
  readonly merged_on: string | null;
}
export interface TeacherRow extends LakeRow {
  readonly teacher_no: string;
  readonly person_token: string | null;
  readonly school_code: string | null;
  readonly post: string | null;
  readonly employment_status: string | null;
  readonly changed_on: string | null;
}
export interface RegistrationRow extends LakeRow {
  readonly county_code: string | null;
  readonly launched_on: string | null;
  readonly is_model_county: boolean | null;
  readonly filing_state: string | null;
}
export interface PlanFilingRow extends LakeRow {
  readonly filing_level: string | null;
  readonly unit_code: string | null;
  readonly plan_type: string | null;
  readonly filed_on: string | null;
  readonly review_state: string | null;
  readonly reviewed_on: string | null;
}
export interface SchoolPointRow extends LakeRow {
  readonly school_code: string | null;
  readonly school_year: number | null;
  readonly ability_code: string | null;
  readonly chosen_on: string | null;
}
export interface TeacherPointRow extends LakeRow {
  readonly teacher_no: string | null;
  readonly ability_code: string | null;
  readonly chosen_on: string | null;
  readonly school_result: string | null;
  readonly assessed_on: string | null;
  readonly county_review: string | null;
}
export interface LocalPointRow extends LakeRow {
  readonly ability_code: string | null;
  readonly city_code: string | null;
  readonly dimension: string | null;
}
export interface ModelSchoolRow extends LakeRow {
  readonly school_code: string | null;
  readonly named_on: string | null;
}
export interface SpotCheckRow extends LakeRow {
  readonly city_code: string | null;
  readonly checked_on: string | null;
  readonly is_confirmed: boolean | null;
}
export interface EvaluationRow extends LakeRow {
  readonly evaluation_kind: string | null;
  readonly county_code: string | null;
  readonly evaluated_on: string | null;
  readonly score_hundredths: number | null;
  readonly sample_size: number | null;
}
export interface AccountRow extends LakeRow {
  readonly platform: string | null;
  readonly account_token: string | null;
  readonly teacher_no: string | null;
}
export interface PersonRow extends LakeRow {
  readonly teacher_no: string | null;
  readonly person_token: string | null;
}
export interface TrainingRow extends PersonRow {
  readonly platform: string | null;
  readonly account_token: string | null;
  readonly source_training_id: string | null;
  readonly category: string | null;
  readonly practice_kind: string | null;
  readonly credit_seconds: number | null;
  readonly is_passed: boolean | null;
  readonly school_result: string | null;
  readonly county_review: string | null;
  /** yunjiao: the listening school. */
  readonly school_code: string | null;
  readonly event_on: string | null;
  /** `YYYY-MM-DD HH:MM:SS` where the cell had a time. */
  readonly event_at: string | null;
}
export interface ProgrammeRow extends LakeRow {
  readonly programme_title: string | null;
  readonly phase: string | null;
  readonly teacher_no: string | null;
  readonly online_seconds: number | null;
  readonly practice_seconds: number | null;
  readonly is_passed: boolean | null;
  readonly event_on: string | null;
  readonly event_at: string | null;
}
export interface VoidingRow extends LakeRow { readonly target_id: string }
export interface ArrivalRow {
  readonly system: string;
  readonly export: string | null;
  readonly known_on: string;
  readonly landing_day: string;
  readonly file_id: string;
  readonly file_name: string;
  readonly status: string;
  readonly rows_read: number | null;
  readonly rows_accepted: number | null;
  readonly rows_rejected: number | null;
  readonly rows_duplicate: number | null;
}
export interface ContractRow {
  readonly system: string;
  readonly export: string;
  readonly mode: string;
  readonly cadence_days: number;
  readonly grace_days: number;
  readonly relation: string;
}
export interface Division {
  readonly county_code: string;
  readonly county_name: string;
  readonly city_code: string;
  readonly city_name: string;
  readonly is_deep_poverty: boolean;
  readonly is_poverty: boolean;
  readonly is_ethnic: boolean;
  readonly is_three_prefectures: boolean;
}
export interface Parameter {
  readonly area_code: string;
  readonly parameter: string;
  readonly valid_from: string;
  readonly value: string;
}
export interface Programme {
  readonly programme_code: string;
  readonly title: string;
  readonly phases: number;
  /** Undefined where the plan names none. */
  readonly seats_per_phase: number | undefined;
}
export interface History {
  readonly school: readonly SchoolRow[];
  readonly teacher: readonly TeacherRow[];
  readonly county_registration: readonly RegistrationRow[];
  readonly plan_filing: readonly PlanFilingRow[];
  readonly school_point: readonly SchoolPointRow[];
  readonly teacher_point: readonly TeacherPointRow[];
  readonly local_point: readonly LocalPointRow[];
  readonly model_school: readonly ModelSchoolRow[];
  readonly spot_check: readonly SpotCheckRow[];
  readonly evaluation: readonly EvaluationRow[];
  readonly account: readonly AccountRow[];
  readonly training_record: readonly TrainingRow[];
  readonly programme_record: readonly ProgrammeRow[];
  readonly rejected_identity: readonly PersonRow[];
  readonly voiding: readonly VoidingRow[];
  readonly file_arrival: readonly ArrivalRow[];
  readonly export_contract: readonly ContractRow[];
  readonly divisions: readonly Division[];
  readonly parameters: readonly Parameter[];
  /** Best system first. */
  readonly priority: readonly string[];
  /** `system` → source training id → training id. */
  readonly crosswalk: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The 30 points: code → dimension. */
  readonly abilityPoints: ReadonlyMap<string, string>;
  readonly programmes: readonly Programme[];
}
