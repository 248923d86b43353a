import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { buildCardData, cardCode, type CardRun, type FigureRow } from "../../functions/scorecards/card-data.ts";
import { buildQr } from "../../functions/scorecards/qr-code.ts";
import { createTypesetter } from "../../functions/scorecards/typesetter.ts";

const figure = (area: string, code: string, n: number | null, d: number | null, more: Partial<FigureRow> = {}): FigureRow => ({
  area_code: area, area_level: area.length === 2 ? "province" : area.length === 4 ? "city" : area.length === 6 ? "county" : "school",
  segment_code: "all", figure_code: code, n, d, share: n !== null && d ? n / d : null,
  target: null, state_code: null, on_date: null, ...more,
});

function areaFigures(area: string, scale: number): readonly FigureRow[] {
  return [
    figure(area, "R1", 1, 1, { state_code: area.length === 6 ? "started" : null, on_date: area.length === 6 ? "2021-03-09" : null }),
    figure(area, "H1", 80 * scale, 100 * scale), figure(area, "H2", 31 * scale, 100 * scale),
    figure(area, "H3", 7_000_000 * scale, 13_500_000 * scale),
    figure(area, "H5_online", 2_400_000 * scale, null), figure(area, "H5_practice", 4_100_000 * scale, null),
    figure(area, "H1", 15 * scale, 20 * scale, { segment_code: "village" }),
    figure(area, "gap_H3", null, null, { segment_code: "village", share: -0.188 }),
    figure(area, "H1", 3, 4, { segment_code: "ethnic" }),
    figure(area, "gap_H3", null, null, { segment_code: "ethnic", share: -0.4 }),
  ];
}

const schools = Array.from({ length: 7 }, (_, i) => ({
  school_code: `51082100${String(i).padStart(2, "0")}`, school_name: `测试第${i}小学`, county_code: "510821",
  n_teachers: i === 6 ? 4 : 10 + i,
}));

function makeRun(more: Partial<CardRun> = {}): CardRun {
  const figures = new Map([["51", areaFigures("51", 100)], ["5108", areaFigures("5108", 10)], ["510821", areaFigures("510821", 1)]]);
  for (const [i, s] of schools.entries()) {
    figures.set(s.school_code, [
      figure(s.school_code, "H3", 400_000 + i, 1_000_000),
      figure(s.school_code, "H5_online", 27_000 * i, null), figure(s.school_code, "H5_practice", 54_000 * i, null),
    ]);
  }
  return {
    runId: "2021-12-20-7f3ac2", asOf: "2021-12-20", figures,
    before: new Map([["510821", [figure("510821", "H2", 25, 100), figure("510821", "H5_online", 2_670_000, null)]]]),
    schools: new Map([["510821", schools]]),
    series: new Map([["510821", Array.from({ length: 40 }, (_, i) => ({
      area_code: "510821", figure_code: "H3", reading: "known_today",
      on_date: new Date(Date.UTC(2021, 2, 7 + 7 * i)).toISOString().slice(0, 10), n: i * 12, d: 930,
    }))]]),
    findings: [{ rule_code: "source_silent", area_code: "51", subject: "vendor-b", since_on: "2021-12-10", state_code: "open" }],
    systemsInTime: 8, systems: 9, smallGroup: 5,
    programmeFirstDay: "2020-01-01", programmeLastDay: "2022-12-31",
    readingSentence: () => "旺苍县学时达标教师 31 / 100（31.0%），尚缺线上 888.9 学时、实践 1,519 学时。",
    pageUrl: (area) => `https://dudao.example/#/51/${area.slice(0, 4)}/${area}`,
    ...more,
  };
}

interface CardView {
  readonly figures: readonly { readonly name: string; readonly value: string; readonly change: string }[];
  readonly schools: readonly { readonly name: string }[];
  readonly missing: readonly { readonly done: string }[];
  readonly trend: readonly unknown[];
}

describe("the county card", () => {
  test("has a short code of area, day and run", () => {
    expect(cardCode("510821", "2021-12-20-7f3ac2")).toBe("510821-20211220-7f3ac2");
  });

  test("shows change against 28 days before and hides a group of fewer than five", () => {
    const card = buildCardData(makeRun(), "510821") as CardView;
    const find = (name: string) => card.figures.find((f) => f.name.startsWith(name));
    expect(find("学时达标率")).toMatchObject({ value: "31.0%", counts: "31 / 100", change: "+6.0" });
    expect(find("尚缺线上学时")).toMatchObject({ value: "889 学时", change: "−100" });
    expect(find("学时进度差距：村小")).toMatchObject({ value: "−18.8 个百分点" });
    expect(card.figures.filter((f) => f.name.includes("民族"))).toEqual([]);
  });

  test("lists five schools by hours missing a teacher, never one under five teachers", () => {
    const card = buildCardData(makeRun(), "510821") as CardView;
    expect(card.schools.map((s) => s.name)).toEqual([5, 4, 3, 2, 1].map((i) => `测试第${i}小学`));
  });

  test("a county that has not reported shows 未报送 everywhere and 0 % nowhere", () => {
    const run = makeRun();
    const own = (run.figures.get("510821") ?? []).map((f) => f.figure_code.startsWith("H")
      ? { ...f, n: 0, share: null, state_code: "not_reported" } : f);
    const card = buildCardData(
      { ...run, figures: new Map([...run.figures, ["510821", own]]) }, "510821",
    ) as CardView;
    expect(card.figures.find((f) => f.name === "学时达标率")).toMatchObject({ value: "未报送", change: "—" });
    expect(card.missing.map((m) => m.done)).toEqual(["未报送", "未报送"]);
    expect(card.schools).toEqual([]);
    expect(card.trend).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/[^0-9]0\.0%/);
  });

  test("is one page, typeset without a warning to the same bytes each time, by the wasm twin too", async () => {
    const data = { ...buildCardData(makeRun(), "510821"), qr: buildQr("https://dudao.example/#/51/5108/510821") };
    const native = await createTypesetter();
    const first = await native.typeset(data, "2021-12-20");
    expect(Buffer.from(first.subarray(0, 5)).toString()).toBe("%PDF-");
    const hash = (b: Uint8Array) => createHash("sha256").update(b).digest("hex");
    expect(hash(await native.typeset(data, "2021-12-20"))).toBe(hash(first));
    if (process.env.DUDAO_KEEP) (await import("node:fs")).writeFileSync(process.env.DUDAO_KEEP, first);
    const pages = (b: Uint8Array) => Buffer.from(b).toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
    expect(pages(first)).toHaveLength(1);
    const wasm = await createTypesetter("wasm");
    const twin = await wasm.typeset(data, "2021-12-20");
    expect(pages(twin)).toHaveLength(1);
    expect(hash(await wasm.typeset(data, "2021-12-20"))).toBe(hash(twin));
  });
});
