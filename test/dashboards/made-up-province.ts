import { gzipSync } from "node:zlib";
import { buildArrowFile } from "../../functions/publish/arrow-file.ts";
import type { Row } from "../../functions/publish/arrow-file.ts";
import { buildSlices } from "../../functions/publish/slice-tables.ts";
import type { PublicRows } from "../../functions/publish/slice-tables.ts";
import { cities, counties, findArea, province } from "../../functions/shared/areas.ts";
import type { Area } from "../../functions/shared/areas.ts";
import type { FigureRow, SeriesRow } from "../../functions/shared/figure-book.ts";
import { helpedGroups } from "../../functions/shared/figure-book.ts";
import { buildFirstView } from "../../functions/shared/charts/first-view.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { systemNames } from "../../functions/shared/messages/systems.ts";
import { dayNumber, dayOfNumber } from "../../functions/shared/number-format.ts";
import { sliceTables } from "../../functions/shared/publication.ts";

export const asOf = "2021-11-30";
export const runId = "2021-11-30-7f3ac2";

/** What was made up, so that a test can say what a page must show. */
export interface MadeUpProvince {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly startedCounties: number;
  readonly unreported: readonly string[];
  readonly rows: PublicRows;
}

interface County {
  readonly area: Area;
  readonly teachers: number;
  readonly progress: number;
  readonly state: "started" | "declared_only" | "activity_only" | "none";
  readonly startedOn: string | null;
  readonly isReported: boolean;
}

/** A whole province of 183 counties as it lies in `publish/`, the same on every call. */
export function makeUpProvince(): MadeUpProvince {
  const random = randomNumbers(7);
  const made = counties.map((area, i) => makeCounty(area, i, random));
  const figures = [province, ...cities, ...counties].flatMap((area) =>
    figuresOf(area, made.filter((county) => county.area.code.startsWith(area.code))));
  const schools = made.flatMap((county) => schoolsOf(county));
  const rows: PublicRows = {
    figures, schoolFigures: schools.flatMap((school) => school.figures),
    schools: schools.map((school) => school.row), series: seriesOf(made),
    systems: systemRows(), findings: findingRows(), files: fileRows(), steps: stepRows(),
    costs: costRows(),
  };
  const files = new Map<string, Uint8Array>();
  for (const [area, tables] of buildSlices(figures.map((f) => f.area_code), rows)) {
    for (const [table, tableRows] of tables) {
      files.set(
        homeKeys.slice(area, runId, `${table}.arrow`),
        buildArrowFile(sliceTables[table], tableRows));
    }
  }
  files.set(homeKeys.slice("51", runId, "first.html"), Buffer.from(buildFirstView({
    area: "51", asOf, language: "zh", series: rows.series,
    overview: figures.filter((row) => row.area_code === "51"),
  })));
  files.set(homeKeys.current, Buffer.from(JSON.stringify({ run_id: runId, as_of: asOf })));
  return {
    files, rows,
    startedCounties: made.filter((county) => county.state === "started").length,
    unreported: made.filter((county) => !county.isReported).map((county) => county.area.code),
  };
}

/** Size on the wire of one file, for the budget. */
export function gzippedBytes(file: Uint8Array): number {
  return gzipSync(file, { level: 9 }).byteLength;
}

function makeCounty(area: Area, i: number, random: () => number): County {
  const isReported = i % 61 !== 30;
  const draw = random();
  const state = !isReported ? "none"
    : draw < (area.isDeepPoverty ? 0.36 : 0.62) ? "started"
      : draw < 0.8 ? "declared_only" : draw < 0.9 ? "activity_only" : "none";
  const base = 0.62 + (random() - 0.5) * 0.5 - (area.isDeepPoverty ? 0.24 : 0);
  const factor = { started: 1, declared_only: 0.5, activity_only: 0.4, none: 0.1 }[state];
  return {
    area, state, isReported, teachers: 900 + Math.round(random() * 7000),
    progress: isReported ? Math.max(0.01, base * factor) : 0,
    startedOn: state === "started"
      ? dayOfNumber(dayNumber("2020-09-01") + Math.round(random() ** 0.8 * 455))
      : null,
  };
}

