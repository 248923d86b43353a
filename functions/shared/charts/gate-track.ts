import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { chartTexts } from "../messages/charts.ts";
import { dayNumber, dayOfNumber, formatCount, formatDay, formatMonth } from "../number-format.ts";
import { element, escapeXml, linearScale, palette, picture, round, text } from "./svg.ts";

export interface GateMark {
  readonly percent: number;
  readonly dueOn: string;
  /** Counties needed. */
  readonly needed: number;
  readonly stateCode: string;
  /** Day reached, or projected day of an open gate; null where there is none. */
  readonly onDate: string | null;
}

export interface GateTrack {
  /** Started counties by day, ascending; the last is the as-of day. */
  readonly points: readonly { readonly day: string; readonly n: number }[];
  readonly gates: readonly GateMark[];
  readonly counties: number;
  readonly asOf: string;
}

/** Step line of started counties with the gates, their due days and the projection. */
export function drawGateTrack(track: GateTrack, width: number, language: Language): string {
  const t = translatorOf(chartTexts, language);
  const isNarrow = width < 560;
  const height = isNarrow ? 270 : 330;
  const box = { left: 6, right: width - 12, top: 26, bottom: height - 28 };
  const first = firstDay(track);
  const last = Math.max(dayNumber(track.asOf), ...track.gates.map((g) => dayNumber(g.dueOn)));
  const x = linearScale([first, last], [box.left, box.right]);
  const y = linearScale([0, Math.max(1, track.counties)], [box.bottom, box.top]);
  const steps = track.points.filter((point) => dayNumber(point.day) >= first);
  const now = { x: x(dayNumber(track.asOf)), y: y(steps.at(-1)?.n ?? 0), n: steps.at(-1)?.n ?? 0 };
  const parts = [
    ...drawMonths(first, last, x, box, isNarrow, language),
    ...track.gates.flatMap((gate) => drawGate(gate, x, y, box)),
    drawSteps(steps, x, y),
    ...track.gates.map((gate) => drawGateLabel(gate, x, y, box, language)),
    drawProjection(track, now, x, y, box),
    ...track.gates.flatMap((gate) => drawReached(gate, x, y, box, isNarrow, language)),
    element("circle", {
      cx: now.x, cy: now.y, r: 5.5, fill: palette.done, stroke: palette.paper, "stroke-width": 2,
    }),
    text(t("trackNow", { n: formatCount(now.n) }), {
      x: Math.max(now.x - 10, 44), y: now.y - 10, "text-anchor": "end",
      "font-size": 15, "font-weight": 700, fill: palette.done,
      stroke: palette.paper, "stroke-width": 4, "paint-order": "stroke",
    }),
  ];
  const description = [
    t("trackDesc", {
      day: formatDay(track.asOf, language), n: formatCount(now.n), d: formatCount(track.counties),
    }),
    ...track.gates.map((gate) => describeGate(gate, language)),
  ].join("");
  return picture({ width, height, title: t("trackTitle"), description }, ...parts);
}

type Scale = (value: number) => number;
interface Box {
  readonly left: number; readonly right: number; readonly top: number; readonly bottom: number;
}

/** The first of the month before the first start or due day; empty years would squeeze the rest. */
function firstDay(track: GateTrack): number {
  const begun = track.points.find((point) => point.n > 0) ?? track.points[0];
  const days = [begun?.day ?? track.asOf, ...track.gates.map((gate) => gate.dueOn)];
  const day = dayOfNumber(Math.min(...days.map(dayNumber)) - 30);
  return dayNumber(`${day.slice(0, 8)}01`);
}

function drawMonths(
  first: number, last: number, x: Scale, box: Box, isNarrow: boolean, language: Language,
): string[] {
  const days: string[] = [];
  for (let year = 2000 + (Number(dayOfNumber(first).slice(2, 4)) || 0); ; year++) {
    for (const month of isNarrow ? ["01"] : ["01", "07"]) {
      const day = `${year}-${month}-01`;
      if (dayNumber(day) > last) return days.flatMap(line);
      if (dayNumber(day) >= first) days.push(day);
    }
  }
  function line(day: string): string[] {
    const at = x(dayNumber(day));
    return [
      element("path", {
        d: `M${round(at)} ${box.top - 8}V${box.bottom}`, stroke: palette.grid, fill: "none",
      }),
      text(formatMonth(day, language), {
        x: at + 3, y: box.bottom + 17, "font-size": 11.5, fill: palette.quiet,
      }),
    ];
  }
}

/** Room that a gate's name and due day take. */
const labelPixels = 200;

function drawGate(gate: GateMark, x: Scale, y: Scale, box: Box): string[] {
  const at = { x: x(dayNumber(gate.dueOn)), y: y(gate.needed) };
  return [
    element("path", {
      d: `M${box.left} ${round(at.y)}H${round(at.x)}`,
      stroke: palette.faint, "stroke-dasharray": "3 4", fill: "none",
    }),
    element("path", {
      d: `M${round(at.x)} ${round(at.y - 7)}v14`, stroke: palette.ink, "stroke-width": 2,
    }),
  ];
}

