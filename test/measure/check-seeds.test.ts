import { describe, expect, it } from "vitest";
import { checkSeeds } from "../../functions/shared/check-seeds.ts";
import { ContractError } from "../../functions/shared/errors.ts";
import { listSeedNames, parseSeed, readShippedSeed } from "../../functions/shared/seeds.ts";
import type { Seed } from "../../functions/shared/seeds.ts";

const shipped = (): Map<string, Seed> =>
  new Map(listSeedNames().map((name) => [name, readShippedSeed(name)]));

/** The shipped seeds with the text of some changed. */
function withSeeds(changes: Readonly<Record<string, (text: string) => string>>): Map<string, Seed> {
  const seeds = shipped();
  for (const [name, change] of Object.entries(changes)) {
    seeds.set(name, parseSeed(name, change(seeds.get(name)?.text ?? "")));
  }
  return seeds;
}
function faultsOf(seeds: ReadonlyMap<string, Seed>): readonly string[] {
  try {
    checkSeeds(seeds);
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    return (error as Error).message.split("\n").map((line) => line.trim());
  }
  return [];
}
const add = (line: string) => (text: string) => `${text.trimEnd()}\n${line}\n`;
const last = (name: string): number => (readShippedSeed(name).rows.length) + 2;

describe("checkSeeds", () => {
  it("accepts the seeds that the product ships", () => {
    expect(faultsOf(shipped())).toEqual([]);
  });

  it.each([
    ["an unknown parameter", "parameters.csv", add("51,required_hours,2020-01-01,50,hours,"),
      `line ${last("parameters.csv")}: unknown parameter: required_hours; accepted: classroom_window_days`],
    ["a day that is none", "parameters.csv", add("51,gate_20_due_on,2021-02-30,2020-12-31,day,"),
      "invalid valid_from: 2021-02-30; accepted: a day as 2021-12-20"],
    ["a value that is no day", "parameters.csv", (t: string) => t.replace("2020-01-01,2020-12-31",
      "2020-01-01,2020-13-31"),
      "line 4: invalid value of gate_20_due_on: 2020-13-31; accepted: a day as 2021-12-20"],
    ["a value that is no number", "parameters.csv", (t: string) => t.replace(",54000,", ",20 h,"),
      "line 2: invalid value of required_online_seconds: 20 h; accepted: a whole number of seconds"],
    ["more than all of a percentage", "parameters.csv",
      add("51,held_percent,2021-01-01,180,percent,"),
      "invalid value of held_percent: 180; accepted: 0 to 100 percent"],
    ["a window of one day", "parameters.csv", add("51,pace_window_days,2021-01-01,1,days,"),
      "invalid value of pace_window_days: 1; accepted: at least 2 days"],
    ["an area that does not exist", "parameters.csv",
      add("5199,held_percent,2021-01-01,80,percent,"),
      "invalid area_code: 5199; accepted: 51, a 4-digit city or 6-digit county code"],
    ["the same parameter twice", "parameters.csv", add("51,held_percent,2020-01-01,70,percent,"),
      `line ${last("parameters.csv")}: duplicate area_code, parameter, valid_from: 51,held_percent,2020-01-01`],
    ["a gate without a date", "parameters.csv", (t: string) => t.replace(/^51,gate_60_due_on.*\n/m,
      ""),
      "missing parameter: gate_60_due_on; accepted: a row of area 51"],
    ["a new gate without a date", "figures.csv", add("gate_40,count,40%,Gate: 40 %"),
      "missing parameter: gate_40_due_on"],
    ["a gate with an empty date", "parameters.csv",
      (t: string) => t.replace("gate_60_due_on,2020-01-01,2021-12-31", "gate_60_due_on,2020-01-01,"),
      "seeds/parameters.csv line 5: invalid value of gate_60_due_on: ; accepted: a day as 2021-12-20"],
    ["a gate that has a date only later", "parameters.csv",
      (t: string) => t.replace("gate_60_due_on,2020-01-01", "gate_60_due_on,2021-06-01"),
      "seeds/parameters.csv line 5: invalid valid_from of gate_60_due_on: 2021-06-01; accepted: a first value in force by 2020-01-01"],
    ["gates in the wrong order", "parameters.csv",
      (t: string) => t.replace("gate_60_due_on,2020-01-01,2021-12-31", "gate_60_due_on,2020-01-01,2020-06-30"),
      "accepted: gate_20_due_on not above gate_60_due_on, which are 2020-12-31 and 2020-06-30 in area 51"],
    ["weights that do not add up", "parameters.csv",
      (t: string) => t.replace("weight_completion,2020-01-01,35", "weight_completion,2020-01-01,40"),
      "seeds/parameters.csv line 34: contradictory weight_completion: 40; accepted: weights that add up to 100, those of area 51 from 2020-01-01 on make 105"],
    ["weights that do not add up from a later day on", "parameters.csv",
      add("51,weight_data,2022-01-01,15,weight,"),
      `line ${last("parameters.csv")}: contradictory weight_data: 15; accepted: weights that add up to 100, those of area 51 from 2022-01-01 on make 105`],
    ["weights of a county that do not add up with those it inherits", "parameters.csv",
      add("510104,weight_data,2021-01-01,0,weight,"),
      "those of area 510104 from 2021-01-01 on make 90"],
    ["more online parts than parts", "parameters.csv",
      add("51,ntms_mixed_online_parts,2021-01-01,60,parts,"),
      "contradictory ntms_mixed_online_parts: 60; accepted: ntms_mixed_online_parts not above ntms_mixed_total_parts, which are 60 and 50"],
    ["a training mapped twice under one id in other letters", "training_crosswalk.csv",
      add("ntms,Ａ（1）,T1\nntms,A(1),T2"),
      "line 3: duplicate source_system, source_training_id: ntms,A(1); it stands in line 2"],
    ["an address that is none", "recipients.csv", add("x,steward,51,ntms,nobody"),
      "invalid email: nobody; accepted: an address as office@example.cn"],
    ["a deadline that is no number", "alert_rules.csv",
      (t: string) => t.replace("province_office,5,", "province_office,soon,"),
      "line 2: invalid remind_working_days: soon; accepted: a whole number"],
    ["a city with hours but no mix", "parameters.csv",
      add("5101,required_online_seconds,2021-01-01,67500,seconds,"),
      "missing parameter: mix_evidence_seconds of area 5101"],
    ["a training mapped twice", "training_crosswalk.csv", add("ntms,A,T1\nntms,A,T2"),
      "line 3: duplicate source_system, source_training_id: ntms,A; it stands in line 2"],
    ["a training of no system", "training_crosswalk.csv", add("moodle,A,T1"),
      "line 2: invalid source_system: moodle; accepted: a system of system_priority.csv"],
    ["two systems of one priority", "system_priority.csv", add("moodle,1"),
      `line ${last("system_priority.csv")}: duplicate priority: 1; it stands in line 2`],
    ["a county twice", "divisions.csv", (t: string) => add(t.split("\n")[1]!)(t),
      `line ${last("divisions.csv")}: duplicate county_code: 510104`],
    ["a flag that is no flag", "divisions.csv", (t: string) => t.replace("false", "no"),
      "line 2: invalid deep_poverty: no; accepted: true or false"],
    ["a city with two names", "divisions.csv", (t: string) => t.replace("510105,青羊区,510100,成都市",
      "510105,青羊区,510100,成都"),
      "line 3: contradictory city_name: 成都; city 510100 is 成都市 above"],
    ["a tile taken twice", "county_tile_grid.csv",
      (t: string) => t.replace("510105,青羊区,510100,8,6", "510105,青羊区,510100,9,8"),
      "line 3: duplicate col, row: 9,8; it stands in line 2"],
    ["an old name of a county that is none", "division_aliases.csv", add("510199,某县,510198,某区,"),
      "invalid code: 510198; accepted: a county code of divisions.csv"],
    ["a dimension that is none", "ability_points.csv", (t: string) => t.replace("learner_analysis",
      "learning"),
      "line 2: invalid dimension_code: learning; accepted: learner_analysis, teaching_design"],
    ["a missing column", "states.csv", (t: string) => t.replace("name_en", "english"),
      "seeds/states.csv line 1: missing column: name_en; found: state_code,name_zh,english"],
    [
      "a figure without a name",
      "figures.csv",
      add("X1,share,,no name"),
      "invalid name_zh: ; accepted: not empty",
    ],
  ])("refuses %s", (_what, name, change, message) => {
    const faults = faultsOf(withSeeds({ [name]: change }));
    expect(faults.join("\n")).toContain(message);
    expect(faults[0]).toMatch(/^seeds: \d+ fault\(s\)$/);
  });

  it.each([
    ["a field too many", "system,priority\npractice,1,2\n",
      "seeds/system_priority.csv line 2: invalid number of fields: 3; accepted: 2 (system,priority)"],
    ["an encoding that is not UTF-8", "system,priority\npr\uFFFDctice,1\n",
      "seeds/system_priority.csv line 2: invalid encoding; accepted: UTF-8"],
    ["a quote that is never closed", 'system,priority\npractice,1\n"registry,2\n',
      "seeds/system_priority.csv line 3: unclosed quote"],
  ])("refuses a file with %s", (_what, text, message) => {
    expect(() => parseSeed("system_priority.csv", text)).toThrow(message);
  });

  it("accepts weights that change together on a later day", () => {
    expect(faultsOf(withSeeds({ "parameters.csv":
      add("51,weight_data,2022-01-01,15,weight,\n51,weight_rollout,2022-01-01,5,weight,") }))).toEqual([]);
  });

  it("refuses a seed that the product does not know", () => {
    const seeds = shipped().set("holiday.csv", parseSeed("holiday.csv", "day_on\n"));
    expect(faultsOf(seeds)[1]).toMatch(/^seeds\/holiday.csv: unknown seed; accepted: ability_points/);
  });

  it("tells all faults of all seeds together", () => {
    const faults = faultsOf(withSeeds({
      "parameters.csv": add("51,a,2021-01-01,1,,\n51,b,2021-01-01,1,,"),
      "states.csv": add("started,x,x"),
    }));
    expect(faults).toHaveLength(4);
  });
});
