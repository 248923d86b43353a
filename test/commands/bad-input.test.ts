import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { homeKeys } from "../../functions/shared/home.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { smallNights } from "../measure/small-nights.ts";
import { writeNight } from "../measure/write-night.ts";
import { runCommand } from "../province/province-home.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-bad-input-"));
const home = join(root, "home");
const store = createFolderStore(home);
/** Today of runCommand is 2021-12-20. */
const run = (line: string) => runCommand(...line.split(" "), "--home", home);

beforeAll(async () => { for (const night of smallNights) await writeNight(store, night); });
afterAll(() => rmSync(root, { recursive: true }));

describe("words that no command can follow", () => {
  it.each([
    ["figures --as-of 2021-12-21", "--as-of: in the future: 2021-12-21; accepted: 2020-01-01 to 2021-12-20"],
    ["figures --as-of 2019-12-31", "--as-of: before the programme: 2019-12-31; accepted: 2020-01-01 to 2021-12-20"],
    ["unmatched --as-of 2021-12-21", "--as-of: in the future: 2021-12-21"],
    ["explain figure H2 --as-of 2021-12-21", "--as-of: in the future: 2021-12-21"],
    ["explain teacher T00001 --as-of 2019-01-01", "--as-of: before the programme: 2019-01-01"],
    ["explain teacher T00001", "missing --as-of DAY"],
    ["nightly --date 2021-12-21", "--date: in the future: 2021-12-21; accepted: a day to 2021-12-20"],
    ["diff 2021-06-10 2021-12-21", "--D2: in the future: 2021-12-21"],
    ["diff 2021-06-10 2021-06-10", "accepted: the earlier day first"],
    ["figures --as-of 2021-06-10 --area 5199", "--area: unknown: 5199; accepted: 51, a city as 5101"],
    ["diff 2021-06-01 2021-06-10 --area 510199", "--area: unknown: 510199; accepted: 51, a city as 5101"],
    ["figures --as-of 2021-06-10 --area 5101049999", "--area: unknown school: 5101049999; accepted: a school of the rolls known on 2021-06-10"],
    ["diff 2021-06-01 2021-06-10 --area 5101049999", "--area: unknown school: 5101049999"],
    ["figures --as-of 2021-06-10 --figure H9", "--figure: unknown: H9; accepted: R1 "],
    ["figures --as-of 2021-06-10 --figure L4_nothing", "--figure: unknown: L4_nothing; accepted: R1 "],
    ["diff 2021-06-01 2021-06-10 --figure toString", "--figure: unknown: toString; accepted: R1 "],
    ["explain figure H9 --as-of 2021-06-10", "explain figure: unknown: H9; accepted: R1 "],
    ["explain something H9", "explain: unknown: something; accepted: teacher figure card"],
  ])("%s", async (line, message) => {
    const { code, err, out } = await run(line);
    expect(err.join("\n")).toContain(message);
    expect([code, out]).toEqual([2, []]);
  });

  it("a school without teachers is no unknown one", async () => {
    const { code, err } = await run("figures --as-of 2021-06-10 --area 5101040001 --figure E2");
    expect([code, err.at(-1)]).toEqual([0, "no figure: nothing to divide by, or no such area on that day"]);
  });
});

describe("a home whose seeds are broken", () => {
  const shipped = (name: string) => readFileSync(join("sql", "seeds", name), "utf8");
  it.each([
    ["parameters.csv", shipped("parameters.csv").replace("weight_completion,2020-01-01,35", "weight_completion,2020-01-01,36"),
      "seeds/parameters.csv line 34: contradictory weight_completion: 36; accepted: weights that add up to 100"],
    ["training_crosswalk.csv", "source_system,source_training_id,training_id\nntms,A,T1\nntms,A,T2\n",
      "seeds/training_crosswalk.csv line 3: duplicate source_system, source_training_id: ntms,A; it stands in line 2"],
    ["parameters.csv", `${shipped("parameters.csv")}51,required_hours,2021-01-01,50,hours,\n`,
      "unknown parameter: required_hours; accepted: "],
    ["figures.csv", `${shipped("figures.csv")}gate_40,count,四成,Gate: 40 %\n`,
      /seeds\/figures\.csv line \d+: missing parameter: gate_40_due_on/],
  ])("%s: neither a night nor a question begins", async (name, text, message) => {
    mkdirSync(join(home, "landing", "ntms", "2021-06-12"), { recursive: true });
    writeFileSync(join(home, "landing", "ntms", "2021-06-12", "x.csv"), "a,b\n1,2\n");
    await store.put(homeKeys.seed(name), text);
    try {
      for (const line of ["nightly", "figures --as-of 2021-06-10"]) {
        const { code, err } = await run(line);
        expect(err.join("\n")).toMatch(message);
        expect(code).toBe(1);
      }
      expect(await store.get(homeKeys.night("2021-06-12"))).toBeUndefined();
      expect(await store.list(homeKeys.quarantine("ntms", "2021-06-12", ""))).toEqual([]);
    } finally {
      await store.delete(homeKeys.seed(name));
    }
  });
});
