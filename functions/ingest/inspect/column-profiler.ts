import type { RawCell, RawRow } from "../raw.ts";
import { cellText } from "../judge/normalise-cell.ts";
import { ownText } from "../judge/own-text.ts";
import type { JudgeSeeds } from "../judge/seeds.ts";
import { guessKind, type CountedCell } from "./guess-kind.ts";
import type { ColumnProfile, SheetProfile } from "./inspection.ts";
import { isPersonalColumn, isPersonalValue, maskText } from "./personal-columns.ts";

/** Rows of a sheet that are looked at for the report. */
const MAX_ROWS = 20_000;
/** Different values of a column that are kept. */
const MAX_DISTINCT = 2_000;
/** A column with at most so many different values could be a list. */
const MAX_LIST = 12;
const N_EXAMPLES = 3;

/** Collects what people want to know of each column while the rows below a header go by. */
export class ColumnProfiler {
  readonly #headers: readonly string[];
  readonly #first: number;
  readonly #columns: { values: Map<string, CountedCell>; nEmpty: number; isCut: boolean }[];
  #nData = 0;

  /** `first`: 0-based column of the first header. */
  constructor(headers: readonly string[], first: number) {
    this.#headers = headers;
    this.#first = first;
    this.#columns = headers.map(() => ({ values: new Map(), nEmpty: 0, isCut: false }));
  }

  add(row: RawRow): void {
    if (this.#nData >= MAX_ROWS || row.fault) return;
    const texts = this.#headers.map((_, i) => keptText(row.cells[this.#first + i]));
    if (texts.every((text) => text === "")) return;
    this.#nData++;
    for (const [i, text] of texts.entries()) {
      const column = this.#columns[i];
      if (!column) continue;
      if (text === "") column.nEmpty++;
      else {
        const known = column.values.get(text);
        if (known) known.n++;
        else if (column.values.size >= MAX_DISTINCT) column.isCut = true;
        else column.values.set(text, { cell: keptCell(row.cells[this.#first + i], text), n: 1 });
      }
    }
  }

  finish(sheet: string, seeds: JudgeSeeds): SheetProfile {
    const columns = this.#headers.flatMap((header, i): ColumnProfile[] => {
      const column = this.#columns[i];
      if (!column || header === "") return [];
      const texts = [...column.values.keys()];
      const nValues = this.#nData - column.nEmpty;
      const isPersonal = isPersonalColumn(header, texts);
      const isListLike = !isPersonal && !column.isCut && texts.length <= MAX_LIST
        && nValues >= texts.length * 2 && !texts.some(isPersonalValue);
      return [{
        header, nValues, isPersonal,
        nEmpty: column.nEmpty,
        nDistinct: texts.length,
        isDistinctCut: column.isCut,
        kind: guessKind(header, [...column.values.values()], { seeds, isListLike }),
        examples: texts.slice(0, N_EXAMPLES).map((text) =>
          (isPersonal || isPersonalValue(text) ? maskText(text) : shorten(text))),
        listValues: isListLike ? texts : [],
      }];
    });
    return { sheet, nData: this.#nData, columns };
  }
}

/** Longer texts are told apart by their beginning. */
const MAX_KEPT_CHARACTERS = 200;

/** Normalised text of a cell, cut without holding on to the whole. */
function keptText(cell: RawCell | undefined): string {
  const text = cellText(cell);
  return text.length > MAX_KEPT_CHARACTERS ? ownText(text.slice(0, MAX_KEPT_CHARACTERS)) : text;
}

function keptCell(cell: RawCell | undefined, text: string): RawCell {
  return typeof cell === "string" && cell.length > MAX_KEPT_CHARACTERS ? text : cell ?? null;
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
