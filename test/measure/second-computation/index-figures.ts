import type { Figure } from "./figure.ts";
import { figure } from "./figure.ts";
import type { Known } from "./known.ts";
import { requireNumber } from "./parameters.ts";
import type { DayState } from "./teachers.ts";

/** S, its parts and ranks, out of the other figures of the counties. */
export function buildIndexFigures(
  known: Known, state: DayState, figures: readonly Figure[],
): readonly Figure[] {
  const { history, asOf } = known;
  const reported = history.divisions.filter((d) => known.reported.has(d.county_code));
  const built: Figure[] = [];
  const indexes = new Map<string, number>();
  for (const { county_code } of reported) {
    const own = figures.filter((f) => f.area_code === county_code);
    const parts = partsOf(known, state, county_code, own);
    let [sum, weights] = [0, 0];
    for (const [name, part] of Object.entries(parts)) {
      if (part === undefined) continue;
      const weight = requireNumber(history.parameters, county_code, `weight_${name}`, asOf);
      sum += weight * part;
      weights += weight;
      built.push(figure(county_code, `S_${name}`, { share: part }));
    }
    built.push(figure(county_code, "S", { share: sum / weights }));
    indexes.set(county_code, Math.round((sum / weights) * 1e12) / 1e12);
  }
  const quarters = quartersOf(state, reported.map((d) => d.county_code));
  for (const d of reported) {
    const inCity = reported.filter((o) => o.city_code === d.city_code);
    const peers = reported.filter((o) => o.is_poverty === d.is_poverty
      && quarters.get(o.county_code) === quarters.get(d.county_code));
    for (const [code, group] of [["S_rank_city", inCity], ["S_rank_peers", peers]] as const) {
      const better = group.filter((o) =>
        indexes.get(o.county_code)! > indexes.get(d.county_code)!);
      built.push(figure(d.county_code, code, { n: better.length + 1, target: group.length }));
    }
  }
  return built;
}

/** Parts by the name of their weight; undefined: unknown. */
function partsOf(
  known: Known, state: DayState, county: string, own: readonly Figure[],
): Readonly<Record<string, number | undefined>> {
  const find = (code: string, segment = "all"): Figure | undefined =>
    own.find((f) => f.figure_code === code && f.segment_code === segment);
  const share = (code: string, segment?: string): number | undefined =>
    find(code, segment)?.share ?? undefined;
  const started = find("R1")!.state_code;
  const led = [share("L1"), share("L2"), share("P2")];
  const scores = ["Q_expert", "Q_trainee", "Q_third"].flatMap((code) => share(code) ?? []);
  const flagged = share("I_any");
  return {
    rollout: started === "started" ? 1 : started === "none" ? 0 : 0.5,
    completion: share("H3"),
    qualified: share("A4"),
    equity: equityOf(known, state, county, share),
    leadership: led.some((s) => s === undefined) ? undefined : sum(led as number[]) / 3,
    quality: scores.length > 0 ? sum(scores) / scores.length : undefined,
    data: flagged === undefined ? undefined : 1 - flagged,
  };
}

function equityOf(
  known: Known, state: DayState, county: string,
  share: (code: string, segment?: string) => number | undefined,
): number {
  const all = share("H3");
  const needed = requireNumber(
    known.history.parameters, county, "equity_group_teachers", known.asOf);
  const own = state.teachers.filter((t) => t.isCounted && t.county === county);
  const groups = ["deep_poverty_rural", "village"]
    .filter((g) => own.filter((t) => t.segments.has(g)).length >= needed);
  if (groups.length === 0) return 1;
  if (all === 0) return 0;
  return Math.min(1, ...groups.map((g) => share("H3", g)! / all!));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/** County → quarter 1 … 4 of the counties by teachers; the first ones take what is over. */
function quartersOf(state: DayState, counties: readonly string[]): ReadonlyMap<string, number> {
  const size = (c: string): number => state.sizes.get(c) ?? 0;
  const ordered = [...counties].sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
  const quarters = new Map<string, number>();
  let next = 0;
  for (let quarter = 1; quarter <= 4; quarter++) {
    const rows = Math.floor(ordered.length / 4) + (quarter <= ordered.length % 4 ? 1 : 0);
    for (const county of ordered.slice(next, next + rows)) quarters.set(county, quarter);
    next += rows;
  }
  return quarters;
}
