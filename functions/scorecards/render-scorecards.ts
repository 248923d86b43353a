import { counties } from "../shared/areas.ts";
import { buildFigureBook } from "../shared/figure-book.ts";
import { programmeFirstDay, programmeLastDay, smallGroupTeachers } from "../shared/figures.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { buildReadingSentence, plainText } from "../shared/reading-sentence.ts";
import { buildCardData, type CardFinding, type CardRun } from "./card-data.ts";
import { openCardPress, type CardPage, type CardPress, type TypesetCard } from "./card-press.ts";
import { readCardMarts } from "./read-card-marts.ts";

export interface ScorecardsRequest {
  readonly store: ObjectStore;
  readonly runId: string;
  readonly asOf: string;
  readonly scratch: string;
  readonly log: Log;
  /** Address of the published site without a trailing slash. */
  readonly siteUrl: string;
  /** Default: a press of its own. */
  readonly press?: CardPress;
  /** This thread typesets too from then on; default: at once. */
  readonly mayHelp?: Promise<unknown>;
  /** Told of each card when it is stored. */
  readonly onStored?: (card: TypesetCard) => void;
}

/**
 * The thread that typesets the cards of a site; opened before a run is measured it reads its fonts
 * meanwhile. Whoever opens it closes it.
 */
export function openScorecardPress(siteUrl: string): CardPress {
  return openCardPress({
    pages: counties.map(({ code }): CardPage => ({ code, url: pageUrl(siteUrl, code) })),
  });
}

/**
 * Writes `runs/<run id>/scorecards/<county>.pdf` for every county; the same run gives the same
 * bytes. Throws EngineError when the typesetter warns. Returns the number of cards.
 */
export async function renderScorecards(request: ScorecardsRequest): Promise<number> {
  const { store, runId, log } = request;
  const press = request.press ?? openScorecardPress(request.siteUrl);
  try {
    const run = await readCardRun(request);
    const qrCodes = await press.qrCodes();
    let done = 0;
    const cards = counties.map(({ code }) => ({
      code, data: { ...buildCardData(run, code), qr: qrCodes.get(code) },
    }));
    await press.typeset({ cards, createdOn: run.asOf }, async ({ code, bytes }) => {
      await store.put(homeKeys.run(runId, `scorecards/${code}.pdf`), bytes);
      request.onStored?.({ code, bytes });
      done += 1;
      if (done % 50 === 0) log.progress(`scorecards ${done}/${cards.length}`);
    }, request.mayHelp);
    return done;
  } finally {
    if (!request.press) await press.close();
  }
}

async function readCardRun(request: ScorecardsRequest): Promise<CardRun> {
  const { store, runId, scratch, asOf } = request;
  const marts = await readCardMarts(store, runId, scratch);
  const book = buildFigureBook([...marts.figures.values()].flat().map((row) => ({
    ...row, n_before: null, d_before: null, share_before: null,
  })));
  return {
    ...marts, runId, asOf,
    findings: await readJson<readonly CardFinding[]>(store, homeKeys.run(runId, "findings.json")) ?? [],
    smallGroup: smallGroupTeachers,
    programmeFirstDay, programmeLastDay,
    readingSentence: (area) =>
      plainText(buildReadingSentence({ book, area, asOf, language: "zh" }).lead),
    pageUrl: (area) => pageUrl(request.siteUrl, area),
  };
}

function pageUrl(siteUrl: string, countyCode: string): string {
  return `${siteUrl}/app/#/51/${countyCode.slice(0, 4)}/${countyCode}`;
}
