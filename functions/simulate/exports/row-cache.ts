import type { Row } from "./table.ts";

/** Rows of full exports, kept from night to night while their record stays as it was. */
export class RowCache {
  private readonly kept: ({ readonly state: number; readonly row: Row } | undefined)[] = [];

  /** The row of a record in a state (any number that differs when the row does). */
  row(index: number, state: number, build: () => Row): Row {
    const found = this.kept[index];
    if (found && found.state === state) return found.row;
    const row = build();
    this.kept[index] = { state, row };
    return row;
  }
}
