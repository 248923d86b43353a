import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import { PartJoin } from "../../functions/ingest/cut-file.ts";
import { DuplicateLog } from "../../functions/ingest/duplicate-log.ts";
import { judgeFile } from "../../functions/ingest/judge-file.ts";
import { PartJudge } from "../../functions/ingest/judge-part.ts";
import type { JudgedFile, JudgeFileRequest } from "../../functions/ingest/judge/file-verdict.ts";
import { buildJudgeSeeds, judgeSeedNames } from "../../functions/ingest/judge/seeds.ts";
import type { AcceptedRow, RejectedRowInFile } from "../../functions/ingest/judge/verdict.ts";
import { planCut } from "../../functions/ingest/plan-cut.ts";
import { readShippedSeed } from "../../functions/shared/seeds.ts";

/** Everything that is kept of one reading of a file. */
export interface Reading {
  readonly verdict: JudgedFile;
  /** Place in the file, row number, row. */
  readonly accepted: readonly (readonly [number, number, AcceptedRow])[];
  readonly rejected: readonly (readonly [number, number, RejectedRowInFile])[];
}

export interface LandedText {
  readonly system: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

const contracts = loadContracts();
const seeds = buildJudgeSeeds(judgeSeedNames.map(readShippedSeed));
const fixed = {
  contracts, seeds, tokenKey: Buffer.from("5a".repeat(32), "hex"), landingDay: "2021-12-20",
};

/** Reads texts as a whole and in parts. */
export class TextTrial {
  readonly folder = mkdtempSync(join(tmpdir(), "parts-"));
  #parts = 0;

  /** In one go; undefined where the file is refused. */
  async readWhole(text: LandedText): Promise<Reading | undefined> {
    const accepted: [number, number, AcceptedRow][] = [];
    const rejected: [number, number, RejectedRowInFile][] = [];
    const verdict = await judgeFile({ ...this.#request(text), ...takers(accepted, rejected) });
    return verdict.kind === "refused" ? undefined : { verdict, accepted, rejected };
  }

  /** In parts of so many bytes, judged by two judges from the last to the first. */
  async readParts(
    text: LandedText, partBytes: number, chunkBytes = 1_000_000, mostCells?: number,
  ): Promise<Reading | undefined> {
    const request = this.#request(text);
    const cut = await planCut(request, partBytes, 1);
    if (!cut) return undefined;
    this.#parts = cut.ranges.length;
    const judges = [0, 1].map(() => new PartJudge(cut, request, undefined, mostCells));
    const join_ = new PartJoin(cut);
    const read: Pick<Reading, "accepted" | "rejected">[] = [];
    for (let index = cut.ranges.length - 1; index >= 0; index--) {
      const accepted: [number, number, AcceptedRow][] = [];
      const rejected: [number, number, RejectedRowInFile][] = [];
      const log = new DuplicateLog(join(this.folder, `${index}.records`));
      const { onAccepted, onRejected } = takers(accepted, rejected);
      const counts = (judges[index % 2] as PartJudge).judgePart(index, {
        path: request.path, chunkBytes, onRejected,
        onAccepted: (row, rowNumber, sheet, place) => {
          log.add(row.recordId, row.contentHash, row.recordVersion, place);
          onAccepted(row, rowNumber, sheet, place);
        },
      });
      read.unshift({ accepted, rejected });
      join_.put(index, { counts, staged: [], quarantine: undefined, records: log.close() });
    }
    const { verdict, duplicates } = join_.finish();
    const repeated = new Set(duplicates);
    return {
      verdict,
      accepted: read.flatMap((r) => r.accepted).filter(([place]) => !repeated.has(place)),
      rejected: read.flatMap((r) => r.rejected),
    };
  }

  /** Of the file read last in parts. */
  get parts(): number {
    return this.#parts;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #request({ system, fileName, bytes }: LandedText) {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, "file");
    writeFileSync(path, bytes);
    return { ...fixed, path, system, fileName };
  }
}

function takers(
  accepted: [number, number, AcceptedRow][], rejected: [number, number, RejectedRowInFile][],
): Pick<JudgeFileRequest, "onAccepted" | "onRejected"> {
  return {
    onAccepted: (row, rowNumber, _sheet, place) => accepted.push([place, rowNumber, row]),
    onRejected: (row, rowNumber, _sheet, place) => rejected.push([place, rowNumber, row]),
  };
}
