import { ContractError } from "../shared/errors.ts";
import type { DuplicateLog } from "./duplicate-log.ts";
import {
  HAS_REMARK, IS_MISSED_WHEN_PASSED, IS_TITLE, IS_TOTAL, marksOfAbsent, MAY_VOID, NOT_PASSED,
  type ColumnReadings,
} from "./judge/column-readings.ts";
import type { ContentDigest } from "./judge/content-digest.ts";
import { isAfter } from "./judge/judge-cells.ts";
import { EMPTY, type Parsed } from "./judge/parse-field.ts";
import { PlainPersons, type PlainPerson } from "./plain-persons.ts";
import type { RowPlan } from "./judge/row-plan.ts";
import type { ColumnBuffer } from "./parquet/column-buffer.ts";
import { IdWriter } from "./plain-ids.ts";
import { PlainValues } from "./plain-values.ts";
import type { StagedColumns } from "./staging.ts";

/** Somebody else must look at such a row. */
const needsCare = IS_TITLE | IS_TOTAL | HAS_REMARK | MAY_VOID;

/**
 * Judges and stages the rows of which nothing is to be said: every cell is read, nothing needed is
 * missing, no fault, no warning. What such a row becomes follows from its cells one by one, so it
 * goes from their numbers to the columns of the staging, and no object is made of it. Any other row
 * is left to `createCellJudge`; both give the same rows.
 */
export class PlainRows {
  readonly #plan: RowPlan;
  readonly #columns: readonly ColumnReadings[];
  readonly #absent: number;
  readonly #table: StagedColumns;
  readonly #id: IdWriter;
  readonly #values: PlainValues;
  readonly #persons: PlainPersons;
  readonly #digest: ContentDigest = new Int32Array(4);
  readonly #content = new Int32Array(4);
  readonly #place: ColumnBuffer;
  readonly #rowNumber: ColumnBuffer;
  readonly #scope: ColumnBuffer;
  readonly #version: ColumnBuffer;
  readonly #contentHash: ColumnBuffer;
  readonly #personKey: ColumnBuffer;
  /** Columns of the fields, -1 none. */
  readonly #scopeAt: number;
  readonly #versionAt: number;
  readonly #beginAt: number;
  readonly #endAt: number;

  constructor(plan: RowPlan, columns: readonly ColumnReadings[], table: StagedColumns) {
    const columnOf = (index: number | undefined): number =>
      plan.fields.find((field) => field.index === index)?.column ?? -1;
    const buffer = (name: string): ColumnBuffer => table.columns.get(name) as ColumnBuffer;
    this.#plan = plan;
    this.#columns = columns;
    this.#table = table;
    this.#absent = marksOfAbsent(plan);
    this.#id = new IdWriter(plan, columns, buffer("record_id"), buffer("id_rest"));
    this.#values = new PlainValues(plan, columns, table);
    this.#persons = new PlainPersons(plan, columns);
    this.#place = buffer("stage_seq");
    this.#rowNumber = buffer("row_number");
    this.#scope = buffer("scope");
    this.#version = buffer("record_version");
    this.#contentHash = buffer("content_hash");
    this.#personKey = buffer("person_key");
    this.#scopeAt = columnOf(plan.scope);
    this.#versionAt = columnOf(plan.version);
    this.#beginAt = columnOf(plan.period?.begin);
    this.#endAt = columnOf(plan.period?.end);
  }

  /** Whether rows of the table can be plain at all. */
  static canBe(plan: RowPlan, columns: readonly ColumnReadings[]): boolean {
    // With two cells that are never empty no row is a title of a group.
    const isNoTitle = plan.fields.filter((f) => f.isRequired && f.column >= 0).length >= 2;
    return isNoTitle && plan.area === null
      && (plan.accounts === null || plan.persons.length === 0)
      && (marksOfAbsent(plan) & needsCare) === 0
      && plan.fields.every((f) => f.column < 0
        || columns[f.column]?.isDirect === true && columns[f.column]?.field === f);
  }

  /** Numbers of cells begin anew. */
  forget(): void {
    this.#id.forget();
    this.#values.forget();
    this.#persons.forget();
    this.#scope.forgetKeys();
  }

  /** The scope of a row that was staged; undefined for a row that is not plain. */
  take(
    numbers: Int32Array, row: number, place: number, records: DuplicateLog,
  ): string | undefined {
    const columns = this.#columns;
    let marks = this.#absent;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as ColumnReadings;
      const number = numbers[i] as number;
      if (number >= column.size) column.readTo(number);
      marks |= column.marks[number] as number;
      const { digests } = column;
      const at = number * 4;
      a = a + (digests[at] as number) | 0;
      b = b + (digests[at + 1] as number) | 0;
      c = c + (digests[at + 2] as number) | 0;
      d = d + (digests[at + 3] as number) | 0;
    }
    if ((marks & needsCare) !== 0) return undefined;
    const isPassed = (marks & NOT_PASSED) === 0;
    if (isPassed && (marks & IS_MISSED_WHEN_PASSED) !== 0) return undefined;
    const person = this.#persons.find(numbers);
    if (!person || this.#plan.isPersonInId && person.key === null) return undefined;
    if (this.#endAt >= 0 && this.#isContradictory(numbers)) return undefined;

    const digest = this.#digest;
    digest[0] = a;
    digest[1] = b;
    digest[2] = c;
    digest[3] = d;
    try {
      return this.#stage(numbers, row, place, records, isPassed, person);
    } catch (cause) {
      // The judge parsed the values: a type that does not fit is no file's fault.
      throw new ContractError(`${this.#plan.contract.relation}: invalid value of a column`, {
        cause,
      });
    }
  }

  #stage(
    numbers: Int32Array, row: number, place: number, records: DuplicateLog, isPassed: boolean,
    person: PlainPerson,
  ): string {
    const { key } = person;
    const content = this.#content;
    this.#plan.tokens.sealContent(this.#digest, content);
    this.#contentHash.putPlain().putHex(content);
    this.#place.putInteger(place);
    this.#rowNumber.putInteger(row);
    const scope = this.#scopeAt < 0 ? "" : String(this.#parsed(this.#scopeAt, numbers).value ?? "");
    this.#scope.putKeyedText(this.#scopeAt < 0 ? 0 : numbers[this.#scopeAt] as number, scope);
    const version = this.#versionAt < 0 ? 0
      : Number(this.#parsed(this.#versionAt, numbers).value ?? 0);
    this.#version.putDouble(version);
    if (key === null) this.#personKey.putNull();
    else this.#personKey.putText(key);
    const { high, low } = this.#id.put(numbers, key);
    this.#values.put(numbers, isPassed, person);
    this.#table.endRow();
    records.addHash(
      high, low, (content[0] as number) >>> 0, (content[1] as number) >>> 0, version, place);
    return scope;
  }

  #isContradictory(numbers: Int32Array): boolean {
    const begin = this.#parsed(this.#beginAt, numbers);
    const end = this.#parsed(this.#endAt, numbers);
    return begin.value !== null && end.value !== null && isAfter(begin, end);
  }

  #parsed(column: number, numbers: Int32Array): Parsed {
    if (column < 0) return EMPTY;
    return (this.#columns[column] as ColumnReadings).parsed[numbers[column] as number] as Parsed;
  }
}
