import type { ColumnReadings } from "./judge/column-readings.ts";
import { addToRecordId, beginRecordId, endRecordId } from "./judge/duplicate-index.ts";
import { partText } from "./judge/identity.ts";
import { EMPTY, type Parsed } from "./judge/parse-field.ts";
import type { IdPart, RowPlan } from "./judge/row-plan.ts";
import type { ColumnBuffer } from "./parquet/column-buffer.ts";

const BAR = "|".charCodeAt(0);
/** Combinations of cells that are remembered. */
const MOST_RESTS = 1 << 18;
/** Numbers of cells are smaller. */
const NUMBERS = 2 ** 26;

/** Writes the record ids of plain rows, part by part. */
export class IdWriter {
  readonly #recordIds: ColumnBuffer;
  readonly #idRests: ColumnBuffer;
  readonly #parts: readonly IdColumn[];
  /** Number of a combination so far and of the cell behind it → number of both. */
  readonly #combinations = new Map<number, number>();
  /** One cell is all of it: its number stands for the combination. */
  readonly #isOneCell: boolean;
  readonly #rests: string[] = [];

  constructor(
    plan: RowPlan, columns: readonly ColumnReadings[], recordIds: ColumnBuffer,
    idRests: ColumnBuffer,
  ) {
    this.#recordIds = recordIds;
    this.#idRests = idRests;
    this.#parts = plan.id.map((part) => new IdColumn(plan, part, columns));
    this.#isOneCell = this.#parts.length === 1 && this.#parts[0]?.isPerson === false;
  }

  forget(): void {
    for (const part of this.#parts) part.forget();
    this.#forgetRests();
  }

  /** As `hashRecordId`. */
  put(
    numbers: Int32Array, personKey: string | null,
  ): { readonly high: number; readonly low: number } {
    const parts = this.#parts;
    beginRecordId();
    if (this.#isOneCell) return this.#putCell(numbers, parts[0] as IdColumn);
    const bytes = this.#recordIds.putPlain();
    bytes.openText();
    if (this.#combinations.size >= MOST_RESTS) this.#forgetRests();
    let combination = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as IdColumn;
      if (i > 0) {
        bytes.addCharacter(BAR);
        addToRecordId("|");
      }
      const number = part.column < 0 ? 0 : numbers[part.column] as number;
      if (part.isPerson) {
        bytes.addText(personKey ?? "");
        addToRecordId(personKey ?? "");
        continue;
      }
      if (number >= part.texts.length) part.readTo(number);
      const text = part.texts[number] as string;
      bytes.addText(text);
      addToRecordId(text);
      combination = this.#combine(combination, number);
    }
    bytes.closeText();
    const rest = this.#rests[combination] ?? this.#makeRest(numbers, combination);
    this.#idRests.putKeyedText(combination, rest);
    return endRecordId();
  }

  #putCell(
    numbers: Int32Array, part: IdColumn,
  ): { readonly high: number; readonly low: number } {
    const number = part.column < 0 ? 0 : numbers[part.column] as number;
    if (number >= part.texts.length) part.readTo(number);
    const text = part.texts[number] as string;
    const bytes = this.#recordIds.putPlain();
    bytes.openText();
    bytes.addText(text);
    bytes.closeText();
    this.#idRests.putKeyedText(number, text);
    addToRecordId(text);
    return endRecordId();
  }

  #combine(before: number, number: number): number {
    const both = before * NUMBERS + number;
    const known = this.#combinations.get(both);
    if (known !== undefined) return known;
    const next = this.#combinations.size + 1;
    this.#combinations.set(both, next);
    return next;
  }

  #makeRest(numbers: Int32Array, combination: number): string {
    const texts = this.#parts.filter((part) => !part.isPerson)
      .map((part) => part.texts[part.column < 0 ? 0 : numbers[part.column] as number]);
    return this.#rests[combination] = texts.join("|");
  }

  #forgetRests(): void {
    this.#combinations.clear();
    this.#rests.length = 0;
    this.#idRests.forgetKeys();
  }
}

/** One part of the record id, by the numbers of the cells of its column. */
class IdColumn {
  readonly isPerson: boolean;
  /** -1 where the table has no such column; of a person unused. */
  readonly column: number;
  readonly texts: string[] = [];
  readonly #plan: RowPlan;
  readonly #part: IdPart;
  readonly #readings: ColumnReadings | undefined;

  constructor(plan: RowPlan, part: IdPart, columns: readonly ColumnReadings[]) {
    const column = plan.fields.find((field) => field.index === part.index)?.column ?? -1;
    this.isPerson = part.isPerson;
    this.column = part.isPerson ? -1 : column;
    this.#plan = plan;
    this.#part = part;
    this.#readings = columns[column];
  }

  forget(): void {
    this.texts.length = 0;
  }

  readTo(number: number): void {
    for (let next = this.texts.length; next <= number; next++) {
      const parsed = this.#readings ? this.#readings.parsed[next] as Parsed : EMPTY;
      this.texts.push(partText(this.#plan, this.#part, parsed) ?? "");
    }
  }
}