const emptyFigure = {
  n: null, d: null, share: null, target: null, state_code: null, on_date: null,
  n_before: null, d_before: null, share_before: null,
} as const;

type Fields = Partial<FigureRow> & { readonly figure_code: string };

function figuresOf(area: Area, members: readonly County[]): FigureRow[] {
  const isCounty = area.level === "county";
  const only = isCounty ? members[0] : undefined;
  const teachers = sum(members, (c) => c.teachers);
  const started = members.filter((c) => c.state === "started");
  const declared = members.filter((c) => c.state === "started" || c.state === "declared_only");
  const reported = members.filter((c) => c.isReported);
  const isSilent = isCounty && reported.length === 0;
  const figure = (fields: Fields): FigureRow => ({
    area_code: area.code, area_level: area.level, segment_code: "all", ...emptyFigure,
    ...(fields.d ? { share: (fields.n ?? 0) / fields.d } : {}), ...fields,
  });
  const ofTeachers = (code: string, n: number, d: number, segment = "all") => figure({
    figure_code: code, segment_code: segment, n: Math.round(n), d,
    ...(isSilent ? { share: null, state_code: "not_reported" } : {}),
    n_before: Math.round(n * 0.93), d_before: d, share_before: isSilent ? null : n * 0.93 / d,
  });
  const progress = sum(members, (c) => c.progress * c.teachers);
  const rows = [
    figure({
      figure_code: "R1", n: started.length, d: members.length,
      ...(only ? { state_code: only.state, on_date: only.startedOn } : {}),
    }),
    figure({
      figure_code: "R2", n: declared.length, d: members.length,
      on_date: only && declared.length > 0 ? "2020-10-15" : null,
    }),
    ofTeachers("H1", Math.min(teachers, progress * 1.3), teachers),
    ofTeachers("H2", sum(members, (c) => c.progress ** 2 * 0.9 * c.teachers), teachers),
    ofTeachers("H3", progress * 135_000, teachers * 135_000),
    figure({ figure_code: "H5_online", n: Math.round((teachers - progress) * 50_000) }),
    figure({ figure_code: "H5_practice", n: Math.round((teachers - progress) * 85_000) }),
    ...groupFigures(area, members, figure, ofTeachers),
  ];
  if (isCounty) {
    return [...rows, figure({
      figure_code: "gate_completion", n: Math.round(progress * 135_000), d: teachers * 135_000,
      state_code: isSilent ? "not_reported"
        : only?.state !== "started" ? "not_started" : only.progress > 0.5 ? "on_track" : "behind",
      ...(isSilent ? { share: null } : {}),
    }), ...(only?.startedOn ? [figure({
      figure_code: "expected_H3", n: dayNumber(asOf) - dayNumber(only.startedOn),
      d: dayNumber("2022-12-31") - dayNumber(only.startedOn),
    })] : [])];
  }
  return [
    ...rows, ...gateFigures(started, members.length, figure),
    figure({ figure_code: "D_reported", n: reported.length, d: members.length }),
    ...(area.level === "province" ? [figure({ figure_code: "D_systems", n: 8, d: 9 })] : []),
  ];
}

