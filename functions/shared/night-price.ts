import type { NightUsage } from "./night-usage.ts";
import type { Seed } from "./seeds.ts";

/** Price of a night in one region. */
export interface NightPrice {
  readonly region: string;
  /** Without tiers that are free; null where a price is missing for something that was used. */
  readonly amount: number | null;
  /** '' where the list has no row for the region. */
  readonly currency: string;
  /** `service item` of which the list has no price in the region. */
  readonly missing: readonly string[];
  /** Oldest day on which one of the prices was read; '' without any. */
  readonly seen_on: string;
  /** Where these prices were read, each once. */
  readonly sources: readonly string[];
}

/** Regions that an installation may stand in: global and China. */
export const pricedRegions = ["us-east-1", "cn-north-1", "cn-northwest-1"] as const;

/** What was used, in the unit of the price list. */
const sizes: Readonly<Record<string, number>> = {
  "thousand": 1000, "million": 1e6, "GB-second": 1, GB: 2 ** 30, TB: 2 ** 40,
};
/** States of a round of the machine that call no function: Map, choices, end. */
const statesWithoutCall = 6;

/** Prices a night by `cloud_prices.csv`; throws nothing: what has no price is named. */
export function priceNight(usage: NightUsage, region: string, prices: Seed): NightPrice {
  const used: readonly (readonly [service: string, item: string, amount: number])[] = [
    ["s3", "put", usage.put_requests], ["s3", "get", usage.get_requests],
    ["lambda", "request", usage.calls],
    ["lambda", "compute_arm64", usage.gb_seconds_arm64],
    ["lambda", "compute_x64", usage.gb_seconds_x64],
    ["states", "transition", usage.calls === 0 ? 0 : usage.calls + statesWithoutCall],
    ["athena", "scan", usage.billed_bytes],
  ];
  const missing: string[] = [];
  const seen: string[] = [];
  const sources = new Set<string>();
  const currencies = new Set<string>();
  let amount = 0;
  for (const [service, item, quantity] of used) {
    if (quantity === 0) continue;
    const row = prices.rows.find((r) =>
      r.service === service && r.item === item && r.region === region);
    const size = sizes[row?.unit ?? ""];
    if (!row || size === undefined) {
      missing.push(`${service} ${item}`);
      continue;
    }
    amount += (quantity / size) * Number(row.price);
    currencies.add(row.currency ?? "");
    seen.push(row.seen_on ?? "");
    sources.add(row.source ?? "");
  }
  const isKnown = missing.length === 0 && currencies.size <= 1;
  return {
    region, missing, amount: isKnown ? Number(amount.toFixed(6)) : null,
    currency: [...currencies].join(" "), seen_on: seen.sort()[0] ?? "",
    sources: [...sources],
  };
}
