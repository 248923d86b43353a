import type { RawFile } from "../raw.ts";
import type { RecordCensus } from "./record-census.ts";
import type { TextRange } from "./text-rows.ts";

/** A delimited text that can be cut at record ends. */
export interface CuttableText extends RawFile {
  /** `undefined` for UTF-16. */
  readonly cut: { readonly census: RecordCensus; readonly bomBytes: number } | undefined;
}

/**
 * Cuts an opened delimited text into at most `parts` ranges of nearly equal bytes, each beginning
 * at a record, for `openExport(path, { …, range })` in several workers. The header is in the first
 * range. `undefined` where the file cannot be cut: another format, UTF-16, too small.
 */
export function planTextRanges(
  file: RawFile,
  parts: number,
): readonly TextRange[] | undefined {
  const cut = (file as Partial<CuttableText>).cut;
  if (cut === undefined) return undefined;
  const { census, bomBytes } = cut;
  const sizeBytes = census.bytes + bomBytes;
  const ranges: TextRange[] = [];
  let start = bomBytes;
  let firstLine = 1;
  for (const mark of census.marks) {
    const wanted = (sizeBytes * (ranges.length + 1)) / parts;
    const end = mark.offset + bomBytes;
    if (end < wanted || ranges.length === parts - 1 || end >= sizeBytes) continue;
    const isFollowedByData = census.records > mark.records;
    ranges.push({ start, end, firstLine, isFollowedByData });
    start = end;
    firstLine = mark.line;
  }
  if (ranges.length === 0) return undefined;
  return [...ranges, { start, end: sizeBytes, firstLine, isFollowedByData: false }];
}
