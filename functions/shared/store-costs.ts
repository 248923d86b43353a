import { readHomeSeed } from "./home-seeds.ts";
import { homeKeys } from "./home.ts";
import { priceNight, pricedRegions } from "./night-price.ts";
import { readNightUsage, type NightUsage } from "./night-usage.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Seed } from "./seeds.ts";

/** As many nights as the run page shows. */
const shownNights = 36;

/** One row of the table `costs`: a night's price in one region, and what was used. */
export type CostRow = Readonly<Record<string, string | number | null>>;

/**
 * What the counted nights cost by the price list in force, for the run page
 * (`runs/<run id>/costs.json`). Of the night at work only the steps before publication are known;
 * its row is whole in the next publication. Nobody bills a folder: then nothing is stored.
 */
export async function storeCosts(store: ObjectStore, runId: string, day: string): Promise<void> {
  const nights = await readNightUsage(store, shownNights);
  if (nights.length === 0) return;
  const rows = buildCostRows(nights, await readHomeSeed(store, "cloud_prices.csv"), day);
  await store.put(homeKeys.run(runId, "costs.json"), JSON.stringify(rows));
}

/** Sorted by night and region. */
export function buildCostRows(
  nights: readonly NightUsage[], prices: Seed, day: string,
): readonly CostRow[] {
  return nights.flatMap((night) => pricedRegions.map((region): CostRow => {
    const price = priceNight(night, region, prices);
    return {
      known_on: night.day, region, amount: price.amount,
      currency: price.currency === "" ? null : price.currency,
      missing: price.missing.join(", "),
      price_day: price.seen_on === "" ? null : price.seen_on, sources: price.sources.join("; "),
      calls: night.calls, put_requests: night.put_requests, get_requests: night.get_requests,
      gb_seconds: Math.round((night.gb_seconds_arm64 + night.gb_seconds_x64) * 100) / 100,
      scanned_bytes: night.billed_bytes, is_whole: night.day === day ? 0 : 1,
    };
  }));
}
