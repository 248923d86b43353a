import type { Contract } from "../contracts/contract.ts";
import { buildJudgeSeeds, type JudgeSeeds } from "../judge/seeds.ts";
import { parseSeed } from "../../shared/seeds.ts";
import type { RawFile, RawRow, RawSheet } from "../raw.ts";
import { openExport } from "../readers/open-export.ts";
import { HEADER_ROWS, RefusalError } from "../readers/open-options.ts";
import { decodeHead, findLikelyEncoding } from "../readers/text-encoding.ts";
import { ColumnProfiler } from "./column-profiler.ts";
import { detectFormat, findForeignText } from "./detect-format.ts";
import { findAnyHeader, findContractHeader, headerColumns } from "./guess-header.ts";
import type { FileStudy, Inspection, SheetInspection, SheetProfile } from "./inspection.ts";
import { findWholeObject, inspectJson, inspectObject } from "./read-json.ts";
import { readEnds } from "./read-ends.ts";
import { isFilled, SheetShape } from "./sheet-shape.ts";
import { cutFaultyRow, isSameReading, sniffText, type SniffedText } from "./sniff-delimiter.ts";
import { tryContract } from "./try-contract.ts";

export interface StudyRequest {
  readonly path: string;
  readonly contracts: readonly Contract[];
  /** Texts of the judge's seeds. */
  readonly seeds: readonly { readonly name: string; readonly text: string }[];
  /** Columns and the trial too, not only the inspection. */
  readonly isDeep: boolean;
  /** An event after this day is invalid. */
  readonly day: string;
}

/**
 * Reads a file to its end and says what it is; never throws for what a file holds. `onProgress`
 * hears what is known so far, for a caller that may have to end this early.
 */
export async function studyFile(
  request: StudyRequest, onProgress: (inspection: Inspection) => void,
): Promise<FileStudy> {
  const { head, tail } = readEnds(request.path);
  const sniff = once(() => sniffText(decodeHead(head, findLikelyEncoding(head))));
  const study = new Study(request, sniff, onProgress);
  const foreign = findForeignText(head);
  if (foreign !== undefined) {
    return study.refuse(`unreadable: ${foreign}`, detectFormat(head, tail));
  }
  try {
    const opened = await openExport(request.path, {
      findHeader: headerFinder(request, sniff),
      // The paths of lines are asked for the report alone: keys are counted here.
      headerColumns: request.isDeep ? undefined : [],
    });
    if ("refused" in opened) {
      return study.refuse(`${opened.refused}: ${opened.detail}`, detectFormat(head, tail));
    }
    return await study.read(opened);
  } catch (error) {
    if (error instanceof RefusalError) {
      return study.refuse(error.message, detectFormat(head, tail));
    }
    // Whatever damage no reader foresaw: its class is enough, its text may quote the file.
    const name = error instanceof Error ? error.name : "error";
    return study.refuse(`unreadable: damaged file (${name})`, detectFormat(head, tail));
  }
}

/** Chooses encoding and delimiter of a text: by a contract's header, else by how it is cut best. */
function headerFinder(
  { contracts }: StudyRequest, sniff: () => SniffedText | undefined,
): (rows: readonly RawRow[]) => number | undefined {
  return (rows) => {
    const found = findContractHeader(contracts, rows);
    if (found !== undefined) return found;
    const best = sniff();
    return best && isSameReading(rows, best.rows) ? 0 : undefined;
  };
}

/** Remembers the first answer. */
function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | undefined;
  return () => (answer ??= { value: ask() }).value;
}

class Study {
  readonly #request: StudyRequest;
  readonly #sniff: () => SniffedText | undefined;
  readonly #onProgress: (inspection: Inspection) => void;
  readonly #sheets: SheetInspection[] = [];
  readonly #profiles: SheetProfile[] = [];
  #seeds: JudgeSeeds | undefined;
  #refused: string | null = null;

  constructor(
    request: StudyRequest, sniff: () => SniffedText | undefined,
    onProgress: (inspection: Inspection) => void,
  ) {
    this.#request = request;
    this.#sniff = sniff;
    this.#onProgress = onProgress;
  }

