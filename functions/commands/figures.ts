import { findArea } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { figureNames, stateNames } from "../shared/figures.ts";
import { formatCount, formatPoints, formatShare } from "../shared/number-format.ts";
import { readFigures } from "../measure/read-figures.ts";
import { doneCodes, type Command } from "./command.ts";
import { defineFigures } from "./define-figures.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireArea, requireSchool } from "./require-area.ts";
import { requireFigure } from "./require-figure.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

export const figures: Command = {
  name: "figures",
  summary: "the figures table as of a day, or what a figure means",
  positionals: [{ name: "[CODE]", help: "with --define: one figure, e.g. H2" }],
  options: {
    ...homeOption,
    "as-of": { value: "DAY", help: "what was known by the end of that day" },
    area: { value: "CODE", help: "51, 5101, 510104 or a 10-digit school code" },
    figure: { value: "CODE", help: "one figure, e.g. H2" },
    define: { help: "definitions instead of figures: formula, paragraph of the plan, both names" },
    json: { help: "one JSON object a line (figures.md)" },
  },
  examples: [
    { line: "dudao figures --home HOME --as-of 2021-12-20 --area 51 --figure H2", says: "who has completed, in the province" },
    { line: "dudao figures --home HOME --as-of 2021-12-20 --json", says: "all figures, for a script" },
    { line: "dudao figures --define H2", says: "what H2 means" },
  ],
  exitCodes: doneCodes,
  async run(input, io) {
    const [word] = input.positionals;
    if (input.hasFlag("define")) return defineFigures(word, input.hasFlag("json"), io);
    if (word !== undefined) {
      throw new UsageError(`figures: unknown word: ${word}; accepted: --figure ${word}, or --define ${word}`);
    }
    const { store } = await openHome(input.requireOption("home"));
    const asOf = requireKnowledgeDay(input.requireOption("as-of"), io.now());
    const asked = input.option("area");
    const area = asked === undefined ? undefined : requireArea(asked);
    const code = input.option("figure");
    const figure = code === undefined ? undefined : await requireFigure(store, code);
    const rows = await readFigures({ store, asOf, area, figure, log: createProgressLog(io) });
    if (rows.length === 0 && area?.length === 10) await requireSchool(store, area, asOf);
    for (const row of rows) {
      if (input.hasFlag("json")) {
        io.out(JSON.stringify(row));
        continue;
      }
      const name = figureNames[row.figure_code as keyof typeof figureNames];
      const state = row.state_code === null ? "" : stateNames[row.state_code as keyof typeof stateNames]?.zh ?? row.state_code;
      io.out([
        findArea(row.area_code)?.name ?? row.area_code, row.segment_code, row.figure_code, name?.zh ?? "",
        name?.unit === "points" ? formatPoints(row.share) : formatShare(row.share),
        `${formatCount(row.n)} / ${formatCount(row.d)}`, state, row.on_date ?? "",
      ].join("\t").trimEnd());
    }
    if (rows.length === 0) io.err("no figure: nothing to divide by, or no such area on that day");
    return 0;
  },
};
