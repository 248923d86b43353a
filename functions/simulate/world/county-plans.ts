import { parseDay, type DayNumber } from "../calendar.ts";
import { buildRandom, type Random } from "../random.ts";
import type { County } from "./counties.ts";

export type OnlinePlatform = "vendor-a" | "vendor-b" | "credit" | "lrs" | "ntms";
export type PracticeChannel = "practice" | "credit" | "ntms";

/** What happens in a county, known to the simulation only. */
export interface CountyPlan {
  readonly kind: "started" | "declared_only" | "activity_only" | "sparse" | "silent";
  readonly declaredOn: DayNumber | null;
  /** First day of ordinary learning; null: sparse or no activity. */
  readonly learnsFrom: DayNumber | null;
  /** Day by which well over the needed teachers have credit. */
  readonly evidencedBy: DayNumber | null;
  readonly platform: OnlinePlatform;
  readonly practice: PracticeChannel;
  /** Days a teacher takes from the first to the last hour. */
  readonly paceDays: readonly [number, number];
}

/** Counties that start in each stretch: up to the first gate, then on towards the second. */
const startsBefore2021 = 37;
const startsIn2021 = 67;
const thirtySeventhOn = parseDay("2020-12-30");
/** A county that declared early and from which no system ever reports a row (色达县). */
export const silentCountyCode = "513333";

/** Lays out the province's story: who starts when, through which systems, how fast. */
export function planCounties(
  counties: readonly County[], seed: number,
): ReadonlyMap<string, CountyPlan> {
  const random = buildRandom(seed, "county-plans");
  const bySize = [...counties].sort(
    (a, b) => a.nTeachers - b.nTeachers || (a.code < b.code ? -1 : 1)
  );
  const sizeRank = new Map(bySize.map((county, i) => [county.code, i / bySize.length]));
  const order = counties
    .filter((c) => c.code !== silentCountyCode)
    .map((county) => ({
      county,
      lateness: random.next() + (county.isDeepPoverty ? 0.5 : county.isPoverty ? 0.15 : 0) -
        0.3 * sizeRank.get(county.code)!,
    }))
    .sort((a, b) => a.lateness - b.lateness || (a.county.code < b.county.code ? -1 : 1))
    .map((entry) => entry.county);
  const plans = new Map<string, CountyPlan>();
  order.forEach((county, rank) => plans.set(county.code, planCounty(county, rank, random)));
  plans.set(silentCountyCode, {
    kind: "silent", declaredOn: parseDay("2021-04-12"), learnsFrom: null, evidencedBy: null,
    platform: "vendor-b", practice: "practice", paceDays: [120, 300],
  });
  return plans;
}

function planCounty(county: County, rank: number, random: Random): CountyPlan {
  const platform = pickPlatform(random);
  const practice: PracticeChannel = platform === "credit" && random.chance(0.5) ? "credit"
    : platform === "ntms" ? "ntms" : "practice";
  // Deep-poverty counties come late and are given more help: they learn faster.
  const paceDays: readonly [number, number] = county.isDeepPoverty ? [40, 110] : [70, 215];
  const base = { platform, practice, paceDays };
  if (rank < startsBefore2021 + startsIn2021) {
    const startsOn = startDay(rank, random);
    // The day of the gate itself rests on the registration alone: learning was there before it.
    const declaresFirst = (rank < 30 || rank > 44) && random.chance(0.45);
    const learnsFrom = startsOn - (declaresFirst ? 8 : random.between(25, 40));
    const declaredOn = declaresFirst ? startsOn - random.between(12, 35) : startsOn;
    return { kind: "started", declaredOn, learnsFrom, evidencedBy: startsOn, ...base };
  }
  const rest = rank - startsBefore2021 - startsIn2021;
  if (rest < 14) {
    const declaredOn = parseDay("2021-12-10") - rest * 13;
    return { kind: "declared_only", declaredOn, learnsFrom: null, evidencedBy: null, ...base };
  }
  if (rest < 26) {
    const from = parseDay("2021-09-10") + rest * 3;
    return {
      kind: "activity_only", declaredOn: null, learnsFrom: from, evidencedBy: null, ...base,
    };
  }
  return { kind: "sparse", declaredOn: null, learnsFrom: null, evidencedBy: null, ...base };
}

function startDay(rank: number, random: Random): DayNumber {
  if (rank === 36) return thirtySeventhOn;
  if (rank < 36) {
    const first = parseDay("2020-06-08");
    return first + Math.round(Math.sqrt(rank / 35) * 180) + random.between(0, 6);
  }
  const step = rank - 37;
  const first = parseDay("2021-01-12");
  return first + Math.round((step / (startsIn2021 - 1)) * 334) + random.between(0, 2);
}

function pickPlatform(random: Random): OnlinePlatform {
  const at = random.next();
  if (at < 0.4) return "vendor-a";
  if (at < 0.68) return "vendor-b";
  if (at < 0.82) return "credit";
  return at < 0.92 ? "lrs" : "ntms";
}
