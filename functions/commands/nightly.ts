import { requireDay, type Command } from "./command.ts";
import { engineOption, openChosenEngine } from "./engine-option.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { formatNight, sumRows } from "./night-summary.ts";
import { requirePastDay } from "./require-knowledge-day.ts";
import { runNights } from "./run-nights.ts";
import type { NightReport } from "../nightly.ts";

const exitCodes = {
  0: "done, also when files were refused or held",
  1: "our fault", 2: "usage",
  3: "nothing was published: a file does not balance or a check failed; the old publication stands",
} as const;

export const nightly: Command = {
  name: "nightly",
  summary: "run the night: plan, ingest, measure, scorecards, publish, alert",
  options: {
    ...homeOption, ...engineOption,
    date: { value: "DAY", help: "the night of that day; without it every landing day not run yet, in order" },
    json: { help: "one JSON object a night" },
  },
  examples: [
    { line: "dudao nightly --home HOME", says: "every landing day that has not been run" },
    { line: "dudao nightly --home HOME --date 2021-12-20 --json", says: "one night, for a script" },
  ],
  exitCodes,
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const date = input.option("date");
    const reports = await runNights({
      store, log: createProgressLog(io), engine: await openChosenEngine(store, input, io), date: date === undefined ? undefined : requirePastDay(date, io.now()),
    });
    if (reports.length === 0) io.err("nothing to run: every landing day has been run");
    for (const report of reports) io.out(input.hasFlag("json") ? nightJson(report) : formatNight(report));
    return 0;
  },
};

export const backfill: Command = {
  name: "backfill",
  summary: "run many landing days in order, publish the newest",
  options: {
    ...homeOption, ...engineOption,
    from: { value: "DAY", help: "first landing day" },
    to: { value: "DAY", help: "last landing day" },
    json: { help: "one JSON object a night" },
  },
  examples: [
    { line: "dudao backfill --home HOME --to 2021-06-30", says: "everything that landed until the end of June" },
    { line: "dudao backfill --home HOME --from 2021-07-01 --json", says: "the rest, for a script" },
  ],
  exitCodes,
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const [from, to] = ["from", "to"].map((name) => {
      const value = input.option(name);
      return value === undefined ? undefined : requireDay(name, value);
    });
    const reports = await runNights({
      store, log: createProgressLog(io), engine: await openChosenEngine(store, input, io),
      ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { until: to }),
    });
    if (reports.length === 0) io.err("nothing to run: every landing day has been run");
    for (const report of reports) io.out(input.hasFlag("json") ? nightJson(report) : formatNight(report));
    return 0;
  },
};

function nightJson(report: NightReport): string {
  const { files, ...rest } = report;
  return JSON.stringify({ ...rest, files: files.length, rows: sumRows(files) });
}
