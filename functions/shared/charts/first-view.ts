import { areaName } from "../areas.ts";
import { buildFigureBook } from "../figure-book.ts";
import type { FigureRow, SeriesRow } from "../figure-book.ts";
import { translatorOf } from "../messages/catalogue.ts";
import type { Language } from "../messages/catalogue.ts";
import { pageTexts } from "../messages/pages.ts";
import { formatDay } from "../number-format.ts";
import { buildReadingSentence } from "../reading-sentence.ts";
import type { SentencePart } from "../reading-sentence.ts";
import { drawGateTrack } from "./gate-track.ts";
import { buildGateCards, buildGateTrack } from "./gate-view.ts";
import { escapeXml } from "./svg.ts";

/** Widths of the two drawings; style.css shows the one that fits. */
const narrowPixels = 336;
const widePixels = 880;

/**
 * The first view of a province's or city's page as HTML, made when it is published: sentence,
 * track, cards. A weak phone shows it before the program has arrived, which then replaces it.
 */
export function buildFirstView(slice: {
  readonly area: string; readonly asOf: string; readonly language: Language;
  readonly overview: readonly FigureRow[]; readonly series: readonly SeriesRow[];
}): string {
  const { area, asOf, language } = slice;
  const t = translatorOf(pageTexts, language);
  const book = buildFigureBook(slice.overview);
  const sentence = buildReadingSentence({ book, area, asOf, language });
  const track = buildGateTrack(book, slice.series, area, asOf);
  const cards = buildGateCards({ book, area, asOf }, t, language).map((card) =>
    `<div class="card ${card.tone}"><h3>${escapeXml(card.title)}</h3>` +
    `<p class="big">${card.started} <small>${escapeXml(card.needed)}</small></p>` +
    `<p><b class="state">${escapeXml(card.state)}</b>` +
    `${card.facts.map((fact) => `<span> · ${escapeXml(fact)}</span>`).join("")}</p></div>`);
  return [
    `<header class="top"><span class="brand">${escapeXml(t("brand"))}</span>`,
    `<nav aria-label="${escapeXml(t("breadcrumb"))}"><b>${escapeXml(areaName(area))}</b></nav>`,
    "<span class=\"gap\"></span>",
    `<span class="chip">${escapeXml(t("asOf", { day: formatDay(asOf, language) }))}</span></header>`,
    "<main id=\"main\" tabindex=\"-1\"><section class=\"reading wide\">",
    `<h1>${sentence.lead.map(partHtml).join("")}</h1>`,
    `<p>${sentence.more.map(partHtml).join("")}</p></section>`,
    `<section class="two"><h2>${escapeXml(t("trackHeading"))}</h2>`,
    `<p class="quiet">${escapeXml(t("trackNote"))}</p>`,
    `<div class="drawing narrow">${drawGateTrack(track, narrowPixels, language)}</div>`,
    `<div class="drawing broad">${drawGateTrack(track, widePixels, language)}</div></section>`,
    `<section class="one cards">${cards.join("")}</section></main>`,
  ].join("");
}

function partHtml(part: SentencePart): string {
  const text = escapeXml(part.text);
  return part.tone === "plain" ? text : `<em class="${part.tone}">${text}</em>`;
}
