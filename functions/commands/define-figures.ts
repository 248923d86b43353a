import { UsageError } from "../shared/errors.ts";
import { figureNames, type FigureCode } from "../shared/figures.ts";
import { figureDefinitions } from "../shared/messages/figure-definitions.ts";
import type { CommandIo } from "./command.ts";

/** Prints what one figure means, or all; `asJson`: one object a line. */
export function defineFigures(code: string | undefined, asJson: boolean, io: CommandIo): number {
  const known = Object.keys(figureNames) as FigureCode[];
  const asked = known.find((c) => c === code);
  if (code !== undefined && !asked) {
    throw new UsageError(`--define: unknown figure: ${code}; accepted: ${known.join(" ")}`);
  }
  for (const c of asked ? [asked] : known) {
    const { unit, zh, en } = figureNames[c];
    const { levels, formula, source, ...words } = figureDefinitions[c];
    if (asJson) {
      io.out(JSON.stringify({
        figure_code: c, unit, name_zh: zh, name_en: en, levels: levels.split(" "),
        n_zh: words.zh.n, d_zh: words.zh.d ?? null, n_en: words.en.n, d_en: words.en.d ?? null,
        formula, source,
      }));
      continue;
    }
    io.out(`${c}  ${zh} · ${en}（${unit}；${levels}）`);
    io.out(`    分子 n  ${words.zh.n}`);
    io.out(`            ${words.en.n}`);
    if (words.zh.d !== undefined) {
      io.out(`    分母 d  ${words.zh.d}`);
      io.out(`            ${words.en.d ?? ""}`);
    }
    io.out(`    公式    ${formula}`);
    io.out(`    出处    实施方案 ${source}`);
  }
  return 0;
}
