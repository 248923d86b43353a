import type { ColumnReadings } from "./judge/column-readings.ts";
import { buildPerson, type Person } from "./judge/identity.ts";
import { EMPTY, type Parsed } from "./judge/parse-field.ts";
import type { RowPlan } from "./judge/row-plan.ts";

/** The person of a plain row; `key` as in `RecordIdentity`. */
export type PlainPerson =
  Pick<Person, "teacherNo" | "idToken" | "platform" | "accountToken" | "key">;

/** Finds the persons of rows by the numbers of their cells. */
export class PlainPersons {
  readonly #plan: RowPlan;
  readonly #columns: readonly ColumnReadings[];
  /** Columns of the fields, -1 none. */
  readonly #teacherNoAt: number;
  readonly #idNumberAt: number;
  readonly #platformAt: number;
  readonly #accountAt: number;
  /** Of accounts with the platform that they had last, by number of the cell. */
  readonly #ofAccounts: (PlainPerson | undefined)[] = [];
  readonly #platforms: (Parsed | undefined)[] = [];

  constructor(plan: RowPlan, columns: readonly ColumnReadings[]) {
    const columnOf = (index: number | undefined): number =>
      plan.fields.find((field) => field.index === index)?.column ?? -1;
    this.#plan = plan;
    this.#columns = columns;
    this.#teacherNoAt = columnOf(plan.teacherNo);
    this.#idNumberAt = columnOf(plan.idNumber);
    this.#platformAt = columnOf(plan.accounts?.platform);
    this.#accountAt = columnOf(plan.accounts?.account);
  }

  /** Numbers of cells begin anew. */
  forget(): void {
    this.#ofAccounts.length = 0;
    this.#platforms.length = 0;
  }

  /** Undefined where the row must name a person and does not. */
  find(numbers: Int32Array): PlainPerson | undefined {
    if (this.#plan.accounts) return this.#findAccount(numbers);
    const { isPersonInId, persons } = this.#plan;
    const { value } = this.#parsed(this.#teacherNoAt, numbers);
    const teacherNo = typeof value === "string" ? value : null;
    const { token: idToken } = this.#parsed(this.#idNumberAt, numbers);
    const isPersonKind = persons.length > 0;
    if (isPersonKind && teacherNo === null && idToken === null) return undefined;
    const key = isPersonInId ? teacherNo ?? (isPersonKind ? idToken : null) : null;
    return { teacherNo, idToken, platform: null, accountToken: null, key };
  }

  #findAccount(numbers: Int32Array): PlainPerson {
    const platform = this.#parsed(this.#platformAt, numbers);
    const number = this.#accountAt < 0 ? 0 : numbers[this.#accountAt] as number;
    const known = this.#ofAccounts[number];
    if (known && this.#platforms[number] === platform) return known;
    this.#platforms[number] = platform;
    return this.#ofAccounts[number] = this.#buildAccount(platform, numbers);
  }

  #buildAccount(platform: Parsed, numbers: Int32Array): PlainPerson {
    const { accounts, parsed } = this.#plan;
    parsed[accounts?.platform as number] = platform;
    parsed[accounts?.account as number] = this.#parsed(this.#accountAt, numbers);
    return buildPerson(this.#plan, parsed);
  }

  #parsed(column: number, numbers: Int32Array): Parsed {
    if (column < 0) return EMPTY;
    return (this.#columns[column] as ColumnReadings).parsed[numbers[column] as number] as Parsed;
  }
}
