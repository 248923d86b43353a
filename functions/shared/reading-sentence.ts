import { childrenOf, findArea } from "./areas.ts";
import { helpedGroups } from "./figure-book.ts";
import type { FigureBook, FigureRow, HelpedGroup } from "./figure-book.ts";
import { gates } from "./figures.ts";
import { translatorOf } from "./messages/catalogue.ts";
import type { Language } from "./messages/catalogue.ts";
import { readingTexts } from "./messages/reading.ts";
import type { ReadingText } from "./messages/reading.ts";
import {
  dayNumber, formatCount, formatDay, formatDecimal, formatHours, formatNearDay, formatShare,
} from "./number-format.ts";

/** A run of words: `done` counts what is reached, `due` what needs attention. */
export interface SentencePart {
  readonly text: string;
  readonly tone: "plain" | "done" | "due";
}

/** First line and the line below it; `plainText` joins a line for mails, cards and titles. */
export interface ReadingSentence {
  readonly lead: readonly SentencePart[];
  readonly more: readonly SentencePart[];
}

interface Place {
  readonly book: FigureBook;
  readonly area: string;
  readonly asOf: string;
  readonly language: Language;
}

/**
 * The page's answer in words, made by rule from the figures of one area as of a day.
 * Provinces and cities: started counties and the gate that is due; counties: missing hours.
 */
export function buildReadingSentence(place: Place): ReadingSentence {
  const isCounty = findArea(place.area)?.level === "county";
  const lead = isCounty ? countyLead(place) : gateLead(place);
  const more = isCounty ? countyMore(place) : completionLine(place) + gapLine(place) +
    notStartedLine(place);
  return { lead: splitTones(lead), more: splitTones(more) };
}

export function plainText(parts: readonly SentencePart[]): string {
  return parts.map((part) => part.text).join("");
}

/** The gate that a reader asks for: the first unreached one that is not past, else the last. */
export function findCurrentGate(
  book: FigureBook, area: string, asOf: string,
): { readonly gate: (typeof gates)[number]; readonly row: FigureRow } | undefined {
  const known = gates.flatMap((gate) => {
    const row = book.find(area, gate.figure);
    return row ? [{ gate, row }] : [];
  });
  const isReached = (row: FigureRow) => row.state_code?.startsWith("reached") ?? false;
  return known.find(({ gate, row }) => !isReached(row) && gate.dueOn >= asOf) ?? known.at(-1);
}

/** The helped group furthest behind the others in progress of hours. */
export function findWidestGap(
  book: FigureBook, area: string,
): { readonly group: HelpedGroup; readonly row: FigureRow } | undefined {
  let widest: { group: HelpedGroup; row: FigureRow } | undefined;
  for (const group of helpedGroups) {
    const row = book.find(area, "gap_H3", group);
    if (row?.share == null) continue;
    if (!widest || row.share < (widest.row.share ?? 0)) widest = { group, row };
  }
  return widest;
}

function gateLead({ book, area, asOf, language }: Place): string {
  const t = translatorOf(readingTexts, language);
  const started = book.find(area, "R1");
  if (!started) return t("noFigures", { area: findArea(area)?.name ?? area });
  const head = t("started", {
    area: area.length > 2 ? `${findArea(area)?.name ?? area} ` : "",
    counties: formatCount(started.d), n: formatCount(started.n), share: formatShare(started.share),
  });
  const current = findCurrentGate(book, area, asOf);
  if (!current) return head + t("stop");
  const { gate, row } = current;
  const year = gate.dueOn.slice(0, 4);
  const values = {
    percent: `${gate.percent}%`,
    yearEnd: year === asOf.slice(0, 4) ? t("thisYearEnd") : t("yearEnd", { year }),
    short: formatCount(Math.max(0, (row.target ?? 0) - (row.n ?? 0))),
    day: formatNearDay(row.on_date, asOf, language),
    late: row.on_date ? formatCount(dayNumber(row.on_date) - dayNumber(gate.dueOn)) : "",
  };
  return head + t(gateClause(row), values);
}

