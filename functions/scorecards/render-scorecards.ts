import { counties } from "../shared/areas.ts";
import { buildFigureBook } from "../shared/figure-book.ts";
import { programmeFirstDay, programmeLastDay, smallGroupTeachers } from "../shared/figures.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readParquet } from "../shared/read-parquet.ts";
import { buildReadingSentence, plainText } from "../shared/reading-sentence.ts";
import {
  buildCardData, type CardFinding, type CardRun, type FigureRow, type SchoolRow, type SeriesRow,
} from "./card-data.ts";
import { openCardPress, type CardPage, type CardPress } from "./card-press.ts";

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
  const read = async <T extends object>(mart: string): Promise<readonly T[]> =>
    await readParquet(
      await store.fetchToFile(homeKeys.run(runId, `${mart}.parquet`), scratch),
    ) as readonly object[] as readonly T[];
  const figures = groupBy(await read<FigureRow>("mart_figure"), (r) => r.area_code);
  const before = groupBy(await read<FigureRow>("mart_figure_before"), (r) => r.area_code);
  const book = buildFigureBook([...figures.values()].flat().map((row) => ({
    ...row, n_before: null, d_before: null, share_before: null,
  })));
  const systems = await read<{ is_in_time: boolean }>("mart_system");
  return {
    runId, asOf, figures, before,
    schools: groupBy(await read<SchoolRow>("mart_school"), (r) => r.county_code),
    series: groupBy(await read<SeriesRow>("mart_series"), (r) => r.area_code),
    findings: await readJson<readonly CardFinding[]>(store, homeKeys.run(runId, "findings.json")) ?? [],
    systemsInTime: systems.filter((s) => s.is_in_time).length,
    systems: systems.length,
    smallGroup: smallGroupTeachers,
    programmeFirstDay, programmeLastDay,
    readingSentence: (area) =>
      plainText(buildReadingSentence({ book, area, asOf, language: "zh" }).lead),
    pageUrl: (area) => pageUrl(request.siteUrl, area),
  };
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

function pageUrl(siteUrl: string, countyCode: string): string {
  return `${siteUrl}/app/#/51/${countyCode.slice(0, 4)}/${countyCode}`;
}
