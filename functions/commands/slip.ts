import { readSlipRows } from "../shared/read-slip-rows.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

export const slip: Command = {
  name: "slip",
  summary: "the rejected rows of a file, with cell and reason",
  positionals: [{ name: "FILE", help: "file name as it landed, or system/day/name" }],
  options: {
    ...homeOption,
    json: { help: "one JSON object a rejected row (figures.md)" },
  },
  examples: [
    { line: "dudao slip FILE --home HOME", says: "row, cell and reasons; the workbook to send back lies under slips/" },
    { line: "dudao slip FILE --home HOME --json", says: "the same for a script" },
  ],
  exitCodes: { ...doneCodes, 2: "usage, or no such file was taken" },
  async run(input, io) {
    const { store } = openHome(input.requireOption("home"));
    const rows = await readSlipRows(store, input.positionals[0] ?? "");
    for (const row of rows) {
      io.out(input.hasFlag("json") ? JSON.stringify(row)
        : [row.sheet, row.row, row.cell ?? "", row.reasons.join(" ")].join("\t"));
    }
    if (rows.length === 0) io.err("no rejected row in that file");
    return 0;
  },
};
