import type { JudgeFileRequest } from "./judge/file-verdict.ts";
import { createJudge, type JudgeRow } from "./judge/judge.ts";
import { Tokens } from "./judge/tokens.ts";
import type { FileCut } from "./plan-cut.ts";
import { readTextRows } from "./readers/text-rows.ts";
import { RowTally, type PartCounts } from "./row-tally.ts";
import { passRejected, takeVerdict } from "./take-verdict.ts";

export type PartRequest = Pick<
  JudgeFileRequest, "path" | "onAccepted" | "onRejected"
>;

/**
 * Judges parts of one text file in any order. Unlike `judgeFile` it passes repeated rows on: which
 * row repeats another shows only where all parts come together. Keeps caches from part to part.
 */
export class PartJudge {
  readonly #cut: FileCut;
  readonly #judge: JudgeRow;

  constructor(cut: FileCut, request: Pick<
    JudgeFileRequest, "seeds" | "tokenKey" | "tokens" | "landingDay"
  >) {
    this.#cut = cut;
    this.#judge = createJudge(
      {
        contract: cut.contract, seeds: request.seeds, landingDay: request.landingDay,
        tokens: request.tokens ?? new Tokens(request.tokenKey),
      },
      { header: cut.header, is1904: false, isText: true },
    );
  }

  async judgePart(index: number, request: PartRequest): Promise<PartCounts> {
    const { contract, header, ranges, encoding, delimiter } = this.#cut;
    const range = ranges[index];
    if (!range) throw new Error(`part ${index}: not one of ${ranges.length}`);
    const tally = new RowTally(contract.mode === "full");
    let place = range.rowsBefore;
    let nHead = 0;
    if (index === 0) {
      tally.skipped = header.index;
      tally.aside = 1;
      nHead = header.index + 1;
    }
    for await (const batch of readTextRows({ path: request.path, encoding }, delimiter, range)) {
      tally.delivered += batch.length;
      for (const row of batch) {
        place++;
        if (nHead > 0) {
          nHead--;
          continue;
        }
        const verdict = this.#judge(row);
        takeVerdict(tally, verdict);
        if (verdict.kind === "accepted") request.onAccepted(verdict, row.row, "", place);
        else if (verdict.kind === "rejected") {
          passRejected(request, "csv", verdict, row, "", place);
        }
      }
    }
    return tally.counts();
  }
}