  refuse(
    refused: string, { format, encoding }: Pick<Inspection, "format" | "encoding">,
  ): FileStudy {
    const inspection = { format, encoding, sheets: this.#sheets, refused, xapi: null };
    return { inspection, profiles: this.#profiles, trial: null };
  }

  async read(file: RawFile): Promise<FileStudy> {
    const { isDeep, path } = this.#request;
    try {
      const inspection = await this.#inspect(file);
      if (!isDeep) return { inspection, profiles: [], trial: null };
      this.#onProgress(inspection);
      if (file.format === "json" || file.format === "ndjson") await this.#profileJson(file);
      const trial = inspection.refused === null
        ? await tryContract(this.#request, path, inspection, file, this.#judgeSeeds()) : null;
      return { inspection, profiles: this.#profiles, trial };
    } finally {
      await file.close();
    }
  }

  #judgeSeeds(): JudgeSeeds {
    this.#seeds ??= buildJudgeSeeds(
      this.#request.seeds.map(({ name, text }) => parseSeed(name, text)));
    return this.#seeds;
  }

  async #inspect(file: RawFile): Promise<Inspection> {
    const { path } = this.#request;
    if (file.format === "json" || file.format === "ndjson") {
      const whole = findWholeObject(path, file.encoding ?? "utf-8");
      return whole ? inspectObject(whole, file.encoding ?? "utf-8")
        : inspectJson(path, file, this.#onProgress);
    }
    for (const sheet of file.sheets) {
      try {
        await this.#readSheet(file, sheet);
      } catch (error) {
        if (!(error instanceof RefusalError)) throw error;
        // The other sheets may be whole.
        this.#refused ??= error.message;
      }
    }
    return this.#soFar(file);
  }

  #soFar(file: RawFile, open?: SheetInspection): Inspection {
    return {
      format: file.format, encoding: file.encoding,
      sheets: open ? [...this.#sheets, open] : [...this.#sheets],
      refused: this.#refused, xapi: null,
    };
  }

  async #readSheet(file: RawFile, sheet: RawSheet): Promise<void> {
    const run = new SheetRun(sheet.name, this.#request);
    try {
      for await (const batch of sheet.rows()) {
        run.add(batch.map((row) => (row.fault && file.format === "csv"
          ? cutFaultyRow(row, this.#sniff()?.delimiter ?? ",") : row)));
        this.#onProgress(this.#soFar(file, run.inspection()));
      }
    } finally {
      run.end();
      this.#sheets.push(run.inspection());
      const profile = run.profile(() => this.#judgeSeeds());
      if (profile) this.#profiles.push(profile);
    }
  }

  async #profileJson(file: RawFile): Promise<void> {
    for (const { name, columns, rows } of file.sheets) {
      const profiler = new ColumnProfiler(columns ?? [], 0);
      for await (const batch of rows()) for (const row of batch) profiler.add(row);
      this.#profiles.push(profiler.finish(name, this.#judgeSeeds()));
    }
  }
}

/** One sheet while its rows go by. */
class SheetRun {
  readonly #name: string;
  readonly #request: StudyRequest;
  readonly #shape = new SheetShape();
  #head: RawRow[] | undefined = [];
  #header: RawRow | undefined;
  #profiler: ColumnProfiler | undefined;

  constructor(name: string, request: StudyRequest) {
    this.#name = name;
    this.#request = request;
  }

  add(batch: readonly RawRow[]): void {
    for (const row of batch) this.#shape.add(row);
    if (!this.#head) {
      for (const row of batch) this.#profiler?.add(row);
      return;
    }
    this.#head.push(...batch);
    if (this.#head.length >= HEADER_ROWS) this.end();
  }

  /** Looks for the header among the rows so far. */
  end(): void {
    if (!this.#head) return;
    const head = this.#head;
    this.#head = undefined;
    const index = findAnyHeader(this.#request.contracts, head);
    if (index === undefined) return;
    this.#header = head[index] as RawRow;
    if (!this.#request.isDeep) return;
    const first = this.#header.cells.findIndex(isFilled);
    this.#profiler = new ColumnProfiler(headerColumns(this.#header), first);
    for (const row of head.slice(index + 1)) this.#profiler.add(row);
  }

  inspection(): SheetInspection {
    return {
      name: this.#name, n_rows: this.#shape.nRows, n_columns: this.#shape.nColumns,
      header_row: this.#header?.row ?? null, columns: headerColumns(this.#header),
    };
  }

  profile(seeds: () => JudgeSeeds): SheetProfile | undefined {
    return this.#profiler?.finish(this.#name, seeds());
  }
}