function groupFigures(
  area: Area, members: readonly County[], figure: (fields: Fields) => FigureRow,
  ofTeachers: (code: string, n: number, d: number, segment: string) => FigureRow,
): FigureRow[] {
  return helpedGroups.flatMap((group) => {
    const inGroup = members.filter(({ area: c }) => ({
      deep_poverty_rural: c.isDeepPoverty, ethnic: c.isEthnic, village: true,
      poverty: c.isPoverty, three_prefectures: c.isThreePrefectures,
    })[group]);
    if (inGroup.length === 0) return [];
    const part = group === "village" ? 0.08 : 0.8;
    const d = Math.round(sum(inGroup, (c) => c.teachers * part));
    const share = sum(inGroup, (c) => c.progress * c.teachers) /
      sum(inGroup, (c) => c.teachers) - (group === "village" ? 0.15 : 0);
    if (group === "village" && area.code === "510104") {
      return [{
        ...ofTeachers("H3", 100, 200, group), n: null, d: null, share: null, state_code: "small",
      }];
    }
    const all = sum(members, (c) => c.progress * c.teachers) / sum(members, (c) => c.teachers);
    const gap = share - all - 0.01;
    return [
      ofTeachers("H1", d * Math.max(0, share), d, group),
      ofTeachers("H3", Math.max(0, share) * d * 135_000, d * 135_000, group),
      figure({
        figure_code: "gap_H3", segment_code: group, share: gap, share_before: gap - 0.012,
      }),
    ];
  });
}

function gateFigures(
  started: readonly County[], counted: number, figure: (fields: Fields) => FigureRow,
): FigureRow[] {
  const days = started.map((county) => county.startedOn ?? "").sort();
  return [[20, "2020-12-31"], [60, "2021-12-31"], [100, "2022-12-31"]].flatMap(([p, due]) => {
    const percent = Number(p);
    const target = Math.ceil(percent * counted / 100);
    const reachedOn = days[target - 1];
    const left = dayNumber(String(due)) - dayNumber(asOf);
    const short = target - started.length;
    const row = { figure_code: `gate_${percent}`, n: started.length, d: counted, target };
    if (reachedOn) {
      const state = reachedOn <= String(due) ? "reached" : "reached_late";
      return [figure({ ...row, state_code: state, on_date: reachedOn })];
    }
    if (left < 0) return [figure({ ...row, state_code: "missed" })];
    if (started.length === 0) return [figure({ ...row, state_code: "not_begun" })];
    const isOnTrack = 0.37 * left >= short;
    return [
      figure({
        ...row, state_code: isOnTrack ? "on_track" : "behind",
        on_date: dayOfNumber(dayNumber(asOf) + Math.ceil(short / 0.37)),
      }),
      figure({ figure_code: `need_${percent}`, n: short, d: left }),
      figure({ figure_code: `pace_${percent}`, n: 18_928, d: 51_156 }),
    ];
  });
}

function seriesOf(made: readonly County[]): SeriesRow[] {
  const days: string[] = [];
  for (let day = dayNumber("2020-07-05"); day < dayNumber(asOf); day += 7) {
    days.push(dayOfNumber(day));
  }
  days.push(asOf);
  return [province, ...cities, ...counties].flatMap((area) => {
    const members = made.filter((county) => county.area.code.startsWith(area.code));
    const row = (figure: string, day: string, n: number, d: number): SeriesRow => ({
      area_code: area.code, figure_code: figure, reading: "known_today", on_date: day, n, d,
    });
    const teachers = sum(members, (c) => c.teachers);
    const progress = sum(members, (c) => c.progress * c.teachers);
    return days.flatMap((day, i) => [
      row("R1", day, members.filter((c) => c.startedOn && c.startedOn <= day).length,
        members.length),
      ...(area.level === "county" && day < "2021-09-01" ? [] : [
        row("H3", day, Math.round(progress * (i / (days.length - 1)) ** 1.3 * 135_000),
          teachers * 135_000),
        // Every fourth week a run was stored; some of its credit came to be known later.
        ...(area.level === "county" && (days.length - 1 - i) % 4 === 0 ? [{
          ...row("H3", day, Math.round(progress * (i / (days.length - 1)) ** 1.4 * 135_000),
            teachers * 135_000), reading: "known_then",
        }] : []),
      ]),
    ]);
  });
}

