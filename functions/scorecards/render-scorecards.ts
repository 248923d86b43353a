import qrcode from "qrcode-generator";
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
import { typesetCards } from "./typeset-cards.ts";

export interface ScorecardsRequest {
  readonly store: ObjectStore;
  readonly runId: string;
  readonly asOf: string;
  readonly scratch: string;
  readonly log: Log;
  /** Address of the published site without a trailing slash. */
  readonly siteUrl: string;
}

/**
 * Writes `runs/<run id>/scorecards/<county>.pdf` for every county; the same run gives the same
 * bytes. Throws EngineError when the typesetter warns. Returns the number of cards.
 */
export async function renderScorecards(request: ScorecardsRequest): Promise<number> {
  const { store, runId, log } = request;
  const run = await readCardRun(request);
  let done = 0;
  const cards = counties.map((county) => ({
    code: county.code,
    data: { ...buildCardData(run, county.code), qr: buildQr(run.pageUrl(county.code)) },
  }));
  await typesetCards({ cards, createdOn: run.asOf }, async ({ code, bytes }) => {
    await store.put(homeKeys.run(runId, `scorecards/${code}.pdf`), bytes);
    done += 1;
    if (done % 50 === 0) log.progress(`scorecards ${done}/${cards.length}`);
  });
  return done;
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
    pageUrl: (area) => `${request.siteUrl}/app/#/51/${area.slice(0, 4)}/${area}`,
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

/** QR code as strict SVG, one path. */
export function buildQr(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let y = 0; y < count; y++) {
    for (let x = 0; x < count; x++) if (code.isDark(y, x)) path += `M${x} ${y}h1v1h-1z`;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${count} ${count}"><path d="${path}"/></svg>`;
}
