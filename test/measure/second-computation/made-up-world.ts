import type { ContractRow, Division, Parameter, Programme } from "./lake.ts";

const division = (code: string, flags: string): Division => ({
  county_code: code, county_name: code, city_code: code.slice(0, 4), city_name: code.slice(0, 4),
  is_deep_poverty: flags.includes("d"), is_poverty: flags.includes("p"),
  is_ethnic: flags.includes("e"), is_three_prefectures: flags.includes("t"),
});
export const divisions: readonly Division[] = [
  division("510104", ""), division("510105", "p"), division("510106", ""),
  division("513401", "dpet"), division("513422", "et"), division("513423", "dp"),
  division("510703", "p"), division("510722", ""), division("512002", ""),
];
/** No school lies there. */
export const emptyCounty = "510722";

type Line = readonly [area: string, parameter: string, validFrom: string, value: string];
/** The province's rules, as data/parameters.csv of the specification has them. */
const shipped: readonly Line[] = [
  ["required_online_seconds", "54000"], ["required_practice_seconds", "81000"],
  ["gate_20_due_on", "2020-12-31"], ["gate_60_due_on", "2021-12-31"],
  ["gate_100_due_on", "2022-12-31"], ["programme_first_day", "2020-01-01"],
  ["programme_last_day", "2022-12-31"], ["evidence_teachers", "20"],
  ["evidence_small_county", "40"], ["pace_window_days", "28"], ["pace_lag_days", "7"],
  ["projection_limit_days", "730"], ["mix_evidence_seconds", "40500"],
  ["mix_research_seconds", "27000"], ["mix_recording_seconds", "13500"],
  ["classroom_window_days", "180"], ["ntms_mixed_online_parts", "20"],
  ["ntms_mixed_total_parts", "50"], ["points_needed", "3"], ["dimensions_needed", "2"],
  ["dimensions_needed_smart", "3"], ["model_schools_low", "5"], ["model_schools_high", "7"],
  ["flag_day_seconds", "32400"], ["flag_watch_seconds", "86400"],
  ["flag_same_second_teachers", "20"], ["flag_same_total_teachers", "5"],
  ["flag_jump_teachers", "10"], ["flag_jump_percent", "30"], ["flag_declared_days", "60"],
  ["equity_group_teachers", "10"], ["weight_rollout", "10"], ["weight_completion", "35"],
  ["weight_qualified", "15"], ["weight_equity", "15"], ["weight_leadership", "10"],
  ["weight_quality", "5"], ["weight_data", "10"], ["held_percent", "80"],
  ["small_group_teachers", "5"],
].map(([name = "", value = ""]): Line => ["51", name, "2020-01-01", value]);
/** Areas with rules of their own, rules that change. */
const own: readonly Line[] = [
  ["5134", "required_online_seconds", "2020-09-01", "67500"],
  ["5134", "required_practice_seconds", "2021-01-01", "67500"],
  ["5134", "mix_evidence_seconds", "2021-01-01", "27000"],
  ["5134", "mix_research_seconds", "2020-02-01", "20250"],
  ["5134", "mix_recording_seconds", "2020-02-01", "20250"],
  ["513422", "required_online_seconds", "2020-03-01", "27000"],
  ["513422", "mix_evidence_seconds", "2020-06-01", "40500"],
  ["513422", "mix_research_seconds", "2020-06-01", "40500"],
  ["513422", "mix_recording_seconds", "2020-06-01", "0"],
  ["51", "required_practice_seconds", "2021-02-10", "54000"],
  ["510105", "evidence_teachers", "2020-01-01", "3"],
  ["510105", "evidence_small_county", "2020-01-01", "4"],
  ["5134", "gate_20_due_on", "2020-06-01", "2020-10-31"],
  ["51", "ntms_mixed_online_parts", "2020-05-01", "17"],
  ["5134", "model_schools_low", "2020-02-01", "2"],
  ["5134", "model_schools_high", "2020-02-01", "3"],
  ["510105", "classroom_window_days", "2021-01-01", "90"],
  ["510106", "points_needed", "2020-08-01", "2"],
  ["513401", "dimensions_needed", "2020-08-01", "1"],
  ["510104", "weight_quality", "2020-08-01", "20"],
  ["510104", "weight_completion", "2020-08-01", "20"],
  ["513423", "flag_declared_days", "2020-03-01", "20"],
];
/** Small enough for schools of a few teachers. */
const smallSchools: readonly Line[] = [
  ["51", "flag_same_second_teachers", "2020-01-02", "3"],
  ["5134", "flag_same_second_teachers", "2020-01-02", "2"],
  ["51", "flag_same_total_teachers", "2020-01-02", "2"],
  ["51", "flag_jump_teachers", "2020-01-02", "4"],
  ["510104", "flag_jump_percent", "2020-05-01", "50"],
  ["51", "equity_group_teachers", "2020-01-02", "3"],
];
const toParameters = (lines: readonly Line[]): readonly Parameter[] =>
  lines.map(([area_code, parameter, valid_from, value]) =>
    ({ area_code, parameter, valid_from, value }));

