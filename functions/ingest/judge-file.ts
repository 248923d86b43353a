import { refusalSentence } from "../shared/messages/refusals.ts";
import { chooseByHeader, listByFileName } from "./choose-contract.ts";
import type { Contract } from "./contracts/contract.ts";
import { judgeSheets } from "./judge-sheets.ts";
import type { FileVerdict, JudgeFileRequest, RefusedFile } from "./judge/file-verdict.ts";
import { findTableHeader } from "./judge/table-header.ts";
import type { RawFile, RawRow, Refusal } from "./raw.ts";
import { openExport } from "./readers/open-export.ts";
import { RefusalError, type OpenOptions } from "./readers/open-options.ts";

/**
 * Judges one landed file from its bytes to its counts (rows.md): chooses the contract, finds the
 * header of each sheet, judges every row, drops rows that repeat inside the file. Rows stream
 * through the callbacks; nothing of the file is kept but 24-48 bytes a record.
 * Refusals come as a value; it throws for faults of ours only.
 */
export async function judgeFile(request: JudgeFileRequest): Promise<FileVerdict> {
  const { candidates, named } = listCandidates(request);
  const opened = await openExport(request.path, openOptionsOf(candidates));
  if ("refused" in opened) return refuse(opened, request.system, named, undefined);
  try {
    return await judgeOpened(request, opened, named, candidates);
  } catch (error) {
    if (error instanceof RefusalError) {
      return refuse(error.refusal, request.system, named, opened);
    }
    throw error;
  } finally {
    await opened.close();
  }
}

/** Contracts that a file can have by its folder and name; `named` where the name leaves one. */
export function listCandidates(
  { contracts, system, fileName }: Pick<JudgeFileRequest, "contracts" | "system" | "fileName">,
): { readonly candidates: readonly Contract[]; readonly named: Contract | undefined } {
  const byName = listByFileName(contracts, system, fileName);
  const candidates = byName.length > 0 ? byName : contracts.filter((c) => c.system === system);
  return { candidates, named: byName.length === 1 ? byName[0] : undefined };
}

/** What the readers may know of the contracts. */
export function openOptionsOf(candidates: readonly Contract[]): OpenOptions {
  return {
    findHeader: (rows) => findAnyHeader(candidates, rows),
    headerColumns: candidates.length === 1 ? listJsonPaths(candidates[0] as Contract) : undefined,
    wantedColumns: candidates.flatMap((c) => c.fields.map((f) => f.header)),
  };
}

async function judgeOpened(
  request: JudgeFileRequest, file: RawFile, named: Contract | undefined,
  candidates: readonly Contract[],
): Promise<FileVerdict> {
  const contract = named ?? await chooseByHeader(candidates, file.sheets);
  if (!contract) {
    const detail = candidates.length === 0
      ? `no system ${request.system}`
      : `no contract of ${request.system} fits name and header`;
    return refuse({ refused: "unknown_export", detail }, request.system, undefined, file);
  }
  const remarks = named ? [] : [`contract by header: ${contract.system}/${contract.export}`];
  const verdict = await judgeSheets(request, contract, file, remarks);
  return "refused" in verdict ? refuse(verdict, request.system, contract, file) : verdict;
}

function refuse(
  { refused, detail }: Refusal, system: string, contract: Contract | undefined,
  file: RawFile | undefined,
): RefusedFile {
  return {
    kind: "refused",
    reason: `${refused}: ${detail}`,
    reasonZh: refusalSentence(refused, detail, system),
    contract,
    format: file?.format ?? null,
    encoding: file?.encoding ?? null,
  };
}

function findAnyHeader(
  contracts: readonly Contract[], rows: readonly RawRow[],
): number | undefined {
  const found = contracts.flatMap((c) => findTableHeader(c, rows)?.index ?? []);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Dotted headers say that the objects nest: their paths are the columns of the table. */
function listJsonPaths(contract: Contract): readonly string[] | undefined {
  const headers = contract.fields.map((f) => f.header);
  if (!headers.some((h) => h.includes("."))) return undefined;
  return contract.voiding ? [...headers, contract.voiding.object_type_path] : headers;
}
