import { explainCard, parseCardCode, type CardExplanation } from "../measure/explain-card.ts";
import { findArea, lineageOf } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { figureNames, type FigureCode } from "../shared/figures.ts";
import { homeKeys } from "../shared/home.ts";
import { sayOrigin } from "../shared/messages/card-origin.ts";
import { systemNameZh } from "../shared/messages/systems.ts";
import { formatCount, formatDay, formatHours, formatShare } from "../shared/number-format.ts";
import type { CommandInput, CommandIo } from "./command.ts";
import { openHome } from "./open-home.ts";

const shownFigures: ReadonlySet<string> = new Set(["R1", "H1", "H2", "H3", "A4", "I_any", "S"]);

/** `dudao explain card CODE`: from the short code on a card to its run, figures and inputs. */
export async function explainCardCommand(
  code: string, input: CommandInput, io: CommandIo,
): Promise<number> {
  const parsed = parseCardCode(code);
  if (!parsed || !findArea(parsed.area)) {
    throw new UsageError(`explain card: invalid: ${code}; accepted: the short code on the card, `
      + "area, day and six characters, e.g. 510104-20211220-0a1b2c");
  }
  const { store } = await openHome(input.requireOption("home"));
  const found = await explainCard(store, parsed);
  if (!found) {
    const day = parsed.runId.slice(0, "2021-12-20".length);
    const runs = (await store.list(homeKeys.runPrefix))
      .flatMap(({ key }) => /^runs\/([^/]+)\/manifest\.json$/.exec(key)?.[1] ?? [])
      .filter((run) => run.startsWith(day));
    throw new UsageError(`explain card: unknown run: ${parsed.runId}; stored of that day: ${runs.join(" ") || "none"}`);
  }
  if (input.hasFlag("json")) io.out(JSON.stringify(found));
  else for (const line of describe(found)) io.out(line);
  return 0;
}

/** H3 counts seconds of credit; people read 学时. */
function countOf({ figure_code: code, n, d }: CardExplanation["figures"][number]): string {
  if (n === null) return "";
  return code === "H3" ? `${formatHours(n)} / ${formatHours(d)} 学时` : `${formatCount(n)} / ${formatCount(d)}`;
}

function describe(found: CardExplanation): readonly string[] {
  const { scorecard_sha256: sha256, published_sha256: published } = found;
  const versions = Object.entries(found.versions).map(([name, v]) => `${name} ${v}`).join("，");
  const nights = new Set(found.files.map((file) => file.known_on));
  const pdf = sha256 === null ? sayOrigin("missing")
    : sha256 === published ? sayOrigin("same", { sha256 })
      : sayOrigin("changed", { sha256, published: published ?? "—" });
  return [
    sayOrigin("head", {
      card: found.card, day: formatDay(found.as_of, "zh"),
      area: lineageOf(found.area_code).map((a) => a.name).join(" "),
    }),
    sayOrigin("run", { run: found.run_id, versions, state: sayOrigin(found.is_public ? "public" : "notPublic") }),
    pdf,
    sayOrigin("figures", { count: formatCount(found.figures.length) }),
    ...found.figures.filter((row) => shownFigures.has(row.figure_code)).map((row) =>
      `  ${row.figure_code}\t${figureNames[row.figure_code as FigureCode]?.zh ?? ""}\t${formatShare(row.share)}\t${countOf(row)}`.trimEnd()),
    sayOrigin("files", { files: formatCount(found.files.length), nights: formatCount(nights.size) }),
    ...[...new Set(found.files.map((file) => file.system))].sort().map((system) => {
      const files = found.files.filter((file) => file.system === system);
      return `  ${sayOrigin("system", {
        system: systemNameZh(system), files: formatCount(files.length),
        rows: formatCount(files.reduce((sum, file) => sum + (file.rows_accepted ?? 0), 0)),
        day: files.map((file) => file.landing_day).sort().at(-1) ?? "",
      })}`;
    }),
    sayOrigin("inputs", { count: formatCount(found.inputs.length) }),
    sayOrigin("rebuild", { run: found.run_id }),
  ];
}
