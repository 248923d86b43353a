import type { Cell } from "../formats/cell.ts";
import type { Random } from "../random.ts";
import type { Effect, Row, Table } from "../exports/table.ts";
import type { TrainingPayload } from "../truth/payloads.ts";

/** A clean row about to be made dirty. */
export class RowEdit {
  readonly cells: Cell[];
  readonly effect: Effect | null;
  readonly random: Random;
  /** Landing day. */
  readonly day: number;
  private readonly header: readonly string[];

  constructor(table: Table, row: Row, random: Random, day: number) {
    this.header = table.header;
    this.cells = [...row.cells];
    this.effect = row.effect;
    this.random = random;
    this.day = day;
  }

  get(column: string): Cell {
    return this.cells[this.at(column)] ?? null;
  }

  text(column: string): string {
    const cell = this.get(column);
    return typeof cell === "string" ? cell : typeof cell === "number" ? String(cell) : "";
  }

  set(column: string, cell: Cell): void {
    this.cells[this.at(column)] = cell;
  }

  has(column: string): boolean {
    return this.header.includes(column);
  }

  /** What the row tells of learning; undefined for other exports. */
  get training(): TrainingPayload | undefined {
    const payload = this.effect?.payload as { kind?: string } | undefined;
    return payload?.kind === "training" ? (payload as TrainingPayload) : undefined;
  }

  /** The same effect with something else in it. */
  changed(change: object): Effect | null {
    if (this.effect === null) return null;
    return { ...this.effect, payload: { ...this.effect.payload, ...change } };
  }

  private at(column: string): number {
    const at = this.header.indexOf(column);
    if (at < 0) {
      throw new RangeError(`dirt: unknown column: ${column}; accepted: ${this.header.join(", ")}`);
    }
    return at;
  }
}

/** What must become of a row that was made dirty. */
export interface EditResult {
  readonly outcome: "accepted" | "warning" | "rejected";
  readonly reasons?: readonly string[];
  /** Rejected, but its record can be recognised. */
  readonly idReadable?: boolean;
  /** Where the row means something else than the clean one. */
  readonly effect?: Effect | null;
  readonly raw?: Buffer;
}

export const accepted: EditResult = { outcome: "accepted" };

export function rejected(reason: string, idReadable: boolean): EditResult {
  return { outcome: "rejected", reasons: [reason], idReadable };
}
