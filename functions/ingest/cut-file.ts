import type { JudgedFile } from "./judge/file-verdict.ts";
import { DuplicateIndex } from "./judge/duplicate-index.ts";
import { replayDuplicates } from "./duplicate-log.ts";
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
  readonly #index = new DuplicateIndex();
  readonly #waiting: (JudgedPart | undefined)[];
  readonly #staged: StagedPart[] = [];
  readonly #quarantine: string[] = [];
  readonly #duplicates: number[] = [];
  #next = 0;

  constructor(cut: FileCut) {
    this.#cut = cut;
    this.#tally = new RowTally(cut.contract.mode === "full");
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
    const { contract, header, encoding, columnRemarks, rowsCounted } = this.#cut;
    return {
      verdict: {
        kind: "judged", contract, format: "csv", encoding,
        ...this.#tally.judged(this.#duplicates.length, rowsCounted),
        columnRemarks,
        headers: [{ sheet: "", columns: header.headers }],
      },
      staged: this.#staged, duplicates: this.#duplicates, quarantine: this.#quarantine,
    };
  }

  #take({ counts, staged, quarantine, records }: JudgedPart): void {
    this.#tally.addPart(counts);
    this.#staged.push(...staged);
    if (quarantine !== undefined) this.#quarantine.push(quarantine);
    if (records === undefined) return;
    for (const place of replayDuplicates(records, this.#index)) this.#duplicates.push(place);
  }
}
