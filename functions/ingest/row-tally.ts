import type { JudgedFile } from "./judge/file-verdict.ts";
import { ownText } from "./judge/own-text.ts";
import type { AcceptedRow, RejectedRow } from "./judge/verdict.ts";

/** What one table, or a part of one, counted; what it adds up to hangs on the parts before it. */
export interface PartCounts {
  /** Rows that are no records; empty ones behind the last row that is not are `emptyAtEnd`. */
  readonly skipped: number;
  readonly emptyAtEnd: number;
  /** Headers and empty rows at the end of sheets, which rows.md does not count. */
  readonly aside: number;
  /** Some row is not empty. */
  readonly isFilled: boolean;
  readonly read: number;
  readonly rejected: number;
  /** Rows that the reader delivered. */
  readonly delivered: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  readonly scopes: Readonly<Record<string, number>>;
}

/** Counts of a file while its rows go by, or of several parts of it one after the other. */
export class RowTally {
  readonly #reasons = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  readonly #scopes = new Map<string, { rows: number }>();
  readonly #hasScopes: boolean;
  #lastScope = "";
  #rowsOfLast: { rows: number } | undefined;
  /** Empty rows since the last row of the sheet that is not. */
  #empty = 0;
  #isFilled = false;
  skipped = 0;
  aside = 0;
  read = 0;
  rejected = 0;
  delivered = 0;

  /** `hasScopes`: of a full export, whose rows are counted by scope. */
  constructor(hasScopes: boolean) {
    this.#hasScopes = hasScopes;
  }

  /** Empty rows count up to the last row of a sheet that is not. */
  endSheet(): void {
    this.aside += this.#empty;
    this.#empty = 0;
  }

  addEmpty(): void {
    this.#empty++;
  }

  addSkipped(): void {
    this.#fill();
    this.skipped++;
  }

  addRecord(verdict: AcceptedRow | RejectedRow): void {
    this.#fill();
    this.read++;
    if (this.#hasScopes && verdict.scope !== undefined) this.#countScope(verdict.scope);
    if (verdict.kind === "rejected") {
      this.rejected++;
      add(this.#reasons, verdict.reasons[0] as string, 1);
    } else {
      for (const warning of verdict.warnings) add(this.#warnings, warning, 1);
    }
  }

  /** An accepted row without a warning. */
  addPlain(scope: string): void {
    this.#fill();
    this.read++;
    if (this.#hasScopes) this.#countScope(scope);
  }

  /** The counts of the part of the sheet that comes next. */
  addPart(part: PartCounts): void {
    if (part.isFilled) {
      this.#fill();
      this.#empty = part.emptyAtEnd;
    } else this.#empty += part.emptyAtEnd;
    this.skipped += part.skipped;
    this.aside += part.aside;
    this.read += part.read;
    this.rejected += part.rejected;
    this.delivered += part.delivered;
    for (const [reason, rows] of Object.entries(part.reasons)) add(this.#reasons, reason, rows);
    for (const [warning, rows] of Object.entries(part.warnings)) add(this.#warnings, warning, rows);
    for (const [scope, rows] of Object.entries(part.scopes)) this.#rowsOf(scope).rows += rows;
  }

  counts(): PartCounts {
    const { skipped, aside, read, rejected, delivered } = this;
    return {
      skipped, aside, read, rejected, delivered, emptyAtEnd: this.#empty, isFilled: this.#isFilled,
      reasons: sorted(this.#reasons), warnings: sorted(this.#warnings),
      scopes: sorted(new Map([...this.#scopes].map(([scope, { rows }]) => [scope, rows]))),
    };
  }

  /** The counts of a whole file, `duplicate` of whose records are repeats. */
  judged(duplicate: number, rowsCounted: number): Pick<JudgedFile, "rowsSkipped" | "rowsRead" |
    "rowsAccepted" | "rowsRejected" | "rowsDuplicate" | "reasons" | "warnings" | "scopes" |
    "rowsDelivered" | "rowsCounted" | "rowsAside" | "isBalanced"> {
    this.endSheet();
    const { reasons, warnings, scopes } = this.counts();
    return {
      rowsSkipped: this.skipped, rowsRead: this.read,
      rowsAccepted: this.read - this.rejected - duplicate, rowsRejected: this.rejected,
      rowsDuplicate: duplicate, reasons, warnings, scopes,
      rowsDelivered: this.delivered, rowsCounted, rowsAside: this.aside,
      isBalanced: this.delivered === rowsCounted
        && this.delivered === this.skipped + this.read + this.aside,
    };
  }

  #fill(): void {
    this.#isFilled = true;
    this.skipped += this.#empty;
    this.#empty = 0;
  }

  /** Rows of one scope stand together: most are counted without looking it up. */
  #countScope(scope: string): void {
    if (!this.#rowsOfLast || scope !== this.#lastScope) {
      this.#rowsOfLast = this.#rowsOf(scope);
      this.#lastScope = scope;
    }
    this.#rowsOfLast.rows++;
  }

  #rowsOf(scope: string): { rows: number } {
    let rows = this.#scopes.get(scope);
    if (!rows) {
      rows = { rows: 0 };
      this.#scopes.set(ownText(scope), rows);
    }
    return rows;
  }
}

function add(counts: Map<string, number>, key: string, rows: number): void {
  counts.set(key, (counts.get(key) ?? 0) + rows);
}

/** Keys in code unit order, so that ledgers are reproducible. */
function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
