import { findArea } from "../shared/areas.ts";
import { figureNames, stateNames } from "../shared/figures.ts";
import { cardTexts, type CardLanguage } from "../shared/messages/cards.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { systemNames } from "../shared/messages/systems.ts";
import {
  formatCount, formatDay, formatHours, formatPoints, formatRatio, formatShare, nothing,
  dayNumber, secondsPerHour,
} from "../shared/number-format.ts";

/** One row of mart_figure. */
export interface FigureRow {
  readonly area_code: string; readonly area_level: string; readonly segment_code: string;
  readonly figure_code: string; readonly n: number | null; readonly d: number | null;
  readonly share: number | null; readonly target: number | null;
  readonly state_code: string | null; readonly on_date: string | null;
}
export interface SchoolRow {
  readonly school_code: string; readonly school_name: string; readonly county_code: string;
  readonly n_teachers: number;
}
export interface SeriesRow {
  readonly area_code: string; readonly figure_code: string; readonly reading: string;
  readonly on_date: string; readonly n: number; readonly d: number;
}
export interface CardFinding {
  readonly rule_code: string; readonly area_code: string; readonly subject: string;
  readonly since_on: string; readonly state_code: string;
}

/** Marts of one run, looked up by area; what every card of the run shares. */
export interface CardRun {
  readonly runId: string;
  readonly asOf: string;
  readonly figures: ReadonlyMap<string, readonly FigureRow[]>;
  /** The same as of 28 days before. */
  readonly before: ReadonlyMap<string, readonly FigureRow[]>;
  readonly schools: ReadonlyMap<string, readonly SchoolRow[]>;
  readonly series: ReadonlyMap<string, readonly SeriesRow[]>;
  readonly findings: readonly CardFinding[];
  readonly systemsInTime: number;
  readonly systems: number;
  /** Groups and schools with fewer teachers are never shown alone (figures.md). */
  readonly smallGroup: number;
  readonly programmeFirstDay: string;
  readonly programmeLastDay: string;
  readonly readingSentence: (areaCode: string) => string;
  readonly pageUrl: (areaCode: string) => string;
}

/** Short code of a card: area, day, six characters of the run's hash. */
export function cardCode(areaCode: string, runId: string): string {
  const [year, month, day, hash] = runId.split("-");
  return `${areaCode}-${year}${month}${day}-${hash}`;
}

const shownFigures = ["H1", "H2", "H3", "H5_online", "H5_practice", "A4", "I_any", "S"] as const;
const shownGaps = ["deep_poverty_rural", "village", "ethnic"] as const;

