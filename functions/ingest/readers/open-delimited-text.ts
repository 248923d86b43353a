import type { RawFile, Refusal } from "../raw.ts";
import type { OpenOptions } from "./open-options.ts";
import { MAX_LINE_BYTES, refuse } from "./open-options.ts";
import { countRecords } from "./record-census.ts";
import type { TextChoice } from "./text-encoding.ts";
import { isBig5 } from "./text-encoding.ts";
import { readTextRows } from "./text-rows.ts";
import { readTextChunks } from "./text-source.ts";

/** Opens a delimited text after one pass over its bytes: open quotes, long lines, record count. */
export function openDelimitedText(
  path: string,
  head: Buffer,
  choice: TextChoice,
  options: OpenOptions,
): RawFile | Refusal {
  if (choice.encoding === "gb18030" && isBig5(head, choice, options)) {
    return refuse("unreadable", "text is Big5, not GB18030");
  }
  const source = { path, encoding: choice.encoding };
  const census = countRecords(readTextChunks(source), choice.delimiter);
  if (census.unclosedQuoteLine !== undefined) {
    return refuse("unclosed_quote", `line ${census.unclosedQuoteLine}`);
  }
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  if (census.longestBytes > maxLineBytes) {
    return refuse("too_large", `line of ${census.longestBytes} bytes; at most ${maxLineBytes}`);
  }
  if (census.records === 0) return refuse("empty", "no row with data");
  return {
    format: "csv",
    encoding: choice.encoding,
    sheets: [
      {
        name: "",
        rows: () => readTextRows(source, choice.delimiter),
        countRows: async () => census.records,
      },
    ],
    close: async () => {},
  };
}
