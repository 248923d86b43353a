import type { RawFile } from "../raw.ts";
import type { RecordCensus } from "./record-census.ts";
import type { Delimiter } from "./text-encoding.ts";
import type { TextRange } from "./text-rows.ts";

/** A delimited text that can be cut at record ends, or lines of JSON objects at line ends. */
export interface CuttableText extends RawFile {
  /** `undefined` for UTF-16, and for objects whose columns only all of them together tell. */
  readonly cut: {
    readonly census: Pick<RecordCensus, "records" | "bytes" | "marks">;
    readonly bomBytes: number;
    /** `null` for lines of JSON objects. */
    readonly delimiter: Delimiter | null;
  } | undefined;
}

export interface PlannedRange extends TextRange {
  /** Rows of the file before it. */
  readonly rowsBefore: number;
  /** Its own rows, by the census. */
  readonly rows: number;
}

/**
 * Cuts an opened text into at most `parts` ranges of nearly equal bytes, each beginning
 * at a record, for several workers. The header is in the first range; the ranges' rows add up to
 * the census. `undefined` where the file cannot be cut: another format, UTF-16, JSON of any columns.
 */
export function planTextRanges(
  file: RawFile,
  parts: number,
): readonly PlannedRange[] | undefined {
  const cut = (file as Partial<CuttableText>).cut;
  if (cut === undefined) return undefined;
  const { census, bomBytes } = cut;
  const sizeBytes = census.bytes + bomBytes;
  const ranges: PlannedRange[] = [];
  let start = bomBytes;
  let firstLine = 1;
  let rowsBefore = 0;
  for (const mark of census.marks) {
    const wanted = (sizeBytes * (ranges.length + 1)) / parts;
    const end = mark.offset + bomBytes;
    if (end < wanted || ranges.length === parts - 1 || end >= sizeBytes) continue;
    const isFollowedByData = census.records > mark.records;
    // Blank rows at the end of the file are none of its rows, in whatever range they stand.
    const rowsSoFar = Math.min(mark.records, census.records);
    ranges.push({ start, end, firstLine, rowsBefore, rows: rowsSoFar - rowsBefore,
      isFollowedByData });
    start = end;
    firstLine = mark.line;
    rowsBefore = rowsSoFar;
  }
  const rows = census.records - rowsBefore;
  return [
    ...ranges, { start, end: sizeBytes, firstLine, rowsBefore, rows, isFollowedByData: false },
  ];
}
