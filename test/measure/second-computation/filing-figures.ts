import { addDays, daysBetween } from "./days.ts";
import type { Figure } from "./figure.ts";
import { figure, placesAbove } from "./figure.ts";
import { presentOf } from "./known.ts";
import type { Known } from "./known.ts";
import type { PlanFilingRow } from "./lake.ts";
import { buildRecords, isNewer } from "./records.ts";
import { countyOn } from "./roll.ts";
import { requireNumber } from "./parameters.ts";

/** P1, P2, P4 … P6, L4, L5: filings and programmes of province, cities and counties. */
export function buildFilingFigures(known: Known): readonly Figure[] {
  const { divisions } = known.history;
  const cities = [...new Set(divisions.map((d) => d.city_code))];
  const province = divisions[0]!.county_code.slice(0, 2);
  const filings = presentOf(known.history.plan_filing)
    .filter((f) => f.filed_on! <= known.asOf);
  const states = new Map(divisions.map((d) =>
    [d.county_code, countyState(known, filings, d.county_code)]));
  const figures: Figure[] = [...states].map(([county, state_code]) =>
    figure(county, "P2", { n: state_code === "approved" ? 1 : 0, d: 1, state_code }));
  for (const area of [province, ...cities]) {
    const own = [...states].filter(([county]) => county.startsWith(area)).map(([, s]) => s);
    const d = own.length;
    figures.push(
      figure(area, "P1", { n: own.filter((s) => s !== "none").length, d }),
      figure(area, "P2", { n: own.filter((s) => s === "approved").length, d }),
      ...reviewFigures(known, area, filings.filter((f) => isOfArea(known, f, area))),
    );
  }
  for (const city of cities) {
    const rules = ["implementation_plan", "assessment_rules", "spot_check_rules"];
    const n = rules.filter((type) => filings.some((f) => f.filing_level === "city"
      && f.unit_code === city && f.plan_type === type && isApproved(f, known.asOf))).length;
    figures.push(figure(city, "P4", { n, d: 3 }));
  }
  return [...figures, ...programmeFigures(known, [province, ...cities]),
    ...modelFigures(known, cities)];
}

/** Filed by the day, and approved as the newest version known says. */
export function isApproved(f: PlanFilingRow, asOf: string): boolean {
  return f.review_state === "approved" && f.filed_on! <= asOf;
}

function countyState(known: Known, filings: readonly PlanFilingRow[], county: string): string {
  const own = filings.filter((f) => f.filing_level === "county" && f.unit_code === county
    && f.plan_type === "implementation_plan");
  if (own.length === 0) return "none";
  if (own.some((f) => isApproved(f, known.asOf))) return "approved";
  return own.some((f) => f.review_state === "pending") ? "pending" : "returned";
}

function isOfArea(known: Known, f: PlanFilingRow, area: string): boolean {
  if (area.length === 2) return true;
  if (f.filing_level !== "school") return f.unit_code!.startsWith(area);
  return known.roll.schools.get(f.unit_code!)?.newest.county_code?.startsWith(area) === true;
}

function reviewFigures(
  known: Known, area: string, filings: readonly PlanFilingRow[],
): readonly Figure[] {
  const { asOf } = known;
  const waits = filings
    .filter((f) => f.review_state !== "pending" && f.reviewed_on !== null
      && f.reviewed_on <= asOf && f.reviewed_on >= addDays(asOf, -364))
    .map((f) => daysBetween(f.filed_on!, f.reviewed_on!)).sort((a, b) => a - b);
  const ages = filings.filter((f) => f.review_state === "pending")
    .map((f) => daysBetween(f.filed_on!, asOf));
  return [
    ...(waits.length > 0
      ? [figure(area, "P5", { n: waits[Math.floor((waits.length - 1) / 2)]! })] : []),
    ...(ages.length > 0 ? [figure(area, "P6", { n: Math.max(...ages) })] : []),
  ];
}

function programmeFigures(known: Known, areas: readonly string[]): readonly Figure[] {
  const { asOf, history, roll, versions } = known;
  const codes = [...new Set(history.programmes.map((p) => p.programme_code))];
  return codes.flatMap((code) => {
    const plans = history.programmes.filter((p) => p.programme_code === code);
    const titles = plans.map((p) => p.title);
    const graduates = new Set(versions.flatMap((v) =>
      v.isProgramme && v.standing === "newest" && v.match.teacher !== undefined
        && v.row.is_passed === true && "programme_title" in v.row
        && titles.includes(v.row.programme_title ?? "")
        && v.row.event_on !== null && v.row.event_on <= asOf ? [v.match.teacher] : []));
    // Titles of one programme share its seats.
    const { phases, seats_per_phase } = plans[0]!;
    const seats = seats_per_phase === undefined ? null : phases * seats_per_phase;
    return areas.map((area) => figure(area, `L4_${code}`, {
      n: [...graduates].filter((no) => area.length === 2
        || countyOn(roll, roll.persons.get(no)!, asOf)?.startsWith(area)).length,
      d: area.length === 2 ? seats : null,
    }));
  });
}

function modelFigures(known: Known, cities: readonly string[]): readonly Figure[] {
  const { asOf, history, roll } = known;
  const schools = presentOf(history.model_school)
    .map((m) => roll.schools.get(m.school_code!)?.newest.county_code ?? "");
  const approved = buildRecords(history.county_registration)
    .filter((r) => r.isPresent && r.versions[0]!.filing_state === "approved")
    .map((r) => r.versions[0]!);
  const models = history.divisions.map((d) => d.county_code).filter((county) =>
    approved.filter((r) => r.county_code === county).sort(isNewer)[0]?.is_model_county === true);
  return cities.flatMap((city) => {
    const n = schools.filter((county) => placesAbove(county).includes(city)).length;
    const low = requireNumber(history.parameters, city, "model_schools_low", asOf);
    const high = requireNumber(history.parameters, city, "model_schools_high", asOf);
    return [
      figure(city, "L5", {
        n, target: low, state_code: n < low ? "below" : n > high ? "above" : "within",
      }),
      figure(city, "L5_county", { n: models.filter((c) => c.startsWith(city)).length, target: 1 }),
    ];
  });
}
