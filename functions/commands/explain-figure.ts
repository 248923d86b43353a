import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explainFigure, type FigureExplanation } from "../measure/explain-figure.ts";
import type { FigureMember } from "../measure/figure-members.ts";
import { findArea } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { figureNames, stateNames, type FigureCode } from "../shared/figures.ts";
import { formatCount, formatShare } from "../shared/number-format.ts";
import type { CommandInput, CommandIo } from "./command.ts";
import { openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { requireArea } from "./require-area.ts";
import { requireKnowledgeDay } from "./require-knowledge-day.ts";

/** `dudao explain figure CODE`: what it means, who is in it, what it rests on. */
export async function explainFigureCommand(
  code: string, input: CommandInput, io: CommandIo,
): Promise<number> {
  if (!Object.hasOwn(figureNames, code)) {
    throw new UsageError(`explain figure: unknown: ${code}; accepted: ${Object.keys(figureNames).join(" ")}`);
  }
  const area = requireArea(input.option("area") ?? "51");
  const { store } = await openHome(input.requireOption("home"));
  const asOf = requireKnowledgeDay(input.requireOption("as-of"), io.now());
  const found = await explainFigure({
    store, asOf, area, figure: code as FigureCode, segment: input.option("segment") ?? "all",
    log: createProgressLog(io),
  });
  if (!found) throw new UsageError(`explain figure: ${code} of ${area}: no such row as of ${asOf}; dudao figures --area ${area} lists those there are`);
  const folder = input.option("out");
  if (folder !== undefined) writeLists(folder, found);
  if (input.hasFlag("json")) io.out(JSON.stringify(found));
  else print(found, folder, io);
  return 0;
}

function print(found: FigureExplanation, folder: string | undefined, io: CommandIo): void {
  const { definition: text } = found;
  const state = found.state_code === null ? ""
    : `；${stateNames[found.state_code as keyof typeof stateNames]?.zh ?? found.state_code}`;
  const count = found.n === null ? ""
    : `（${formatCount(found.n)}${found.d === null ? "" : ` / ${formatCount(found.d)}`}）`;
  io.out(`${findArea(found.area_code)?.name ?? found.area_code} ${found.name_zh} ${found.figure_code}：`
    + `${formatShare(found.share)}${count}${state}，截至 ${found.as_of}`);
  io.out(`分子：${text.n}`);
  if (text.d !== null) io.out(`分母：${text.d}`);
  io.out(`公式：${text.formula}；出处：实施方案 ${text.source}`);
  if (found.member_kind === null) {
    for (const p of found.parts) io.out(`  由 ${p.figure_code} ${p.segment_code}：${formatShare(p.share)}（${formatCount(p.n)} / ${formatCount(p.d)}）`);
  } else {
    io.out(`计入分子 ${formatCount(found.numerator.length)}，共 ${formatCount(found.denominator.length)}：`);
    for (const m of found.denominator.slice(0, 10)) io.out(`  ${line(m).join("\t")}`);
    if (found.denominator.length > 10) io.out(folder === undefined ? "  …全部名单：--out DIR" : `  …全部名单见 ${folder}`);
  }
  io.out("数据来源：");
  for (const s of found.rests_on) io.out(`  ${s.relation}\t${s.system}\t${s.nights} 夜，最近 ${s.newest_on}`);
}

const columns = ["member", "county_code", "n", "d", "state_code", "on_date"] as const;

function line(member: FigureMember): readonly string[] {
  return columns.map((c) => String(member[c] ?? ""));
}

/** numerator.csv and denominator.csv for a spreadsheet; teacher numbers: for their owner alone. */
function writeLists(folder: string, found: FigureExplanation): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of ["numerator", "denominator"] as const) {
    const text = [columns, ...found[name].map(line)].map((cells) => `${cells.join(",")}\r\n`).join("");
    writeFileSync(join(folder, `${name}.csv`), `\uFEFF${text}`, { mode: 0o600 });
  }
}
