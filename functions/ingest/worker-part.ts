import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { JudgedPart } from "./cut-file.ts";
import { DuplicateLog } from "./duplicate-log.ts";
import { PartJudge } from "./judge-part.ts";
import { QuarantineWriter } from "./quarantine.ts";
import { takeRows, writeRejects, type JobContext } from "./worker-job.ts";
import type { PartMessage, RejectFiles, RejectsMessage } from "./worker-messages.ts";

/** Judges one part of a landed text: its rows are staged at once, apart from those of others. */
export function judgeLandedPart(
  { job, cut, index }: PartMessage, context: JobContext,
): JudgedPart {
  const { folder, partStaging: staging } = context;
  const { path, file } = job;
  const quarantine = new QuarantineWriter(join(folder, `${file}.${index}.quarantine.ndjson`));
  const records = new DuplicateLog(join(folder, `${file}.${index}.records`));
  const rows = takeRows(file, staging, quarantine, () => cut.contract.mode === "full");
  const counts = requireJudge(context, { job, cut }).judgePart(index, {
    path, records,
    onAccepted: (row, rowNumber, sheet, place) => {
      records.add(row.recordId, row.contentHash, row.recordVersion, place);
      rows.onAccepted(row, rowNumber, sheet, place);
    },
    onRejected: rows.onRejected,
  });
  return {
    counts, staged: staging.flush(), quarantine: quarantine.close(), records: records.close(),
  };
}

function requireJudge(
  { partJudge, partStaging, seeds, tokenKey, tokens }: JobContext,
  { job, cut }: Pick<PartMessage, "job" | "cut">,
): PartJudge {
  if (partJudge.file !== job.file || !partJudge.judge) {
    partJudge.judge = new PartJudge(cut, {
      seeds, tokenKey, tokens, landingDay: job.landingDay,
    }, partStaging.openColumns(cut.contract.relation, job.file));
    partJudge.file = job.file;
  }
  return partJudge.judge;
}

/**
 * Writes the workbook of a file that was judged in parts, or all else that goes back to its sender
 * and its quarantine.
 */
export async function writePartRejects(
  { job, verdict, quarantine, only }: RejectsMessage, { folder }: JobContext,
): Promise<Partial<RejectFiles>> {
  const { slipXlsx, slipCsv, slipJson } =
    await writeRejects(job, verdict, quarantine, folder, only);
  if (only === "workbook") return { slipXlsx };
  const whole = join(folder, `${job.file}.quarantine.ndjson`);
  rmSync(whole, { force: true });
  for (const part of quarantine) appendFileSync(whole, readFileSync(part), { mode: 0o600 });
  return { quarantine: whole, slipCsv, slipJson };
}
