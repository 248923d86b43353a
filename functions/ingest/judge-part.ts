import { createCellJudge, type JudgeCells } from "./judge/cell-judge.ts";
import { buildReadings, type ColumnReadings } from "./judge/column-readings.ts";
import type { JudgeFileRequest } from "./judge/file-verdict.ts";
import { createRowJudge, planRows, type JudgeRow, type TableFacts } from "./judge/judge.ts";
import { Tokens } from "./judge/tokens.ts";
import type { Verdict } from "./judge/verdict.ts";
import type { FileCut } from "./plan-cut.ts";
import type { RawRow } from "./raw.ts";
import { CellReader } from "./readers/read-cells.ts";
import { JsonLineReader } from "./readers/read-json-lines.ts";
import type { DuplicateLog } from "./duplicate-log.ts";
import { PlainRows } from "./plain-rows.ts";
import type { StagedColumns } from "./staging.ts";
import { RowTally, type PartCounts } from "./row-tally.ts";
import { passRejected, takeVerdict } from "./take-verdict.ts";

export type PartRequest = Pick<JudgeFileRequest, "path" | "onAccepted" | "onRejected"> & {
  /** Where the records of rows go that are staged here instead of passed on. */
  readonly records?: DuplicateLog;
  /** Bytes read at once; 1 MiB if not given. */
  readonly chunkBytes?: number;
};

/**
 * Judges parts of one text file in any order. Unlike `judgeFile` it passes repeated rows on: which
 * row repeats another shows only where all parts come together. Keeps what it knows of the cells of
 * each column from part to part.
 */
export class PartJudge {
  readonly #cut: FileCut;
  readonly #reader: CellReader | JsonLineReader;
  readonly #judgeRow: JudgeRow;
  readonly #readings: readonly ColumnReadings[];
  readonly #judgeCells: JudgeCells;
  readonly #plain: PlainRows | undefined;
  #generation = 0;

  /** `columns`: where plain rows are staged at once; without them every row is passed on. */
  constructor(cut: FileCut, request: Pick<
    JudgeFileRequest, "seeds" | "tokenKey" | "tokens" | "landingDay"
  >, columns?: StagedColumns, mostCells?: number) {
    const { contract, header, encoding, delimiter } = cut;
    this.#cut = cut;
    this.#reader = delimiter === null
      ? new JsonLineReader(encoding, header.headers, mostCells)
      : new CellReader(encoding, delimiter, header.headers.length, mostCells);
    const facts: TableFacts = { header, is1904: false, isText: delimiter !== null };
    const plan = planRows({
      contract, seeds: request.seeds, landingDay: request.landingDay,
      tokens: request.tokens ?? new Tokens(request.tokenKey),
    }, facts);
    this.#judgeRow = createRowJudge(plan, facts);
    this.#readings = buildReadings(plan, header.texts, this.#reader.tables);
    this.#judgeCells = createCellJudge(plan, header, this.#readings);
    this.#plain = columns && PlainRows.canBe(plan, this.#readings)
      ? new PlainRows(plan, this.#readings, columns) : undefined;
  }

  judgePart(index: number, request: PartRequest): PartCounts {
    const { contract, format, header, ranges, encoding } = this.#cut;
    const range = ranges[index];
    if (!range) throw new Error(`part ${index}: not one of ${ranges.length}`);
    const { path, chunkBytes, records } = request;
    const reader = this.#reader;
    const tally = new RowTally(contract.mode === "full");
    let place = range.rowsBefore;
    let nHead = 0;
    // Of objects there is no header row.
    if (index === 0 && header.index >= 0) {
      tally.skipped = header.index;
      tally.aside = 1;
      nHead = header.index + 1;
    }
    const isOfHead = (): boolean => {
      place++;
      tally.delivered++;
      return nHead > 0 && nHead-- > 0;
    };
    const take = (verdict: Verdict, row: number, raw: () => RawRow): void => {
      takeVerdict(tally, verdict);
      if (verdict.kind === "accepted") request.onAccepted(verdict, row, "", place);
      else if (verdict.kind === "rejected") {
        passRejected(request, format, verdict, raw(), "", place);
      }
    };
    reader.read({ path, encoding, ...(chunkBytes === undefined ? {} : { chunkBytes }) }, range, {
      takeCells: (numbers, row) => {
        if (isOfHead()) return;
        if (reader.generation !== this.#generation) this.#forget();
        const scope = records && this.#plain?.take(numbers, row, place, records);
        if (scope !== undefined) tally.addPlain(scope);
        else take(this.#judgeCells(numbers), row, () => reader.rawRow(row));
      },
      takeRow: (row) => {
        if (!isOfHead()) take(this.#judgeRow(row), row.row, () => row);
      },
    });
    return tally.counts();
  }

  #forget(): void {
    this.#generation = this.#reader.generation;
    for (const readings of this.#readings) readings.forgetIfStale();
    this.#plain?.forget();
  }
}
