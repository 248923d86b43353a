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
