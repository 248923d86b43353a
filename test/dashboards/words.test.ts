import { describe, expect, it } from "vitest";
import { childrenOf, cities, counties, findArea, lineageOf, shortAreaName } from "../../functions/shared/areas.ts";
import { buildFigureBook } from "../../functions/shared/figure-book.ts";
import type { FigureRow } from "../../functions/shared/figure-book.ts";
import {
  formatBytes, formatCount, formatDay, formatDuration, formatHours, formatPoints, formatRatio,
  formatShare,
} from "../../functions/shared/number-format.ts";
import { buildReadingSentence, plainText } from "../../functions/shared/reading-sentence.ts";
import { buildArrivals } from "../../dashboards/arrivals.ts";
import { formatAddress, parseAddress } from "../../dashboards/address.ts";
import type { FileRow, SystemRow } from "../../dashboards/data.ts";
import { findingSentence } from "../../dashboards/parts/attention.tsx";
import { sortRows } from "../../dashboards/parts/sortable-table.tsx";

const row = (fields: Partial<FigureRow>): FigureRow => ({
  area_code: "51", area_level: "province", segment_code: "all", figure_code: "R1", n: null, d: null,
  share: null, target: null, state_code: null, on_date: null, n_before: null, d_before: null,
  share_before: null, ...fields,
});

