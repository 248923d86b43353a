import type { FigureBook, SeriesRow } from "../figure-book.ts";
import { gates, stateNames } from "../figures.ts";
import type { FigureCode, StateCode } from "../figures.ts";
import type { Language, Translate } from "../messages/catalogue.ts";
import type { PageText } from "../messages/pages.ts";
import { formatCount, formatDay, formatDecimal, formatNearDay } from "../number-format.ts";
import type { GateMark, GateTrack } from "./gate-track.ts";

/** What the gate track of a province or city shows. */
export function buildGateTrack(
  book: FigureBook, series: readonly SeriesRow[], area: string, asOf: string,
): GateTrack {
  const points = series
    .filter((row) => row.area_code === area && row.figure_code === "R1" &&
      row.reading === "known_today" && row.n !== null)
    .map((row) => ({ day: row.on_date, n: row.n ?? 0 }))
    .sort((a, b) => a.day.localeCompare(b.day));
  const marks = gates.flatMap((gate): GateMark[] => {
    const row = book.find(area, gate.figure);
    if (!row) return [];
    return [{
      percent: gate.percent, dueOn: gate.dueOn, needed: row.target ?? 0,
      stateCode: row.state_code ?? "", onDate: row.on_date,
    }];
  });
  return { points, gates: marks, counties: book.find(area, "R1")?.d ?? 0, asOf };
}

/** One gate in words: needed, short, required and actual pace. */
export interface GateCard {
  readonly figure: (typeof gates)[number]["figure"];
  readonly title: string;
  readonly started: string;
  readonly needed: string;
  readonly tone: "ok" | "late" | "going";
  /** State as a word with its sign, and how many counties are short. */
  readonly state: string;
  readonly facts: readonly string[];
}

export function buildGateCards(
  place: { readonly book: FigureBook; readonly area: string; readonly asOf: string },
  t: Translate<PageText>, language: Language,
): readonly GateCard[] {
  const { book, area, asOf } = place;
  return gates.flatMap((gate): GateCard[] => {
    const row = book.find(area, gate.figure);
    if (!row) return [];
    const state = row.state_code ?? "";
    const isReached = state.startsWith("reached");
    const need = book.find(area, `need_${gate.percent}` as FigureCode);
    const pace = book.find(area, `pace_${gate.percent}` as FigureCode);
    const facts = isReached ? [formatDay(row.on_date, language)] : [
      need?.d ? t("gateLeft", { days: formatCount(need.d) }) : "",
      need?.d ? t("gateNeed", { rate: formatDecimal((need.n ?? 0) / need.d * 7) }) : "",
      pace?.d ? t("gatePace", { rate: formatDecimal((pace.n ?? 0) / pace.d * 7) }) : "",
      row.on_date ? t("gateProjected", { day: formatNearDay(row.on_date, asOf, language) }) : "",
    ];
    const tone = toneOf(state);
    const short = formatCount(Math.max(0, (row.target ?? 0) - (row.n ?? 0)));
    return [{
      figure: gate.figure, tone,
      title: t(gate.percent === 100 ? "gateTitleAll" : "gateTitle", {
        year: gate.dueOn.slice(0, 4), percent: gate.percent,
      }),
      started: formatCount(row.n),
      needed: t("gateBig", { needed: formatCount(row.target) }),
      state: { ok: "✓ ", late: "▲ ", going: "" }[tone] +
        (stateNames[state as StateCode]?.[language] ?? state) +
        (isReached ? "" : `${t("comma")}${t("gateShort", { n: short })}`),
      facts: facts.filter((fact) => fact !== ""),
    }];
  });
}

function toneOf(state: string): GateCard["tone"] {
  if (state === "reached") return "ok";
  return state === "on_track" || state === "not_begun" ? "going" : "late";
}