/** At the left, where the step line is still low; no due day where the two would meet. */
function drawGateLabel(
  gate: GateMark, x: Scale, y: Scale, box: Box, language: Language,
): string {
  const t = translatorOf(chartTexts, language);
  const due = t("gateDue", { day: gate.dueOn.replaceAll("-", ".") });
  const isReached = gate.stateCode.startsWith("reached") && gate.onDate !== null;
  const end = x(Math.min(dayNumber(gate.dueOn), ...isReached ? [dayNumber(gate.onDate)] : []));
  return element(
    "text",
    {
      x: box.left + 2, y: y(gate.needed) - 6, "font-weight": 600,
      stroke: palette.paper, "stroke-width": 3, "paint-order": "stroke",
    },
    escapeXml(t("gateLabel", { percent: gate.percent, needed: formatCount(gate.needed) })),
    box.left + labelPixels < end
      ? element("tspan", { "font-weight": 400, fill: palette.quiet, dx: 8 }, escapeXml(due))
      : "",
  );
}

function drawSteps(steps: GateTrack["points"], x: Scale, y: Scale): string {
  const start = steps[0];
  const end = steps.at(-1);
  if (!start || !end) return "";
  const line = steps.map((point, i) => i === 0
    ? `M${round(x(dayNumber(point.day)))} ${round(y(point.n))}`
    : `H${round(x(dayNumber(point.day)))}V${round(y(point.n))}`).join("");
  return element("path", {
    d: `${line}V${round(y(0))}H${round(x(dayNumber(start.day)))}Z`, fill: palette.doneFaint,
  }) + element("path", {
    d: `M${round(x(dayNumber(start.day)))} ${round(y(0))}H${round(x(dayNumber(end.day)))}`,
    stroke: palette.faint, fill: "none",
  }) + element("path", {
    d: line, fill: "none", stroke: palette.done, "stroke-width": 2.4, "stroke-linejoin": "round",
  });
}

/** All open gates share one pace, so one line reaches them all; it is cut at the frame. */
function drawProjection(
  track: GateTrack, now: { x: number; y: number; n: number }, x: Scale, y: Scale, box: Box,
): string {
  const open = track.gates.filter((gate) => gate.needed > now.n && gate.onDate !== null);
  const furthest = open.at(-1);
  if (!furthest?.onDate) return "";
  const aim = { x: x(dayNumber(furthest.onDate)), y: y(furthest.needed) };
  const part = aim.x > box.right ? (box.right - now.x) / (aim.x - now.x) : 1;
  const marks = open.flatMap((gate) => {
    const at = x(dayNumber(gate.onDate ?? ""));
    if (at > box.right) return [];
    return element("circle", {
      cx: at, cy: y(gate.needed), r: 3.5, fill: palette.paper, stroke: palette.done,
      "stroke-width": 1.6,
    });
  });
  return element("path", {
    d: `M${round(now.x)} ${round(now.y)}L${round(now.x + (aim.x - now.x) * part)} ` +
      round(now.y + (aim.y - now.y) * part),
    fill: "none", stroke: palette.done, "stroke-width": 1.8, "stroke-dasharray": "2 4",
  }) + marks.join("");
}

function drawReached(
  gate: GateMark, x: Scale, y: Scale, box: Box, isNarrow: boolean, language: Language,
): string[] {
  if (!gate.stateCode.startsWith("reached") || !gate.onDate) return [];
  const t = translatorOf(chartTexts, language);
  const isLate = gate.stateCode === "reached_late";
  const colour = isLate ? palette.attention : palette.reached;
  const at = { x: x(dayNumber(gate.onDate)), y: y(gate.needed) };
  const day = gate.onDate.replaceAll("-", ".");
  const hasRoom = at.x + 10 + labelPixels < box.right;
  return [
    element("circle", {
      cx: at.x, cy: at.y, r: 5, fill: palette.paper, stroke: colour, "stroke-width": 3,
    }),
    text(t(isLate ? "trackReachedLate" : "trackReached", { day, n: gate.needed }), {
      x: hasRoom ? at.x + 10 : box.right, y: at.y + (isNarrow ? 34 : 22),
      "text-anchor": hasRoom ? "start" : "end", fill: colour, "font-weight": 600,
      "font-size": isNarrow ? 11 : 12,
      stroke: palette.paper, "stroke-width": 3, "paint-order": "stroke",
    }),
  ];
}

function describeGate(gate: GateMark, language: Language): string {
  const t = translatorOf(chartTexts, language);
  const values = {
    percent: gate.percent, needed: formatCount(gate.needed),
    due: formatDay(gate.dueOn, language), day: formatDay(gate.onDate, language),
  };
  if (gate.stateCode.startsWith("reached")) return t("gateDescReached", values);
  return t(gate.onDate ? "gateDescProjected" : "gateDescOpen", values);
}
