import type { LedgerRow } from "../shared/ledger.ts";
import { maskNumbers } from "../shared/mask-numbers.ts";
import { formatCount } from "../shared/number-format.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { doneCodes, requireDay, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

/** Keys of one line of `dudao files --json`, in the order of figures.md. */
export const fileKeys = [
  "system", "export", "landing_day", "file_name", "sha256", "status", "reason", "rows_skipped",
  "rows_read", "rows_accepted", "rows_rejected", "rows_duplicate", "rows_unchanged", "reasons",
  "warnings", "seconds", "bytes",
] as const satisfies readonly (keyof LedgerRow)[];

export const files: Command = {
  name: "files",
  summary: "every file taken, with the three numbers that add up",
  options: {
    ...homeOption,
    date: { value: "DAY", help: "only files that the night of that day took" },
    json: { help: "one JSON object a line (figures.md)" },
  },
  examples: [
    { line: "dudao files --home HOME --date 2021-12-20", says: "what the night of that day took" },
    { line: "dudao files --home HOME --json", says: "every file so far, for a script" },
  ],
  exitCodes: doneCodes,
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const date = input.option("date");
    const rows = await readLedger(store, date === undefined ? {} : { date: requireDay("date", date) });
    for (const row of rows) {
      if (input.hasFlag("json")) {
        io.out(JSON.stringify(Object.fromEntries(fileKeys.map((key) => [key, row[key]]))));
        continue;
      }
      const counts = row.rows_read === null ? "" :
        `${formatCount(row.rows_read)} = ${formatCount(row.rows_accepted)} + ${formatCount(row.rows_rejected)} + ${formatCount(row.rows_duplicate)}`;
      io.out([row.landing_day, row.system, maskNumbers(row.file_name), row.status, counts, row.reason_zh ?? ""].join("\t").trimEnd());
    }
    if (rows.length === 0) io.err("no files: no night has been run for that day");
    return 0;
  },
};
