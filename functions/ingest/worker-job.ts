import { join } from "node:path";
import type { Contract } from "./contracts/contract.ts";
import { judgeFile } from "./judge-file.ts";
import type { PartJudge } from "./judge-part.ts";
import type { JudgedFile, JudgeFileRequest } from "./judge/file-verdict.ts";
import type { RecordIdentity } from "./judge/verdict.ts";
import { QuarantineWriter } from "./quarantine.ts";
import type { StagedRow, Staging } from "./staging.ts";
import { describeTaken } from "./taken-file.ts";
import type { FileResult, JudgeMessage, RejectFiles } from "./worker-messages.ts";
import { writeSlip } from "./write-slip.ts";

export interface JobContext extends
  Pick<JudgeFileRequest, "contracts" | "seeds" | "tokenKey" | "tokens"> {
  readonly staging: Staging;
  /** Rows of files that are judged in parts. */
  readonly partStaging: Staging;
  /** The judge of the file whose parts come one after the other. */
  readonly partJudge: { file: number; judge: PartJudge | undefined };
  /** The worker's own folder. */
  readonly folder: string;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Judges one landed file: accepted rows to staging, rejected ones to quarantine and slip. */
export async function judgeLandedFile(
  message: JudgeMessage, context: JobContext,
): Promise<FileResult> {
  const started = context.now();
  const quarantine = new QuarantineWriter(join(context.folder, `${message.file}.quarantine.ndjson`));
  let contract: Contract | undefined;
  const verdict = await judgeFile({
    ...message,
    contracts: context.contracts,
    seeds: context.seeds,
    tokenKey: context.tokenKey,
    tokens: context.tokens,
    onContract: (chosen) => { contract = chosen; },
    ...takeRows(message.file, context.staging, quarantine, () => contract?.mode === "full"),
  });
  const quarantined = quarantine.close();
  const seconds = (): number => Math.round(context.now() - started) / 1000;
  if (verdict.kind === "refused") {
    const { kind, reason, reasonZh, format, encoding } = verdict;
    return {
      kind, reason, reasonZh, format, encoding,
      export: verdict.contract?.export ?? null, seconds: seconds(),
    };
  }
  const rejects = quarantined === undefined || !message.isNew
    ? null : {
      quarantine: quarantined,
      ...await writeRejects(message, verdict, quarantined, context.folder),
    };
  return describeTaken(verdict, rejects, seconds());
}

/** Where the rows of one file go; all of them in their places, whatever becomes of them. */
export function takeRows(
  file: number, staging: Staging, quarantine: QuarantineWriter, isFull: () => boolean,
): Pick<JudgeFileRequest, "onAccepted" | "onRejected"> {
  const stage = (row: StagedRow["row"], rowNumber: number, sheet: string, place: number): void =>
    staging.append(file, place, { row, rowNumber, sheet });
  return {
    onAccepted: stage,
    onRejected: (row, rowNumber, sheet, place) => {
      quarantine.add(row, rowNumber, sheet);
      // Its record is not absent from the snapshot (rows.md, *Files*).
      if (row.identity && isFull()) stage(rejectedIdentity(row.identity), rowNumber, sheet, place);
    },
  };
}

/** Writes what goes back to the sender, or one half of it. */
export async function writeRejects(
  job: Omit<JudgeMessage, "kind">, verdict: JudgedFile, quarantine: string | readonly string[],
  folder: string, only?: "workbook" | "rows",
): Promise<Omit<RejectFiles, "quarantine">> {
  return writeSlip({
    quarantine, folder, ...(only === undefined ? {} : { only }), file: job.file, fileName: job.fileName, system: job.system,
    landingDay: job.landingDay, sha256: job.sha256, knownOn: job.knownOn,
    contract: verdict.contract, verdict,
  });
}

function rejectedIdentity(identity: RecordIdentity): StagedRow["row"] {
  return {
    relation: "rejected_identity",
    values: [identity.teacherNo, identity.personToken],
    recordId: identity.recordId,
    personKey: identity.personKey,
    idRest: identity.idRest,
    recordVersion: 0,
    contentHash: "",
    scope: "",
  };
}