function schoolsOf(county: County) {
  const codes = [0, 1, 2, 3].map((k) => `${county.area.code}000${k}`);
  return [...codes, `${county.area.code}-small`].map((code, k) => {
    const isMerged = code.endsWith("-small");
    const teachers = isMerged ? 7 : 20 + 13 * k;
    const row = (figure: string, n: number, d: number | null): FigureRow => ({
      area_code: code, area_level: "school", segment_code: "all", ...emptyFigure,
      figure_code: figure, n, d,
      share: d && county.isReported ? n / d : null,
      state_code: county.isReported ? null : "not_reported",
    });
    return {
      row: {
        school_code: code, county_code: county.area.code,
        school_name: isMerged ? null : `${findArea(county.area.code)?.name}第${k + 1}中心小学`,
        school_type: isMerged ? null : k === 3 ? "village_school" : "school",
        place_type: isMerged ? null : k === 3 ? "rural" : "town", n_teachers: teachers,
      },
      figures: [
        row("H1", Math.round(teachers * county.progress), teachers),
        row("H2", Math.round(teachers * county.progress / 2), teachers),
        row("H3", Math.round(teachers * county.progress * 135_000), teachers * 135_000),
        row("H5_online", Math.round(teachers * (1 - county.progress) * 54_000), null),
        row("H5_practice", Math.round(teachers * (1 - county.progress) * 81_000), null),
      ],
    };
  });
}

function systemRows(): Row[] {
  return Object.keys(systemNames).map((system) => ({
    system, newest_arrival_on: system === "vendor-b" ? "2021-11-20" : asOf,
    due_on: system === "vendor-b" ? "2021-11-29" : "2021-12-04",
    is_in_time: system === "vendor-b" ? 0 : 1, silent_days: system === "vendor-b" ? 10 : 0,
  }));
}

function findingRows(): Row[] {
  return [{
    finding_key: "source_silent/51/vendor-b", rule_code: "source_silent", area_code: "51",
    subject: "vendor-b", severity: "high", state_code: "open", since_on: "2021-11-29",
    due_on: "2021-12-06", n: 10, d: 9,
  }];
}

function fileRows(): Row[] {
  const nights = Array.from({ length: 35 }, (_, i) => dayOfNumber(dayNumber(asOf) - i));
  return nights.flatMap((night, i) => Object.keys(systemNames).flatMap((system, k): Row[] => {
    if (system === "vendor-b" && night > "2021-11-20") return [];
    const isRefused = system === "credit" && i === 3;
    const rejected = k === 6 ? 12 : 0;
    return [{
      system, export: "all", known_on: night, landing_day: night, file_name: `${system}-${night}.csv`,
      status: isRefused ? "refused" : rejected > 0 ? "partly" : "accepted",
      reason: isRefused ? "missing.column" : null,
      reason_zh: isRefused ? "缺少必需的列：idCard；整个文件未读入。" : null,
      rows_skipped: isRefused ? null : 1, rows_read: isRefused ? null : 1000 + k,
      rows_accepted: isRefused ? null : 990 + k - rejected,
      rows_rejected: isRefused ? null : rejected, rows_duplicate: isRefused ? null : 10,
      rows_unchanged: isRefused ? null : 800,
      reasons: rejected > 0 ? "{\"missing.person\":7,\"invalid.credit\":5}" : "{}",
      seconds: 0.12, bytes: 123_456,
    }];
  }));
}

function stepRows(): Row[] {
  return ["plan", "ingest", "measure", "scorecards", "publish", "alert"].map((step, i) => ({
    known_on: asOf, step, seconds: 0.3 + i, bytes: 1_000_000 * i,
  }));
}

function costRows(): Row[] {
  const used = {
    known_on: asOf, calls: 58, put_requests: 2890, get_requests: 1410, gb_seconds: 214.6,
    scanned_bytes: 0, is_whole: 0,
  };
  return [
    {
      ...used, region: "cn-north-1", amount: null, currency: null, missing: "s3 put, s3 get",
      price_day: null, sources: "",
    },
    {
      ...used, region: "us-east-1", amount: 0.0194, currency: "USD", missing: "",
      price_day: "2021-12-01", sources: "https://prices.example/list",
    },
  ];
}

function sum(members: readonly County[], of: (county: County) => number): number {
  return members.reduce((total, county) => total + of(county), 0);
}

/** Linear congruential numbers in [0, 1): the same province on every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
