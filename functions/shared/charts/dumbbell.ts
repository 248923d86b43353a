import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { chartTexts } from "../messages/charts.ts";
import { formatPoints, formatShare } from "../number-format.ts";
import { element, linearScale, palette, picture, round, text } from "./svg.ts";

export interface DumbbellRow {
  readonly label: string;
  /** Below the label: n / d of the group. */
  readonly note: string;
  /** 0–1; null for groups too small to show or not reported. */
  readonly group: number | null;
  readonly others: number | null;
  /** Said in place of the points where there is nothing to draw. */
  readonly absence: string;
}

/** Helped groups against the others: two points a row and their distance in points. */
export function drawDumbbell(
  rows: readonly DumbbellRow[], width: number, language: Language,
): string {
  const t = translatorOf(chartTexts, language);
  const isNarrow = width < 460;
  const rowHeight = isNarrow ? 62 : 44;
  const labelWidth = language === "zh" ? 178 : 264;
  const box = {
    left: isNarrow ? 16 : labelWidth, right: width - 58, bottom: rows.length * rowHeight + 6,
  };
  const values = rows.flatMap((row) => [row.group, row.others]).filter((v) => v !== null);
  const low = Math.max(0, Math.floor(Math.min(...values, 1) * 10 - 0.3) / 10);
  const high = Math.min(1, Math.ceil(Math.max(...values, 0) * 10 + 0.3) / 10);
  const domain: [number, number] = values.length === 0 ? [0, 1] : [low, Math.max(high, low + 0.1)];
  const x = linearScale(domain, [box.left, box.right]);
  const step = (domain[1] - domain[0]) * (isNarrow ? 2 : 1) > 0.5 ? 0.2 : 0.1;
  const ticks: string[] = [];
  // Nothing to draw: no scale that promises points.
  const end = values.length === 0 ? -1 : domain[1];
  for (let v = Math.ceil(domain[0] / step - 1e-9) * step; v <= end + 1e-9; v += step) {
    ticks.push(element("path", {
      d: `M${round(x(v))} 6V${box.bottom}`, stroke: palette.grid, fill: "none",
    }), text(`${Math.round(v * 100)}%`, {
      x: x(v), y: box.bottom + 17, "text-anchor": "middle", "font-size": 11.5, fill: palette.quiet,
    }));
  }
  const lines = rows.map((row, i) =>
    drawRow(row, i * rowHeight, { x, isNarrow, width, rowHeight }));
  const description = rows.map((row) => row.group === null || row.others === null
    ? t("dumbbellAbsent", { label: row.label, absence: row.absence })
    : t("dumbbellDesc", {
      label: row.label, group: formatShare(row.group), others: formatShare(row.others),
      gap: formatPoints(row.group - row.others),
    })).join("");
  return picture(
    { width, height: box.bottom + (values.length === 0 ? 4 : 26), title: t("dumbbellTitle"), description },
    ...ticks, ...lines,
  );
}

function drawRow(
  row: DumbbellRow, top: number,
  frame: {
    readonly x: (v: number) => number; readonly isNarrow: boolean;
    readonly width: number; readonly rowHeight: number;
  },
): string {
  const { x, isNarrow, width, rowHeight } = frame;
  const middle = top + (isNarrow ? rowHeight - 14 : rowHeight / 2 + 4);
  const labels = isNarrow
    ? text(row.label, { x: 0, y: top + 20, "font-size": 13, "font-weight": 600 }) +
      text(row.note, { x: width, y: top + 20, "text-anchor": "end", fill: palette.quiet })
    : text(row.label, { x: 0, y: middle - 3, "font-size": 13, "font-weight": 600 }) +
      text(row.note, { x: 0, y: middle + 12, "font-size": 11.5, fill: palette.quiet });
  if (row.group === null || row.others === null) {
    return labels + text(row.absence, {
      x: width, y: middle + 4, "text-anchor": "end", fill: palette.quiet,
    });
  }
  const gap = row.group - row.others;
  const ends = [x(row.others), x(row.group)];
  return labels +
    element("path", {
      d: `M${round(Math.min(...ends))} ${round(middle)}H${round(Math.max(...ends))}`,
      stroke: "#c9d3e0", "stroke-width": 5, "stroke-linecap": "round",
    }) +
    // Square and circle: the two sides differ in shape, not in colour alone.
    element("rect", {
      x: x(row.others) - 5, y: middle - 5, width: 10, height: 10, fill: "#7d8899",
    }) +
    element("circle", { cx: x(row.group), cy: middle, r: 6.5, fill: palette.attentionMark }) +
    text(formatPoints(gap), {
      x: width, y: middle + 5, "text-anchor": "end", "font-weight": 700, "font-size": 13,
      fill: gap < 0 ? palette.attention : palette.ink,
    });
}
