import { readShippedSeed } from "../../../functions/shared/seeds.ts";
import type { ContractRow, Division, Parameter } from "./lake.ts";

const division = (code: string, flags: string): Division => ({
  county_code: code, county_name: code, city_code: code.slice(0, 4), city_name: code.slice(0, 4),
  is_deep_poverty: flags.includes("d"), is_poverty: flags.includes("p"),
  is_ethnic: flags.includes("e"), is_three_prefectures: flags.includes("t"),
});
export const divisions: readonly Division[] = [
  division("510104", ""), division("510105", "p"), division("510106", ""),
  division("513401", "dpet"), division("513402", "et"), division("513403", "dp"),
];
/** Rows beside the shipped parameters: areas with rules of their own, rules that change. */
const ownParameters: readonly Parameter[] = [
  ["5134", "required_online_seconds", "2020-09-01", "67500"],
  ["5134", "required_practice_seconds", "2021-01-01", "67500"],
  ["513402", "required_online_seconds", "2020-03-01", "27000"],
  ["51", "required_practice_seconds", "2021-02-10", "54000"],
  ["510105", "evidence_teachers", "2020-01-01", "3"],
  ["510105", "evidence_small_county", "2020-01-01", "4"],
  ["5134", "gate_20_due_on", "2020-06-01", "2020-10-31"],
  ["51", "ntms_mixed_online_parts", "2020-05-01", "17"],
].map(([area_code = "", parameter = "", valid_from = "", value = ""]) =>
  ({ area_code, parameter, valid_from, value }));
/** The shipped parameters and those. */
export const allParameters: readonly Parameter[] = [
  ...readShippedSeed("parameters.csv").rows.map((r) => ({
    area_code: r.area_code ?? "", parameter: r.parameter ?? "", valid_from: r.valid_from ?? "",
    value: r.value ?? "",
  })),
  ...ownParameters,
];
export const priority: readonly string[] = [
  "practice", "registry", "yunjiao", "vendor-a", "vendor-b", "lrs", "credit", "ntms",
];
/** Export and mode of each system's training records. */
export const exportOf: Readonly<Record<string, readonly [string, "full" | "delta"]>> = {
  practice: ["tasks", "delta"], yunjiao: ["sessions", "delta"], "vendor-a": ["courses", "full"],
  "vendor-b": ["courses", "full"], lrs: ["statements", "delta"], credit: ["credits", "delta"],
  ntms: ["trainings", "full"],
};
const contract = (
  system: string, name: string, mode: string, cadence: number, grace: number, relation: string,
): ContractRow => ({
  system, export: name, mode, cadence_days: cadence, grace_days: grace, relation,
});
export const contracts: readonly ContractRow[] = [
  contract("registry", "schools", "full", 30, 3, "school"),
  contract("registry", "teachers", "full", 30, 3, "teacher"),
  contract("registry", "county_registrations", "full", 30, 3, "county_registration"),
  contract("registry", "programmes", "full", 30, 40, "programme_record"),
  ...Object.entries(exportOf).map(([system, [name, mode]]) =>
    contract(system, name, mode, 30, 5, "training_record")),
];
