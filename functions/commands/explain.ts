import { explainStanding } from "../measure/explain-teacher.ts";
import { UsageError } from "../shared/errors.ts";
import { outcomeTexts, sayTeacher } from "../shared/messages/teachers.ts";
import { formatHours } from "../shared/number-format.ts";
import { doneCodes, type Command } from "./command.ts";
import { explainCardCommand } from "./explain-card.ts";
import { explainFigureCommand } from "./explain-figure.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

export const explain: Command = {
  name: "explain",
  summary: "why a teacher counts or does not; what a figure or a scorecard rests on",
  positionals: [
    { name: "teacher", help: "what to explain: teacher, figure or card" },
    { name: "ID", help: "teacher number or identity number; code of the figure, e.g. H2; short code on a scorecard" },
  ],
  options: {
    ...homeOption,
    "as-of": { value: "DAY", help: "teacher, figure: what was known by the end of that day" },
    area: { value: "CODE", help: "figure: 51, 5101, 510104 or a school's 10 digits (default 51)" },
    segment: { value: "CODE", help: "figure: all or a helped group (default all)" },
    out: { value: "DIR", help: "figure: write numerator.csv and denominator.csv there" },
    json: { help: "one JSON object (figures.md)" },
  },
  examples: [
    { line: "dudao explain teacher TEACHER --home HOME --as-of 2021-12-20", says: "one line, then every record" },
    { line: "dudao explain teacher TEACHER --home HOME --as-of 2021-12-20 --json", says: "the same for a script" },
    { line: "dudao explain figure H2 --area 51 --home HOME --as-of 2021-12-20", says: "definition, who is in it, sources and nights" },
    { line: "dudao explain card CARD --home HOME", says: "its run, figures, and every file it rests on" },
  ],
  exitCodes: { ...doneCodes, 2: "usage, a person whom no roll knows, or a card whose run is not stored" },
  async run(input, io) {
    const [what, id = ""] = input.positionals;
    if (what === "figure") return explainFigureCommand(id, input, io);
    if (what === "card") return explainCardCommand(id, input, io);
    if (what !== "teacher") {
      throw new UsageError(`explain: unknown: ${what}; accepted: teacher figure card`);
    }
    const { store } = await openHome(input.requireOption("home"));
    const asOf = requireKnowledgeDay(input.requireOption("as-of"), io.now());
    const found = await explainStanding({ store, id, asOf, log: createProgressLog(io) });
    if (!found) {
      throw new UsageError(`teacher: unknown: ${id.length > 12 ? "(identity number)" : id}; accepted: a number on a roll known on ${asOf}`);
    }
    if (input.hasFlag("json")) {
      io.out(JSON.stringify(found.explanation));
      return 0;
    }
    io.out(sayTeacher(found));
    const hours = (seconds: number): string => `${formatHours(seconds)} 学时`;
    for (const r of found.explanation.records) {
      io.out(["", r.landing_day, r.system, r.training, r.category ?? "", r.seconds === null ? "" : hours(r.seconds), r.event_on ?? "", `${outcomeTexts.zh[r.outcome] ?? ""} ${r.outcome}`, r.record_id].join("\t"));
    }
    return 0;
  },
};