/** Everything the template draws, formatted; numbers are those of the marts, none is computed anew. */
export function buildCardData(run: CardRun, countyCode: string, language: CardLanguage = "zh"): object {
  const t = cardTexts[language];
  const county = findArea(countyCode);
  const cityCode = countyCode.slice(0, 4);
  const own = indexRows(run.figures.get(countyCode));
  const city = indexRows(run.figures.get(cityCode));
  const province = indexRows(run.figures.get("51"));
  const before = indexRows(run.before.get(countyCode));
  const rollout = own.get("R1/all");
  const isReported = own.get("D_reported/all")?.state_code !== "not_reported"
    && own.get("H1/all")?.state_code !== "not_reported";
  const day = (d: string | null | undefined): string => formatDay(d, language);
  const code = cardCode(countyCode, run.runId);
  const url = run.pageUrl(countyCode);

  const figureRow = (figure: string, segment: string, name: string): object | undefined => {
    const key = `${figure}/${segment}`;
    const row = own.get(key);
    const isShown = (rows: ReadonlyMap<string, FigureRow>): boolean =>
      segment === "all" || isShownGroup(rows, segment, run.smallGroup);
    if (!row || !isShown(own)) return undefined;
    return {
      name, ...valueOf(row, t),
      change: isShown(before) ? changeOf(row, before.get(key)) : nothing,
      city: isShown(city) ? shortValue(city.get(key), t) : nothing,
      province: isShown(province) ? shortValue(province.get(key), t) : nothing,
    };
  };
  const figures = [
    rollout && {
      name: t.state,
      value: rollout.state_code === null ? nothing : stateText(rollout, language),
      mark: rollout.state_code === "started" ? "" : "attention",
      counts: rollout.on_date === null ? nothing : fillMessage(t.startedOn, { day: day(rollout.on_date) }),
      change: nothing,
      city: formatShare(city.get("R1/all")?.share), province: formatShare(province.get("R1/all")?.share),
    },
    ...shownFigures.map((f) => figureRow(f, "all", figureNames[f][language])),
    ...shownGaps.map((s) => figureRow("gap_H3", s, `${figureNames.gap_H3[language]}：${t.segments[s]}`)),
  ].filter((row) => row !== undefined);

  const largest = Math.max(1, own.get("H5_online/all")?.n ?? 0, own.get("H5_practice/all")?.n ?? 0);
  const missing = ([["H5_online", t.online], ["H5_practice", t.practice]] as const).map(([f, name]) => {
    const row = own.get(`${f}/all`);
    const teachers = own.get("H1/all")?.d ?? null;
    const isShown = isReported && row?.n !== null && row?.n !== undefined && teachers !== null && teachers > 0;
    return {
      name,
      // Length of a bar only: beside the larger of the two.
      part: isShown ? (row.n ?? 0) / largest : 0,
      done: isShown ? fillMessage(t.hours, { count: formatHours(row.n) }) : t.notReported,
      note: isShown
        ? fillMessage(t.missingNote, { missing: formatHours(row.n), per: formatHours((row.n ?? 0) / teachers) })
        : t.notReported,
    };
  });

  const series = (run.series.get(countyCode) ?? [])
    .filter((p) => p.figure_code === "H3" && p.reading === "known_today" && p.d > 0);
  const span = dayNumber(run.programmeLastDay) - dayNumber(run.programmeFirstDay);
  const xOf = (d: string): number => (dayNumber(d) - dayNumber(run.programmeFirstDay)) / span;
  const startedOn = rollout?.state_code === "started" ? rollout.on_date : null;
  const firstPoint = series[0];
  const lastPoint = series.at(-1);

  const visits = (run.schools.get(countyCode) ?? [])
    .filter((s) => isReported && s.n_teachers >= run.smallGroup)
    .map((school) => {
      const rows = indexRows(run.figures.get(school.school_code));
      const seconds = (rows.get("H5_online/all")?.n ?? 0) + (rows.get("H5_practice/all")?.n ?? 0);
      return { school, per: seconds / school.n_teachers, progress: rows.get("H3/all")?.share };
    })
    .sort((a, b) => b.per - a.per || (a.school.school_code < b.school.school_code ? -1 : 1))
    .slice(0, 5);

  return {
    title: fillMessage(t.heading, { county: county?.name ?? countyCode }),
    day: run.asOf.split("-").map(Number),
    heading: fillMessage(t.heading, { county: county?.name ?? countyCode }),
    subheading: fillMessage(t.subheading, {
      city: findArea(cityCode)?.name ?? cityCode, code: countyCode, day: day(run.asOf),
      timely: run.systemsInTime, systems: run.systems,
    }),
    badges: [
      ...(isReported ? [] : [t.notReported]),
      ...(county?.isDeepPoverty ? [t.deepPoverty] : county?.isPoverty ? [t.poverty] : []),
      ...(county?.isEthnic ? [t.ethnic] : []),
    ],
    reading: run.readingSentence(countyCode),
    figures, missing,
    trend: isReported ? series.map((p) => [xOf(p.on_date), p.n / p.d]) : [],
    expected: startedOn ? [[xOf(startedOn), 0], [1, 1]] : [],
    trend_labels: [day(run.programmeFirstDay), day(run.programmeLastDay)],
    trend_alt: isReported && firstPoint && lastPoint ? fillMessage(t.trendAlt, {
      from: day(firstPoint.on_date), first: formatShare(firstPoint.n / firstPoint.d),
      to: day(lastPoint.on_date), last: formatShare(lastPoint.n / lastPoint.d),
    }) : t.noTrend,
    schools: visits.map((v) => ({
      code: v.school.school_code, name: v.school.school_name,
      teachers: formatCount(v.school.n_teachers), progress: formatShare(v.progress),
      reason: fillMessage(t.schoolReason, { per: formatHours(v.per) }),
    })),
    findings: run.findings
      .filter((f) => f.state_code !== "resolved" && countyCode.startsWith(f.area_code))
      .map((f) => fillMessage(t.findingSourceSilent, {
        system: systemNames[f.subject]?.[language] ?? f.subject, since: day(f.since_on),
      })),
    qr_alt: fillMessage(t.qrAlt, { url }),
    footer: [fillMessage(t.footerCode, { code, run: run.runId }), t.footerRule],
    texts: {
      author: t.author, figures: t.figures, missing: t.missing, trend: t.trend, no_trend: t.noTrend,
      schools: t.schools, no_schools: t.noSchools, findings: t.findings, no_findings: t.noFindings,
      figure_columns: [t.colFigure, t.colValue, t.colCounts, t.colChange, t.colCity, t.colProvince],
      school_columns: [t.colCode, t.colSchool, t.colTeachers, t.colProgress, t.colReason],
      record: t.record,
      record_columns: [t.colNumber, t.colIssue, t.colMeasure, t.colOwner, t.colDeadline],
      signatures: [t.signInspector, t.signCounty],
    },
  };
}

