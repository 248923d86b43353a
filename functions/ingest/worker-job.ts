import { join } from "node:path";
import type { Contract } from "./contracts/contract.ts";
import { judgeFile } from "./judge-file.ts";
import type { JudgeFileRequest } from "./judge/file-verdict.ts";
import type { RecordIdentity } from "./judge/verdict.ts";
import { QuarantineWriter } from "./quarantine.ts";
import type { StagedRow, Staging } from "./staging.ts";
import type { FileResult, JudgeMessage } from "./worker-messages.ts";
import { writeSlip } from "./write-slip.ts";

export interface JobContext extends
  Pick<JudgeFileRequest, "contracts" | "seeds" | "tokenKey" | "tokens"> {
  readonly staging: Staging;
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
  const { staging, folder } = context;
  const quarantine = new QuarantineWriter(join(folder, `${message.file}.quarantine.ndjson`));
  let seq = 1;
  let contract: Contract | undefined;
  const stage = (row: StagedRow["row"], rowNumber: number, sheet: string): void => {
    staging.append(message.file, seq++, { row, rowNumber, sheet });
  };
  const verdict = await judgeFile({
    ...message,
    contracts: context.contracts,
    seeds: context.seeds,
    tokenKey: context.tokenKey,
    tokens: context.tokens,
    onContract: (chosen) => { contract = chosen; },
    onAccepted: stage,
    onRejected: (row, rowNumber, sheet) => {
      quarantine.add(row, rowNumber, sheet);
      // Its record is not absent from the snapshot (rows.md, *Files*).
      if (row.identity && contract?.mode === "full") {
        stage(rejectedIdentity(row.identity), rowNumber, sheet);
      }
    },
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
  const { contract: judged, headers: _headers, ...facts } = verdict;
  const rejects = quarantined === undefined || !message.isNew ? null : await writeSlip({
    quarantine: quarantined, folder, file: message.file, fileName: message.fileName,
    system: message.system, landingDay: message.landingDay, sha256: message.sha256,
    knownOn: message.knownOn, contract: judged, verdict,
  });
  return { ...facts, export: judged.export, mode: judged.mode, rejects, seconds: seconds() };
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
