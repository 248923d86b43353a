import type { Refusal } from "../raw.ts";
import type { OpenOptions } from "./open-options.ts";
import { MARK_EVERY_BYTES, MAX_LINE_BYTES, refuse } from "./open-options.ts";
import { countRecords } from "./record-census.ts";
import type { TextChoice } from "./text-encoding.ts";
import { isBig5 } from "./text-encoding.ts";
import type { CuttableText } from "./text-ranges.ts";
import { readTextRows } from "./text-rows.ts";
import { BOM_BYTES, readTextChunks } from "./text-source.ts";

/** Opens a delimited text after one pass over its bytes: open quotes, long lines, record count. */
export function openDelimitedText(
  path: string,
  head: Buffer,
  choice: TextChoice,
  options: OpenOptions,
): CuttableText | Refusal {
  const { encoding, delimiter } = choice;
  if (encoding === "gb18030" && isBig5(head, choice, options)) {
    return refuse("unreadable", "text is Big5, not GB18030");
  }
  const source = { path, encoding };
  const { range } = options;
  const chunks = readTextChunks(source, range?.start, range?.end);
  const census = countRecords(chunks, delimiter, options.markEveryBytes ?? MARK_EVERY_BYTES);
  if (census.unclosedQuoteLine !== undefined) {
    return refuse("unclosed_quote", `line ${census.unclosedQuoteLine}`);
  }
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  if (census.longestBytes > maxLineBytes) {
    return refuse("too_large", `line of ${census.longestBytes} bytes; at most ${maxLineBytes}`);
  }
  const nRows = range?.isFollowedByData === true ? census.recordsWithBlankEnd : census.records;
  if (nRows === 0 && range === undefined) return refuse("empty", "no row with data");
  const isUtf16 = encoding === "utf-16le" || encoding === "utf-16be";
  return {
    format: "csv",
    encoding,
    sheets: [
      {
        name: "",
        rows: () => readTextRows(source, delimiter, range),
        countRows: async () => nRows,
      },
    ],
    close: async () => {},
    cut: isUtf16 || range !== undefined
      ? undefined
      : { census, bomBytes: BOM_BYTES[encoding], delimiter },
  };
}
