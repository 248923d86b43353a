import { describe, expect, it } from "vitest";
import { counties } from "../../functions/shared/areas.ts";
import { buildCountyMap, mapModes } from "../../functions/shared/charts/county-classes.ts";
import { drawDumbbell } from "../../functions/shared/charts/dumbbell.ts";
import { drawGateTrack } from "../../functions/shared/charts/gate-track.ts";
import type { GateTrack } from "../../functions/shared/charts/gate-track.ts";
import {
  buildHistory, drawHistory, findWidestGap,
} from "../../functions/shared/charts/history-line.ts";
import type { History } from "../../functions/shared/charts/history-line.ts";
import { drawSparkLine } from "../../functions/shared/charts/spark-line.ts";
import { drawTileMap } from "../../functions/shared/charts/tile-map.ts";
import { buildFigureBook } from "../../functions/shared/figure-book.ts";
import { makeUpProvince } from "./made-up-province.ts";
import { findXmlFault } from "./strict-xml.ts";

const province = makeUpProvince();
const book = buildFigureBook(province.rows.figures);

const history: History = {
  asToday: [{ day: "2021-06-06", share: 0.3 }, { day: "2021-11-28", share: 0.62 }],
  asThen: [{ day: "2021-06-06", share: 0.25 }, { day: "2021-11-28", share: 0.62 }],
};
const track: GateTrack = {
  points: [
    { day: "2020-07-05", n: 0 }, { day: "2020-12-30", n: 37 }, { day: "2021-11-30", n: 101 },
  ],
  gates: [
    { percent: 20, dueOn: "2020-12-31", needed: 37, stateCode: "reached", onDate: "2020-12-30" },
    { percent: 60, dueOn: "2021-12-31", needed: 110, stateCode: "on_track", onDate: "2021-12-24" },
    { percent: 100, dueOn: "2022-12-31", needed: 183, stateCode: "on_track", onDate: "2022-07-03" },
  ],
  counties: 183, asOf: "2021-11-30",
};

const dumbbell = [
  { label: "A <b> & \"c\"", note: "100 人", group: 0.452, others: 0.64, absence: "" },
  { label: "B", note: "", group: null, others: null, absence: "人数过少不显示" },
];

const charts: readonly [string, (width: number, language: "zh" | "en") => string][] = [
  ["gate track", (width, language) => drawGateTrack(track, width, language)],
  ["dumbbell", (width, language) => drawDumbbell(dumbbell, width, language)],
  ["spark line", (width, language) => drawSparkLine(
    [{ day: "2020-11-30", share: 0.1 }, { day: "2021-11-30", share: 0.5 }], width, language)],
  ["history", (width, language) => drawHistory(history, width, language)],
  ["history of nothing", (width, language) =>
    drawHistory({ asToday: [], asThen: [] }, width, language)],
  ["history of one day", (width, language) => drawHistory(
    { asToday: [], asThen: [{ day: "2021-11-30", share: 1 }] }, width, language)],
  ["empty spark line", (width, language) => drawSparkLine([], width, language)],
  ...mapModes.map((mode): [string, (width: number, language: "zh" | "en") => string] => [
    `map of ${mode}`,
    (width, language) => drawTileMap(buildCountyMap(book, counties, mode, language), width, language),
  ]),
];

describe.each(charts)("the %s", (_, draw) => {
  it.each([320, 360, 872, 1400])("is strict XML that fits %i pixels", (width) => {
    for (const language of ["zh", "en"] as const) {
      const svg = draw(width, language);
      expect(findXmlFault(svg)).toBeNull();
      expect(svg).toContain(`viewBox="0 0 ${width} `);
      expect(svg).toMatch(/<title>[^<]+<\/title><desc>[^<]+<\/desc>/);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("gives the same text for the same rows", () => {
    expect(draw(700, "zh")).toBe(draw(700, "zh"));
  });
});

it("the gate track says its numbers in a sentence", () => {
  const svg = drawGateTrack(track, 800, "zh");
  expect(svg).toContain("截至2021年11月30日，183 个县（市、区）中已启动 101 个。");
  expect(svg).toContain("60% 目标需 110 县，期限2021年12月31日，按近四周速度2021年12月24日达到。");
});

it("the gate track has fewer ticks on a phone", () => {
  const months = (width: number) => drawGateTrack(track, width, "zh").match(/年\d+月<\/text>/g);
  expect(months(360)?.length).toBeLessThan(months(1400)?.length ?? 0);
});

it("the gate track leaves the due day out where the step line would run through it", () => {
  const points = [{ day: "2020-07-05", n: 1 }, ...track.points.slice(1)];
  const reachedOn = (onDate: string) => drawGateTrack({
    ...track, points,
    gates: track.gates.map((gate) => gate.percent === 20 ? { ...gate, onDate } : gate),
  }, 1400, "zh");
  expect(reachedOn("2020-12-30")).toContain(">期限 2020.12.31<");
  expect(reachedOn("2020-07-20")).not.toContain(">期限 2020.12.31<");
  expect(reachedOn("2020-07-20")).toContain(">期限 2021.12.31<");
});

it("the dumbbell draws no scale where no group can be shown", () => {
  const svg = drawDumbbell(dumbbell.slice(1), 800, "zh");
  expect(svg).toContain("人数过少不显示");
  expect(svg).not.toMatch(/\d%|NaN/);
});

it("the dumbbell says the gap in points and what cannot be shown", () => {
  const svg = drawDumbbell(dumbbell, 800, "zh");
  expect(svg).toContain("−18.8");
  expect(svg).toContain("B：人数过少不显示。");
});

describe("the county map", () => {
  it.each(mapModes)("in mode %s has a legend that adds up to all counties", (mode) => {
    const map = buildCountyMap(book, counties, mode, "zh");
    expect(map.legend.reduce((sum, entry) => sum + entry.count, 0)).toBe(183);
    expect(map.unreported).toBe(province.unreported.length);
  });

  it("never gives an unreported county a share", () => {
    const map = buildCountyMap(book, counties, "progress", "zh");
    for (const tile of map.tiles.filter((t) => province.unreported.includes(t.code))) {
      expect(tile.isHatched).toBe(true);
      expect(tile.label).toContain("未报送");
      expect(tile.label).not.toContain("%");
    }
  });
});

it("the history says both readings, and where they are farthest apart", () => {
  const svg = drawHistory(history, 800, "zh");
  expect(svg).toContain("按今天所知：2021年6月6日 30.0%，2021年11月28日 62.0%。");
  expect(svg).toContain("按当时所知：2 天，2021年6月6日 25.0%，2021年11月28日 62.0%。");
  expect(svg.match(/<circle/g)).toHaveLength(3);
  expect(findWidestGap(history)).toMatchObject({ day: "2021-06-06", days: 1 });
  expect(findWidestGap({ ...history, asThen: history.asToday })).toBeUndefined();
});

it("the history takes the figure's points of the area that have a denominator", () => {
  const row = { area_code: "510104", figure_code: "H3", reading: "known_then", on_date: "2021-06-06", n: 1, d: 4 };
  const rows = [
    { ...row, on_date: "2021-06-07" }, row, { ...row, reading: "known_today", n: 2 },
    { ...row, area_code: "5101" }, { ...row, figure_code: "H2" }, { ...row, d: 0 }, { ...row, n: null },
  ];
  expect(buildHistory(rows, "510104", "H3")).toEqual({
    asToday: [{ day: "2021-06-06", share: 0.5 }],
    asThen: [{ day: "2021-06-06", share: 0.25 }, { day: "2021-06-07", share: 0.25 }],
  });
});
