import { envelope, requireRelation } from "../shared/relations.ts";
import type { ColumnReadings } from "./judge/column-readings.ts";
import { fieldValue, type FieldColumnPlan } from "./judge/lake-values.ts";
import { EMPTY, type Parsed } from "./judge/parse-field.ts";
import type { ColumnPlan, RowPlan } from "./judge/row-plan.ts";
import type { LakeValue } from "./judge/verdict.ts";
import type { ColumnBuffer } from "./parquet/column-buffer.ts";
import type { PlainPerson } from "./plain-persons.ts";
import type { StagedColumns } from "./staging.ts";

/** Puts the payload of plain rows, and what is the same in all of them, into staged columns. */
export class PlainValues {
  readonly #table: StagedColumns;
  readonly #nulls: ColumnBuffer[] = [];
  readonly #constants: { readonly buffer: ColumnBuffer; readonly value: string | boolean }[] = [];
  readonly #passed: ColumnBuffer[] = [];
  readonly #teacherNos: ColumnBuffer[] = [];
  readonly #tokens: ColumnBuffer[] = [];
  readonly #platforms: ColumnBuffer[] = [];
  readonly #accountTokens: ColumnBuffer[] = [];
  readonly #cells: CellValues[] = [];
  /** Rows whose constant values are not put yet. */
  #owed = 0;

  constructor(plan: RowPlan, columns: readonly ColumnReadings[], table: StagedColumns) {
    this.#table = table;
    const buffer = (name: string): ColumnBuffer => table.columns.get(name) as ColumnBuffer;
    this.#constants.push({ buffer: buffer("sheet"), value: "" });
    const payload = requireRelation(plan.contract.relation).columns.slice(envelope.length);
    payload.forEach(({ name }, i) =>
      this.#plan(plan, plan.columns[i] as ColumnPlan, buffer(name), columns));
    table.onSync(() => this.#sync());
  }

  forget(): void {
    for (const cells of this.#cells) cells.forget();
  }

  put(numbers: Int32Array, isPassed: boolean, person: PlainPerson): void {
    this.#owed++;
    for (let i = 0; i < this.#passed.length; i++) {
      (this.#passed[i] as ColumnBuffer).putBoolean(isPassed);
    }
    putTexts(this.#teacherNos, person.teacherNo);
    putTexts(this.#tokens, person.idToken);
    putTexts(this.#platforms, person.platform);
    putTexts(this.#accountTokens, person.accountToken);
    for (let i = 0; i < this.#cells.length; i++) {
      const cells = this.#cells[i] as CellValues;
      cells.put(numbers[cells.column] as number);
    }
  }

  #sync(): void {
    const owed = this.#owed;
    this.#owed = 0;
    const file = this.#table.columns.get("stage_file") as ColumnBuffer;
    for (let row = 0; row < owed; row++) file.putInteger(this.#table.file);
    for (const buffer of this.#nulls) buffer.putNulls(owed);
    for (const { buffer, value } of this.#constants) {
      for (let row = 0; row < owed; row++) buffer.put(value);
    }
  }

  #plan(
    plan: RowPlan, column: ColumnPlan, buffer: ColumnBuffer, columns: readonly ColumnReadings[],
  ): void {
    const constant = (value: LakeValue): void => {
      if (value === null) this.#nulls.push(buffer);
      else this.#constants.push({ buffer, value: value as string | boolean });
    };
    switch (column.kind) {
      case "constant": return constant(column.value);
      case "passed": this.#passed.push(buffer); return;
      case "person_teacher_no": this.#teacherNos.push(buffer); return;
      case "person_token": this.#tokens.push(buffer); return;
      case "person_platform": this.#platforms.push(buffer); return;
      case "person_account_token": this.#accountTokens.push(buffer); return;
      default: {
        const at = plan.fields.find((field) => field.index === column.index)?.column ?? -1;
        const readings = columns[at];
        if (readings) this.#cells.push(new CellValues(plan, column, buffer, readings, at));
        else constant(fieldValue(plan, column, EMPTY));
      }
    }
  }
}

function putTexts(buffers: readonly ColumnBuffer[], text: string | null): void {
  for (let i = 0; i < buffers.length; i++) {
    const buffer = buffers[i] as ColumnBuffer;
    if (text === null) buffer.putNull();
    else buffer.putText(text);
  }
}

/** One column of the payload that one cell of the row decides. */
class CellValues {
  readonly column: number;
  readonly #plan: RowPlan;
  readonly #source: FieldColumnPlan;
  readonly #buffer: ColumnBuffer;
  readonly #readings: ColumnReadings;
  readonly #isText: boolean;
  readonly #isDay: boolean;
  /** By number of the cell; days as in Parquet. */
  readonly #values: LakeValue[] = [];

  constructor(
    plan: RowPlan, source: FieldColumnPlan, buffer: ColumnBuffer, readings: ColumnReadings,
    column: number,
  ) {
    this.#plan = plan;
    this.#source = source;
    this.#buffer = buffer;
    this.#readings = readings;
    this.column = column;
    this.#isText = buffer.type === "VARCHAR";
    this.#isDay = buffer.type === "DATE";
  }

  forget(): void {
    this.#values.length = 0;
    this.#buffer.forgetKeys();
  }

  put(number: number): void {
    if (number >= this.#values.length) this.#readTo(number);
    const value = this.#values[number] as LakeValue;
    if (value === null) this.#buffer.putNull();
    else if (this.#isText) this.#buffer.putKeyedText(number, value as string);
    else if (this.#isDay) this.#buffer.putInteger(value as number);
    else this.#buffer.put(value);
  }

  #readTo(number: number): void {
    for (let next = this.#values.length; next <= number; next++) {
      const value = fieldValue(this.#plan, this.#source, this.#readings.parsed[next] as Parsed);
      this.#values.push(this.#isDay && value !== null
        ? this.#buffer.dayOf(value as string) : value);
    }
  }
}
