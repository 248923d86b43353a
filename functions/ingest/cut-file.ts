import type { JudgedFile } from "./judge/file-verdict.ts";
import { DuplicateIndex } from "./judge/duplicate-index.ts";
import { replayRecords, type ReplayedRows } from "./duplicate-log.ts";
import type { FileCut } from "./plan-cut.ts";
import { RowTally, type PartCounts } from "./row-tally.ts";
import type { StagedPart } from "./staging.ts";

/** What a worker found in one part of a text file; paths are local files of its folder. */
export interface JudgedPart {
  readonly counts: PartCounts;
  /** Rows, repeated ones too. */
  readonly staged: readonly StagedPart[];
  readonly quarantine: string | undefined;
  /** Written by `DuplicateLog`. */
  readonly records: string | undefined;
}

/** A whole file put together again. */
export interface JoinedFile {
  readonly verdict: JudgedFile;
  /** In the order of the file. */
  readonly staged: readonly StagedPart[];
  /** Places of the staged rows that repeat an earlier row of the file: they are no news. */
  readonly duplicates: readonly number[];
  /**
   * Places of the staged rows that say something else of a record that came before; undefined where
   * they do not come in the order of their versions.
   */
  readonly versions: readonly number[] | undefined;
  /** In the order of the file. */
  readonly quarantine: readonly string[];
}

/**
 * Puts the parts of one file together in its order, as if they had been judged in one go: parts may
 * come in any order; each is taken as soon as all before it are there.
 */
export class PartJoin {
  readonly #cut: FileCut;
  readonly #tally: RowTally;
  readonly #index: DuplicateIndex;
  readonly #waiting: (JudgedPart | undefined)[];
  readonly #staged: StagedPart[] = [];
  readonly #quarantine: string[] = [];
  readonly #replayed: ReplayedRows = { duplicates: [], versions: [], nOlder: 0 };
  #next = 0;

  constructor(cut: FileCut) {
    this.#cut = cut;
    this.#tally = new RowTally(cut.contract.mode === "full");
    this.#index = new DuplicateIndex(cut.rowsCounted);
    this.#waiting = cut.ranges.map(() => undefined);
  }

  get isComplete(): boolean {
    return this.#next === this.#waiting.length;
  }

  put(index: number, part: JudgedPart): void {
    this.#waiting[index] = part;
    for (;;) {
      const next = this.#waiting[this.#next];
      if (!next) return;
      this.#waiting[this.#next++] = undefined;
      this.#take(next);
    }
  }

  /** Once complete. */
  finish(): JoinedFile {
    const { contract, format, header, encoding, columnRemarks, rowsCounted } = this.#cut;
    const { duplicates, versions, nOlder } = this.#replayed;
    return {
      verdict: {
        kind: "judged", contract, format, encoding,
        ...this.#tally.judged(duplicates.length, rowsCounted),
        columnRemarks,
        headers: [{ sheet: "", columns: header.headers }],
      },
      staged: this.#staged, duplicates, quarantine: this.#quarantine,
      versions: nOlder === 0 ? versions : undefined,
    };
  }

  #take({ counts, staged, quarantine, records }: JudgedPart): void {
    this.#tally.addPart(counts);
    this.#staged.push(...staged);
    if (quarantine !== undefined) this.#quarantine.push(quarantine);
    if (records !== undefined) replayRecords(records, this.#index, this.#replayed);
  }
}