/** Some histories have the province's thresholds of flags, and schools large enough for them. */
export function isOfLargeSchools(seed: number): boolean {
  return seed % 7 === 3;
}

export function parametersOf(seed: number): readonly Parameter[] {
  return toParameters([...shipped, ...own, ...(isOfLargeSchools(seed) ? [] : smallSchools)]);
}

export const priority: readonly string[] = [
  "practice", "registry", "yunjiao", "vendor-a", "vendor-b", "lrs", "credit", "ntms",
];
/** Export and mode of each system's training records. */
export const exportOf: Readonly<Record<string, readonly [string, "full" | "delta"]>> = {
  practice: ["tasks", "delta"], yunjiao: ["sessions", "delta"], "vendor-a": ["courses", "full"],
  "vendor-b": ["courses", "full"], lrs: ["statements", "delta"], credit: ["credits", "delta"],
  ntms: ["trainings", "full"],
};
const registryExports: readonly (readonly [string, string])[] = [
  ["schools", "school"], ["teachers", "teacher"], ["county_registrations", "county_registration"],
  ["plan_filings", "plan_filing"], ["school_points", "school_point"],
  ["teacher_points", "teacher_point"], ["programmes", "programme_record"],
  ["model_schools", "model_school"], ["spot_checks", "spot_check"],
  ["local_points", "local_point"], ["accounts", "account"],
];
const contract = (
  system: string, name: string, mode: string, cadence: number, grace: number, relation: string,
): ContractRow => ({
  system, export: name, mode, cadence_days: cadence, grace_days: grace, relation,
});
export const contracts: readonly ContractRow[] = [
  ...registryExports.map(([name, relation]) =>
    contract("registry", name, "full", 80, name === "programmes" ? 90 : 40, relation)),
  ...Object.entries(exportOf).map(([system, [name, mode]]) =>
    contract(system, name, mode, 30, 5, "training_record")),
  contract("survey", "evaluations", "delta", 31, 15, "evaluation"),
];

/** Code → dimension of the 30 points. */
export const abilityPoints: ReadonlyMap<string, string> = new Map([
  ["learner_analysis", "A1 B1"], ["teaching_design", "A2 A3 A4 B2 B3 C1 C2"],
  ["learning_guidance", "A5 A6 A7 A8 A9 A10 B4 B5 B6 B7 B8 C3 C4 C5"],
  ["assessment", "A11 A12 A13 B9 B10 C6 C7"],
].flatMap(([dimension = "", codes = ""]) =>
  codes.split(" ").map((code): [string, string] => [code, dimension])));

const programme = (
  programme_code: string, title: string, phases: number, seats_per_phase?: number,
): Programme => ({ programme_code, title, phases, seats_per_phase });
export const programmes: readonly Programme[] = [
  programme("leadership", "领导力高级研修", 1), programme("guidance_team", "指导力高级研修", 3, 200),
  programme("school_teams", "管理团队研修", 3, 200), programme("school_teams", "骨干教师培训", 3, 200),
  programme("pilot_schools", "整校推进试点", 1), programme("yunjiao", "四川云教培训", 3, 400),
];
