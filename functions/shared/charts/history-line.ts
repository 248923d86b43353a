import type { SeriesRow } from "../figure-book.ts";
import { fillMessage, translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { historyTexts } from "../messages/history.ts";
import { dayNumber, formatDay, formatMonth, formatShare } from "../number-format.ts";
import { element, linearScale, palette, picture, round, text } from "./svg.ts";

export interface HistoryPoint { readonly day: string; readonly share: number }
/** One figure of one area in both readings, ascending. */
export interface History {
  readonly asToday: readonly HistoryPoint[];
  readonly asThen: readonly HistoryPoint[];
}

/** The readings of a figure out of the table `series`; points without a denominator are left out. */
export function buildHistory(
  series: readonly SeriesRow[], area: string, figure: string,
): History {
  const of = (reading: string): readonly HistoryPoint[] => series
    .flatMap((row) => (row.area_code === area && row.figure_code === figure
      && row.reading === reading && row.n !== null && row.d
      ? [{ day: row.on_date, share: row.n / row.d }] : []))
    .sort((a, b) => a.day.localeCompare(b.day));
  return { asToday: of("known_today"), asThen: of("known_then") };
}

/** Day on which what was known then is farthest from what is known today of the same day. */
export function findWidestGap(
  { asToday: today, asThen: then }: History,
): { readonly day: string; readonly points: number; readonly days: number } | undefined {
  const known = new Map(today.map((point) => [point.day, point.share]));
  const gaps = then.flatMap(({ day, share }) => {
    const now = known.get(day);
    return now === undefined || now === share ? [] : [{ day, points: Math.abs(share - now) }];
  });
  const widest = gaps.reduce<(typeof gaps)[number] | undefined>((best, gap) =>
    (best && best.points >= gap.points ? best : gap), undefined);
  return widest && { ...widest, days: gaps.length };
}

/** A line (as known today) and dots (as known then) of shares 0–1 over time. */
export function drawHistory(history: History, width: number, language: Language): string {
  const t = translatorOf(historyTexts, language);
  const all = [...history.asToday, ...history.asThen];
  const height = 220;
  if (all.length === 0) {
    return picture({ width, height: 40, title: t("title"), description: t("none") });
  }
  const days = all.map((point) => dayNumber(point.day));
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const box = { left: 44, right: width - 12, top: 30, bottom: height - 26 };
  const x = linearScale([first, Math.max(last, first + 1)], [box.left, box.right]);
  const y = linearScale([0, 1], [box.bottom, box.top]);
  const at = ({ day, share }: HistoryPoint): [number, number] => [x(dayNumber(day)), y(share)];
  const path = history.asToday.map((point, i) => {
    const [px, py] = at(point);
    return `${i === 0 ? "M" : "L"}${round(px)} ${round(py)}`;
  }).join("");
  return picture(
    { width, height, title: t("title"), description: describe(history, language) },
    ...[0, 0.5, 1].flatMap((share) => [
      element("path", {
        d: `M${box.left} ${round(y(share))}H${box.right}`, stroke: palette.grid, fill: "none",
      }),
      text(`${share * 100}%`, {
        x: box.left - 6, y: y(share) + 4, "text-anchor": "end", "font-size": 11,
        fill: palette.quiet,
      }),
    ]),
    ...listYears(all).filter((day) => dayNumber(day) >= first && dayNumber(day) <= last)
      .map((day) => text(formatMonth(day, language), {
        x: x(dayNumber(day)), y: height - 8, "font-size": 11, fill: palette.quiet,
      })),
    ...(path === "" ? [] : [element("path", {
      d: path, fill: "none", stroke: palette.done, "stroke-width": 2,
    })]),
    ...history.asThen.map((point) => {
      const [cx, cy] = at(point);
      return element("circle", {
        cx, cy, r: 3, fill: palette.paper, stroke: palette.attention, "stroke-width": 1.5,
      });
    }),
    element("path", { d: `M${box.left} 14h18`, stroke: palette.done, "stroke-width": 2 }),
    text(t("asToday"), { x: box.left + 24, y: 18, "font-size": 11.5 }),
    element("circle", {
      cx: box.left + 136, cy: 14, r: 3, fill: palette.paper, stroke: palette.attention,
      "stroke-width": 1.5,
    }),
    text(t("asThen"), { x: box.left + 144, y: 18, "font-size": 11.5 }),
  );
}

/** First days of January and July between the points. */
function listYears(points: readonly HistoryPoint[]): readonly string[] {
  const years = new Set(points.map((point) => point.day.slice(0, 4)));
  return [...years].sort().flatMap((year) => [`${year}-01-01`, `${year}-07-01`]);
}

function describe(history: History, language: Language): string {
  const say = (key: "desc" | "descThen", points: readonly HistoryPoint[]): string => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last ? fillMessage(historyTexts[language][key], {
      from: formatDay(first.day, language), first: formatShare(first.share),
      to: formatDay(last.day, language), last: formatShare(last.share), count: points.length,
    }) : "";
  };
  return say("desc", history.asToday) + say("descThen", history.asThen);
}