function gateClause(row: FigureRow): ReadingText {
  switch (row.state_code) {
    case "reached": return "gateReached";
    case "reached_late": return "gateReachedLate";
    case "on_track": return "gateOnTrack";
    case "behind": return row.on_date ? "gateBehind" : "gateBehindNoDay";
    case "stalled": return "gateStalled";
    case "missed": return "gateMissed";
    default: return "gateNotBegun";
  }
}

function completionLine({ book, area, language }: Place): string {
  const t = translatorOf(readingTexts, language);
  const complete = book.find(area, "H2");
  if (!complete?.d) return "";
  return t("completed", {
    n: formatCount(complete.n), d: formatCount(complete.d), share: formatShare(complete.share),
  });
}

function gapLine({ book, area, language }: Place): string {
  const t = translatorOf(readingTexts, language);
  const widest = findWidestGap(book, area);
  if (!widest) return t("stop");
  const { group, row } = widest;
  const points = row.share ?? 0;
  if (points >= 0) return t("noGap");
  const head = t("gap", { group: t(`group_${group}`), points: formatDecimal(-points * 100) });
  if (row.share_before == null) return head + t("stop");
  const narrowed = (points - row.share_before) * 100;
  if (Math.abs(narrowed) < 0.05) return head + t("gapSame");
  return head + t(narrowed > 0 ? "gapNarrowed" : "gapWidened", {
    change: formatDecimal(Math.abs(narrowed)),
  });
}

const namedCounties = 8;

/** A city's reader asks which counties: those that have not started, by name. */
function notStartedLine({ book, area, language }: Place): string {
  if (findArea(area)?.level !== "city") return "";
  const t = translatorOf(readingTexts, language);
  const open = childrenOf(area).filter((county) => {
    const state = book.find(county.code, "R1")?.state_code;
    return state != null && state !== "started";
  });
  if (open.length === 0) return "";
  return t(open.length > namedCounties ? "notStartedAmong" : "notStarted", {
    n: formatCount(open.length),
    names: open.slice(0, namedCounties).map((county) => county.name).join(t("listComma")),
  });
}

function countyLead({ book, area, language }: Place): string {
  const t = translatorOf(readingTexts, language);
  const name = findArea(area)?.name ?? area;
  const progress = book.find(area, "H3");
  if (progress?.state_code === "not_reported") return t("countyNotReported", { area: name });
  const online = book.find(area, "H5_online")?.n;
  const practice = book.find(area, "H5_practice")?.n;
  if (!progress?.d || online == null || practice == null) return t("noFigures", { area: name });
  if (online === 0 && practice === 0) return t("countyComplete", { area: name });
  const state = book.find(area, "R1");
  const started = t(countyStart(state?.state_code ?? null), {
    day: formatDay(state?.on_date, language),
  });
  return t("countyMissing", {
    area: name, started,
    hours: formatHours(online + practice),
    online: formatHours(online), practice: formatHours(practice),
  });
}

function countyStart(state: string | null): ReadingText {
  if (state === "started") return "countyStarted";
  if (state === "declared_only") return "countyDeclaredOnly";
  return state === "activity_only" ? "countyActivityOnly" : "countyNotStarted";
}

function countyMore(place: Place): string {
  const { book, area, language } = place;
  const t = translatorOf(readingTexts, language);
  const own = book.find(area, "H3");
  if (own?.state_code === "not_reported") return t("countyNotReportedMore");
  const city = book.find(area.slice(0, 4), "H3");
  const head = completionLine(place);
  if (own?.share == null || city?.share == null) return head && head + t("stop");
  const points = (own.share - city.share) * 100;
  return head + t(points < 0 ? "belowCity" : "aboveCity", {
    share: formatShare(own.share), points: formatDecimal(Math.abs(points)),
  });
}

function splitTones(text: string): readonly SentencePart[] {
  const parts: SentencePart[] = [];
  let from = 0;
  for (const match of text.matchAll(/<(done|due)>(.*?)<\/\1>/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), tone: "plain" });
    parts.push({ text: match[2] ?? "", tone: match[1] as "done" | "due" });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), tone: "plain" });
  return parts;
}
