import { diffFigures, type FigureDiff, type MovedMember } from "../measure/diff-figures.ts";
import { findMemberSource } from "../measure/figure-members.ts";
import { areaName } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { figureNames, stateNames, type FigureCode } from "../shared/figures.ts";
import { memberKinds, sayChange } from "../shared/messages/figure-changes.ts";
import { systemNameZh } from "../shared/messages/systems.ts";
import { outcomeTexts } from "../shared/messages/teachers.ts";
import { formatCount, formatHours, formatShare } from "../shared/number-format.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireArea, requireSchool } from "./require-area.ts";
import { requireFigure } from "./require-figure.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

/** Whose members are told without being asked for. */
const usual: ReadonlySet<string> = new Set(["R1", "R2", "H1", "H2", "H3", "A4"]);
/** Members and lines of each that are printed; `--json` has all. */
const shownMembers = 10;
const shownLines = 5;

export const diff: Command = {
  name: "diff",
  summary: "which teachers, counties and records moved the figures of an area between two days, because of which files",
  positionals: [
    { name: "D1", help: "the earlier day, e.g. 2021-11-30" },
    { name: "D2", help: "the later day" },
  ],
  options: {
    ...homeOption,
    area: { value: "CODE", default: "51", help: "51, 5101, 510104 or a school's 10 digits" },
    figure: { value: "CODE", help: "members of that figure alone; without it of R1 R2 H1 H2 H3 A4" },
    json: { help: "one JSON object a figure that moved" },
  },
  examples: [
    { line: "dudao diff 2021-12-15 2021-12-20 --area 510104 --home HOME", says: "what moved in a county, and why" },
    { line: "dudao diff 2021-12-15 2021-12-20 --area 51 --figure H2 --home HOME --json", says: "one figure, for a script" },
  ],
  exitCodes: { ...doneCodes, 1: "our fault; also where members do not add up to a figure" },
  async run(input, io) {
    const [first = "", second = ""] = input.positionals;
    const from = requireKnowledgeDay(first, io.now(), "D1");
    const to = requireKnowledgeDay(second, io.now(), "D2");
    if (from >= to) throw new UsageError(`diff: invalid days: ${from} ${to}; accepted: the earlier day first`);
    const area = requireArea(input.option("area") ?? "51");
    const { store } = await openHome(input.requireOption("home"));
    const asked = input.option("figure");
    const figure = asked === undefined ? undefined : await requireFigure(store, asked);
    if (area.length === 10) await requireSchool(store, area, to);
    const found = (await diffFigures({
      store, from, to, area, log: createProgressLog(io),
      isWanted: (code) => (figure === undefined ? usual.has(code) : code === figure),
    })).filter((one) => figure === undefined || one.figure_code === figure);
    if (input.hasFlag("json")) for (const one of found) io.out(JSON.stringify(one));
    else if (found.length === 0) io.out(sayChange("unchanged", { area: areaName(area), from, to }));
    else for (const one of found) for (const line of describe(one)) io.out(line);
    return 0;
  },
};

function describe(found: FigureDiff): readonly string[] {
  const { figure_code: code, members } = found;
  const name = figureNames[code as FigureCode]?.zh ?? "";
  const value = (when: "before" | "after"): string => {
    const [n, d] = [found[`n_${when}`], found[`d_${when}`]];
    const state = stateNames[found[`state_${when}`] as keyof typeof stateNames]?.zh;
    if (n === null && d === null && found[`share_${when}`] === null) return state ?? sayChange("none");
    const count = n === null ? "" : `（${formatCount(n)}${d === null ? "" : ` / ${formatCount(d)}`}）`;
    return `${formatShare(found[`share_${when}`])}${count}${state === undefined ? "" : ` ${state}`}`;
  };
  const head = `${areaName(found.area_code)} ${name} ${code}：${value("before")} → ${value("after")}`;
  if (found.member_kind === null) {
    return [head + (findMemberSource(code) ? sayChange("notAsked", { figure: code }) : "")];
  }
  return [
    head,
    `  ${sayChange("members", { kind: memberKinds[found.member_kind]?.zh ?? "", count: formatCount(members.length) })}`,
    ...members.slice(0, shownMembers).flatMap(describeMember),
    ...(members.length > shownMembers
      ? [`    ${sayChange("more", { count: formatCount(members.length - shownMembers) })}`] : []),
  ];
}

function describeMember(member: MovedMember): readonly string[] {
  const { n_before, d_before, n_after, d_after } = member;
  const value = (n: number | null, d: number | null, absent: "wasNone" | "isNone"): string =>
    (n === null && d === null ? sayChange(absent)
      : `${formatCount(n)}${d === null ? "" : ` / ${formatCount(d)}`}`);
  const causes = member.because.slice(0, shownLines).map((c) => {
    const values = { system: systemNameZh(c.system), day: c.landing_day, rows: formatCount(c.rows), file: c.file_name ?? "" };
    return sayChange(c.file_name === null ? "fromExport" : "fromFile", values)
      + (c.rows_gone > 0 ? sayChange("gone", { rows: formatCount(c.rows_gone) }) : "");
  });
  const outcome = (code: string | null): string =>
    (code === null ? sayChange("unknownYet") : outcomeTexts.zh[code] ?? code);
  const records = member.records.slice(0, shownLines).map((r) => sayChange("record", {
    system: systemNameZh(r.system), training: r.training, hours: `${formatHours(r.seconds)} 学时`,
    before: outcome(r.outcome_before), after: outcome(r.outcome_after),
  }));
  return [
    `    ${member.member}\t${value(n_before, d_before, "wasNone")} → ${value(n_after, d_after, "isNone")}`,
    ...[...(causes.length > 0 ? causes : [sayChange("noFile")]), ...records].map((line) => `      ${line}`),
  ];
}
