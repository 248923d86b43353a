import { listLookalikes } from "../measure/list-lookalikes.ts";
import { formatHours } from "../shared/number-format.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

export const lookalikes: Command = {
  name: "lookalikes",
  summary: "trainings of two systems that may be one and count twice, for the crosswalk",
  options: {
    ...homeOption,
    "as-of": { value: "DAY", help: "what was known by the end of that day", isRequired: true },
    json: { help: "one JSON object a line" },
  },
  examples: [
    { line: "dudao lookalikes --home HOME --as-of 2021-12-20", says: "most teachers first; map them in HOME/seeds/training_crosswalk.csv" },
    { line: "dudao lookalikes --home HOME --as-of 2021-12-20 --json", says: "the same for a script" },
  ],
  exitCodes: doneCodes,
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const asOf = requireKnowledgeDay(input.requireOption("as-of"), io.now());
    const found = await listLookalikes({ store, asOf, log: createProgressLog(io) });
    for (const row of found) {
      io.out(input.hasFlag("json") ? JSON.stringify(row) : [
        `${row.system} ${row.source_training_id}`, `${row.other_system} ${row.other_training_id}`,
        row.category, `${row.teachers} 名教师`, `${formatHours(row.seconds)} 学时`, `${row.first_on} 至 ${row.last_on}`,
      ].join("\t"));
    }
    if (found.length === 0) io.err("没有疑似重复的培训：no look-alikes on that day");
    return 0;
  },
};