type Texts = (typeof cardTexts)[CardLanguage];

function indexRows(rows: readonly FigureRow[] | undefined): ReadonlyMap<string, FigureRow> {
  return new Map((rows ?? []).map((r) => [`${r.figure_code}/${r.segment_code}`, r]));
}

function valueOf(row: FigureRow, t: Texts): { value: string; counts: string; mark: string } {
  if (row.state_code === "not_reported") {
    return { value: t.notReported, counts: nothing, mark: "muted" };
  }
  const unit = unitOf(row);
  if (unit === "seconds") {
    return { value: fillMessage(t.hours, { count: formatHours(row.n) }), counts: nothing, mark: "" };
  }
  if (unit === "points") {
    return {
      value: fillMessage(t.points, { count: formatPoints(row.share) }), counts: nothing,
      mark: row.share !== null && row.share < 0 ? "attention" : "",
    };
  }
  // H3 counts seconds of credit; people read 学时.
  const counts = row.figure_code === "H3"
    ? fillMessage(t.hours, { count: `${formatHours(row.n)} / ${formatHours(row.d)}` })
    : formatRatio(row.n, row.d);
  return { value: formatShare(row.share), counts, mark: "" };
}

function shortValue(row: FigureRow | undefined, t: Texts): string {
  if (!row) return nothing;
  if (row.state_code === "not_reported") return t.notReported;
  const unit = unitOf(row);
  if (unit === "seconds") return formatHours(row.n);
  return unit === "points" ? formatPoints(row.share) : formatShare(row.share);
}

function changeOf(row: FigureRow, before: FigureRow | undefined): string {
  if (!before || row.state_code === "not_reported" || before.state_code === "not_reported") return nothing;
  if (unitOf(row) === "seconds") {
    if (row.n === null || before.n === null) return nothing;
    const hours = (row.n - before.n) / secondsPerHour;
    return `${hours > 0 ? "+" : ""}${formatHours(row.n - before.n)}`;
  }
  return row.share === null || before.share === null ? nothing : formatPoints(row.share - before.share);
}

function unitOf(row: FigureRow): string {
  return figureNames[row.figure_code as keyof typeof figureNames]?.unit ?? "share";
}

function stateText(row: FigureRow, language: CardLanguage): string {
  return stateNames[row.state_code as keyof typeof stateNames]?.[language] ?? nothing;
}

/** A helped group that is too small, or whose others are, is not shown (figures.md, small groups). */
function isShownGroup(rows: ReadonlyMap<string, FigureRow>, segment: string, small: number): boolean {
  const group = rows.get(`H1/${segment}`)?.d ?? 0;
  const all = rows.get("H1/all")?.d ?? 0;
  return group >= small && all - group >= small;
}
