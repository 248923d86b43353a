import type { JudgedFile } from "./judge/file-verdict.ts";
import type { RejectFiles, TakenFile } from "./worker-messages.ts";

/** What the night must know of a judged file. */
export function describeTaken(
  verdict: JudgedFile, rejects: RejectFiles | null, seconds: number,
): TakenFile {
  const { contract, headers: _headers, ...facts } = verdict;
  return { ...facts, export: contract.export, mode: contract.mode, rejects, seconds };
}
