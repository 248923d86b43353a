import { loadHomeContracts } from "../ingest/contracts/load-contracts.ts";
import { listUnmatched } from "../measure/list-unmatched.ts";
import { UsageError } from "../shared/errors.ts";
import { fillMessage } from "../shared/messages/catalogue.ts";
import { rowReasonZh } from "../shared/messages/row-reasons.ts";
import { slipCommandTexts, slipTexts } from "../shared/messages/slips.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

export const unmatched: Command = {
  name: "unmatched",
  summary: "persons of training rows that match nobody on the roll",
  options: {
    ...homeOption,
    "as-of": { value: "DAY", help: "what was known by the end of that day", isRequired: true },
    system: { value: "SYSTEM", help: "one training system" },
    json: { help: "one JSON object a line (figures.md)" },
  },
  examples: [
    { line: "dudao unmatched --home HOME --as-of 2021-12-20 --system vendor-a", says: "where to look in vendor-a's files" },
    { line: "dudao unmatched --home HOME --as-of 2021-12-20 --json", says: "all systems, for a script" },
  ],
  exitCodes: doneCodes,
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const asOf = requireKnowledgeDay(input.requireOption("as-of"), io.now());
    const system = input.option("system");
    const systems = new Set((await loadHomeContracts(store)).map((contract) => contract.system));
    if (system !== undefined && !systems.has(system)) {
      throw new UsageError(`--system: unknown: ${system}; accepted: ${[...systems].join(" ")}`);
    }
    const rows = await listUnmatched({ store, asOf, system, log: createProgressLog(io) });
    for (const row of rows) {
      io.out(input.hasFlag("json") ? JSON.stringify(row)
        : [row.landing_day, row.system, row.file_name, `${slipTexts.zh.colRow} ${row.row}`,
          rowReasonZh(row.reason)].join("\t"));
    }
    if (rows.length > 0 && !input.hasFlag("json")) {
      io.err(fillMessage(slipCommandTexts.zh.unmatchedRows, { rows: rows.length }));
    }
    if (rows.length === 0) io.err("nobody unmatched");
    return 0;
  },
};