describe("numbers", () => {
  it.each([
    [formatCount(318_204), "318,204"], [formatCount(-1200), "−1,200"], [formatCount(null), "—"],
    [formatShare(0.385_1), "38.5%"], [formatShare(0), "0.0%"], [formatShare(1), "100.0%"],
    [formatShare(0.999_99), "99.9%"], [formatShare(0.000_01), "0.1%"], [formatShare(null), "—"],
    [formatPoints(-0.188), "−18.8"], [formatPoints(0.012), "+1.2"], [formatPoints(0), "0.0"],
    [formatPoints(-0.0001), "0.0"], [formatRatio(5, 0), "—"], [formatRatio(0, 5), "0 / 5"],
    [formatHours(2700), "1"], [formatHours(4050), "1.5"], [formatHours(2_700_000), "1,000"], [formatHours(27), "0.01"], [formatHours(1), "0.01"],
    [formatDay("2021-11-30", "zh"), "2021年11月30日"], [formatDay(null, "zh"), "—"],
    [formatDay("2021-11-30", "en"), "30 Nov 2021"], [formatBytes(123_456), "123.5 kB"],
    [formatDuration(0.4), "0.40 s"], [formatDuration(75), "1 min 15 s"],
  ])("%s is %s", (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe("areas", () => {
  it("are 21 cities and 183 counties, each in its city", () => {
    expect([cities.length, counties.length]).toEqual([21, 183]);
    expect(cities.flatMap((city) => childrenOf(city.code))).toHaveLength(183);
    expect(lineageOf("510104").map((area) => area.name)).toEqual(["四川省", "成都市", "锦江区"]);
    expect(findArea("999999")).toBeUndefined();
  });

  it.each([
    ["青川县", "青川"], ["北川羌族自治县", "北川"], ["阿坝藏族羌族自治州", "阿坝州"], ["市中区", "市中"],
    ["成都市", "成都"], ["木里藏族自治县", "木里"], ["理县", "理县"],
  ])("%s is short %s", (name, expected) => {
    expect(shortAreaName(name)).toBe(expected);
  });
});

describe("the reading sentence", () => {
  const started = row({ n: 101, d: 183, share: 101 / 183 });
  const gate = (fields: Partial<FigureRow>) =>
    row({ figure_code: "gate_60", n: 101, d: 183, target: 110, ...fields });
  const lead = (rows: readonly FigureRow[], asOf = "2021-11-30") => plainText(
    buildReadingSentence({ book: buildFigureBook(rows), area: "51", asOf, language: "zh" }).lead);

  it.each([
    ["on track", { state_code: "on_track", on_date: "2021-12-24" },
      "，距年底 60% 目标还差 9 个县；按近四周速度，12月24日达到。"],
    ["behind", { state_code: "behind", on_date: "2022-01-05" },
      "，距年底 60% 目标还差 9 个县；按近四周速度，2022年1月5日才达到，晚 5 天。"],
    ["out of reach", { state_code: "behind", on_date: null },
      "，距年底 60% 目标还差 9 个县；按近四周速度，期满两年内达不到。"],
    ["stalled", { state_code: "stalled" }, "，距年底 60% 目标还差 9 个县；近四周没有新启动的县。"],
    ["not begun", { state_code: "not_begun", n: 0 }, "，距年底 60% 目标还差 110 个县；尚无县启动。"],
    ["reached", { state_code: "reached", n: 112, on_date: "2021-11-20" },
      "，年底 60% 目标已于11月20日按期达到。"],
  ])("speaks of a gate that is %s", (_, fields, expected) => {
    expect(lead([started, gate(fields)])).toBe(`183 个县（市、区）已启动 101 个（55.2%）${expected}`);
  });

  it("speaks of a missed gate once no later one is open", () => {
    expect(lead([started, gate({ state_code: "missed" })], "2022-02-01"))
      .toBe("183 个县（市、区）已启动 101 个（55.2%），2021年底 60% 目标未达到，差 9 个县。");
  });

  it("speaks of the gate that is due next when an earlier one is reached", () => {
    const rows = [
      started, gate({ state_code: "reached", n: 112, on_date: "2021-11-20" }),
      gate({ figure_code: "gate_100", target: 183, state_code: "on_track", on_date: "2022-07-01" }),
    ];
    expect(lead(rows)).toContain("，距2022年底 100% 目标还差 82 个县；按近四周速度，2022年7月1日达到。");
  });

  it("names the group furthest behind and how its gap has changed", () => {
    const gap = (segment: string, share: number, before: number) => row({
      figure_code: "gap_H3", segment_code: segment, share, share_before: before,
    });
    const more = (rows: readonly FigureRow[]) => plainText(buildReadingSentence({
      book: buildFigureBook([started, row({
        figure_code: "H2", n: 318_204, d: 826_113, share: 318_204 / 826_113,
      }), ...rows]), area: "51", asOf: "2021-11-30", language: "zh",
    }).more);
    expect(more([gap("ethnic", -0.1, -0.1), gap("deep_poverty_rural", -0.188, -0.2)])).toBe(
      "学时达标教师 318,204 / 826,113（38.5%）；深度贫困县乡村教师学时进度比其他教师低 18.8 个百分点，比四周前缩小 1.2。");
    expect(more([gap("village", -0.2, -0.15)])).toContain("比四周前扩大 5.0。");
    expect(more([gap("village", 0.01, 0)])).toContain("都不低于其他教师");
  });

  it("names the counties of a city that have not started, at most eight", () => {
    const counties = childrenOf("5101").map((county, i) => row({
      area_code: county.code, area_level: "county", d: 1, n: i % 10 === 2 ? 0 : 1,
      state_code: i % 10 === 2 ? "none" : "started",
    }));
    const more = (rows: readonly FigureRow[]) => plainText(buildReadingSentence({
      book: buildFigureBook([{ ...started, area_code: "5101" }, ...rows]), area: "5101",
      asOf: "2021-11-30", language: "zh",
    }).more);
    expect(more(counties)).toContain("尚未启动：金牛区、金堂县。");
    expect(more(counties.map((county) => ({ ...county, state_code: "declared_only" }))))
      .toMatch(/尚未启动：(\S+、){7}\S+等 20 个县。/);
    expect(more([])).not.toContain("尚未启动");
  });

  it("says of a county what is missing, or that it has not reported", () => {
    const county = (rows: readonly Partial<FigureRow>[]) => plainText(buildReadingSentence({
      book: buildFigureBook(rows.map((fields) =>
        row({ area_code: "510104", area_level: "county", ...fields }))),
      area: "510104", asOf: "2021-11-30", language: "zh",
    }).lead);
    expect(county([
      { figure_code: "R1", n: 1, d: 1, state_code: "started", on_date: "2021-03-04" },
      { figure_code: "H3", n: 1, d: 135_000, share: 0.1 },
      { figure_code: "H5_online", n: 5_400_000 }, { figure_code: "H5_practice", n: 8_100_000 },
    ])).toBe("锦江区已于2021年3月4日启动，教师还缺 5,000 学时：线上 2,000，实践 3,000。");
    expect(county([{ figure_code: "H3", n: 0, d: 135_000, state_code: "not_reported" }]))
      .toBe("锦江区未报送：各系统都没有本县教师的学习记录。");
  });
});

describe("a finding", () => {
  it("of a system that never arrived says so instead of days", () => {
    const finding = {
      finding_key: "source_silent.51.yunjiao", rule_code: "source_silent", area_code: "51",
      subject: "yunjiao", severity: "warning", state_code: "open", since_on: "2021-12-14",
      due_on: "2021-12-21", n: 10, d: 4,
    };
    expect(findingSentence(finding, "zh")).toBe("四川云教（三个课堂）已 10 天没有新的导出（允许 4 天）。");
    expect(findingSentence({ ...finding, n: null }, "zh")).toBe("四川云教（三个课堂）从未报送。");
  });
});

describe("an address", () => {
  it.each([
    "#/51", "#/51/5101", "#/51/5101/510104?lang=en", "#/51?map=progress&sort=-H3",
    "#/runs", "#/runs?area=5101&day=2021-11-27&lang=en",
  ])("%s is read and written alike", (hash) => {
    expect(formatAddress(parseAddress(hash))).toBe(hash);
  });

  it.each(["#/99", "#/51/510104", "#/51/5101/510304", "#/nothing"])("%s is unknown", (hash) => {
    expect(parseAddress(hash).page).toBe("unknown");
  });

  it("that is empty is the province", () => {
    expect(parseAddress("")).toMatchObject({ page: "area", area: "51", language: "zh" });
  });
});

describe("a table", () => {
  const columns = [{ key: "n", head: "n", value: (r: number | null) => r, cell: String }];
  it("keeps empty values last in both directions", () => {
    expect(sortRows([null, 2, 10, 1], columns, "n")).toEqual([1, 2, 10, null]);
    expect(sortRows([null, 2, 10, 1], columns, "-n")).toEqual([10, 2, 1, null]);
  });
});

describe("arrivals", () => {
  const system: SystemRow = {
    system: "credit", newest_arrival_on: "2021-11-30", due_on: "2021-12-04", is_in_time: 1,
    silent_days: 0,
  };
  const nights = ["24", "25", "26", "27", "28", "29", "30"].map((day) => `2021-11-${day}`);
  const file = (night: string, status: string, name = "credits") => ({
    system: "credit", known_on: night, landing_day: night, status, export: name,
  }) as FileRow;
  const arrivals = (files: readonly FileRow[], of = system, days = nights) =>
    buildArrivals([of], files, days).get("credit")?.map((night) => night.arrival);

  it("are silent once the allowed days are over, and late when they come then", () => {
    expect(arrivals([file("2021-11-24", "accepted"), file("2021-11-30", "partly")])).toEqual(
      ["arrived", "notDue", "notDue", "notDue", "silent", "silent", "late"]);
  });

  it("show the worst of a night; refused and held files do not arrive", () => {
    expect(arrivals([
      file("2021-11-24", "accepted"), file("2021-11-25", "accepted"), file("2021-11-25", "refused"),
      file("2021-11-26", "held"), file("2021-11-30", "refused"),
    ])).toEqual(["arrived", "refused", "held", "notDue", "notDue", "silent", "refused"]);
  });

  it("are late after more days than allowed, though no night ran in between", () => {
    const months = ["2021-09-30", "2021-10-31", "2021-11-03"];
    expect(arrivals(months.map((night) => file(night, "accepted")), system, months))
      .toEqual(["arrived", "late", "arrived"]);
  });

  it("do not hide an export that stays away behind one that comes", () => {
    expect(arrivals([
      file("2021-11-24", "accepted", "schools"),
      ...nights.map((night) => file(night, "accepted", "teachers")),
    ])).toEqual(["arrived", "arrived", "arrived", "arrived", "silent", "silent", "silent"]);
  });

  it("are silent from the day on which a system that never came was due", () => {
    const never = { ...system, newest_arrival_on: null, due_on: "2021-11-29", silent_days: null };
    expect(arrivals([], never)).toEqual(
      ["notDue", "notDue", "notDue", "notDue", "notDue", "silent", "silent"]);
  });

  it("count the files of a night and those that were refused or held", () => {
    const night = buildArrivals([system], [
      file("2021-11-24", "accepted"), file("2021-11-24", "refused"), file("2021-11-24", "held"),
    ], nights).get("credit")?.[0];
    expect(night).toEqual({ arrival: "refused", files: 3, refused: 1, held: 1 });
  });
});
