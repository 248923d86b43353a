import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { chartTexts } from "../messages/charts.ts";
import { dayNumber, formatDay, formatShare } from "../number-format.ts";
import { element, linearScale, palette, picture, round } from "./svg.ts";

/** Shares (0–1) over time as one small line; all spark lines of a table share one scale, 0–1. */
export function drawSparkLine(
  points: readonly { readonly day: string; readonly share: number }[],
  width: number, language: Language,
): string {
  const t = translatorOf(chartTexts, language);
  const height = 22;
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 2) {
    return picture({ width, height, title: t("sparkTitle"), description: t("sparkNone") });
  }
  const x = linearScale([dayNumber(first.day), dayNumber(last.day)], [2, width - 4]);
  const y = linearScale([0, 1], [height - 2, 2]);
  const path = points.map((point, i) =>
    `${i === 0 ? "M" : "L"}${round(x(dayNumber(point.day)))} ${round(y(point.share))}`).join("");
  return picture(
    {
      width, height, title: t("sparkTitle"),
      description: t("sparkDesc", {
        from: formatDay(first.day, language), start: formatShare(first.share),
        to: formatDay(last.day, language), end: formatShare(last.share),
      }),
    },
    element("path", { d: `M2 ${height - 2}H${width - 4}`, stroke: palette.grid }),
    element("path", { d: path, fill: "none", stroke: palette.done, "stroke-width": 1.6 }),
    element("circle", { cx: x(dayNumber(last.day)), cy: y(last.share), r: 2, fill: palette.done }),
  );
}
