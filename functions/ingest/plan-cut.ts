import { closeSync, openSync, readSync } from "node:fs";
import { chooseByHeader } from "./choose-contract.ts";
import type { Contract } from "./contracts/contract.ts";
import { listCandidates, openOptionsOf } from "./judge-file.ts";
import type { JudgeFileRequest } from "./judge/file-verdict.ts";
import { readHead } from "./judge/sheet-head.ts";
import { findKeysHeader, findTableHeader, type TableHeader } from "./judge/table-header.ts";
import type { RawFile } from "./raw.ts";
import { openExport } from "./readers/open-export.ts";
import type { OpenOptions } from "./readers/open-options.ts";
import { planTextRanges, type CuttableText, type PlannedRange } from "./readers/text-ranges.ts";
import type { Delimiter } from "./readers/text-encoding.ts";
import type { TextEncoding } from "./readers/text-source.ts";

/** How one text is judged in parts: what its head says, and where each part begins. */
export interface FileCut {
  readonly contract: Contract;
  readonly format: "csv" | "ndjson";
  readonly encoding: TextEncoding;
  /** `null` for lines of JSON objects. */
  readonly delimiter: Delimiter | null;
  readonly header: TableHeader;
  readonly columnRemarks: readonly string[];
  /** Rows of the whole file, counted on its bytes. */
  readonly rowsCounted: number;
  readonly ranges: readonly PlannedRange[];
}

/** Places to choose from for the end of each part. */
const marksAPart = 8;

/**
 * Opens a landed file and cuts it into parts of about `partBytes`. `undefined` for whatever must be
 * judged as a whole: another format, one part, no header, anything that will be refused.
 */
export async function planCut(
  request: Pick<JudgeFileRequest, "path" | "fileName" | "system" | "contracts">,
  partBytes: number, markEveryBytes = Math.ceil(partBytes / marksAPart),
): Promise<FileCut | undefined> {
  const { candidates, named } = listCandidates(request);
  const options = openOptionsOf(candidates);
  if (!mayBeCut(request.path, options)) return undefined;
  const opened = await openExport(request.path, { ...options, markEveryBytes });
  if ("refused" in opened) return undefined;
  try {
    return await cutOpened(opened, candidates, named, partBytes);
  } finally {
    await opened.close();
  }
}

async function cutOpened(
  file: RawFile, candidates: readonly Contract[], named: Contract | undefined, partBytes: number,
): Promise<FileCut | undefined> {
  const { cut } = file as Partial<CuttableText>;
  const [sheet] = file.sheets;
  if (!cut || !sheet) return undefined;
  const contract = named ?? await chooseByHeader(candidates, file.sheets);
  if (!contract) return undefined;
  const header = sheet.columns
    ? findKeysHeader(contract, sheet.columns) : findTableHeader(contract, await readHead(sheet));
  const ranges = planTextRanges(file, Math.ceil(cut.census.bytes / partBytes));
  const first = ranges?.[0];
  if (!header || !ranges || !first || ranges.length < 2) return undefined;
  // Rows of many MiB: the header is not among those of the first part.
  if (first.rows <= header.index) return undefined;
  const remarks = named ? [] : [`contract by header: ${contract.system}/${contract.export}`];
  return {
    contract, header, ranges, format: cut.delimiter === null ? "ndjson" : "csv", delimiter: cut.delimiter, rowsCounted: cut.census.records,
    encoding: file.encoding as TextEncoding,
    columnRemarks: [...new Set([...remarks, ...header.remarks])],
  };
}

/** Magic numbers of archives and OLE files, first characters of markup and of an array. */
const otherStarts: readonly number[] = [0x50, 0xd0, 0x3c, 0x5b];
const BRACE = 0x7b;

/** A cheap look before a workbook is opened for nothing; `openExport` decides what it is. */
function mayBeCut(path: string, { headerColumns }: OpenOptions): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(64);
    const text = start.toString("latin1", 0, readSync(file, start, 0, start.length, 0))
      .replace(/^\u00ef\u00bb\u00bf/, "").trimStart();
    const first = text.charCodeAt(0);
    if (first === BRACE) return headerColumns !== undefined;
    return text !== "" && !otherStarts.includes(first);
  } finally {
    closeSync(file);
  }
}
