import { readHomeSeed } from "../shared/home-seeds.ts";
import { priceNight, pricedRegions } from "../shared/night-price.ts";
import { readNightUsage, type NightUsage } from "../shared/night-usage.ts";
import type { ObjectStore } from "../shared/object-store.ts";

const nightsOfMonth = 30;

/** What a month costs by the newest nights that were counted. */
export interface MonthCost {
  readonly nights: number;
  /** Days of the first and last night that was counted; null without any. */
  readonly from: string | null;
  readonly to: string | null;
  readonly month: NightUsage;
  readonly regions: readonly {
    readonly region: string; readonly amount: number | null; readonly currency: string;
    readonly missing: readonly string[]; readonly seen_on: string;
  }[];
}

/**
 * A month of 30 nights like the last 30 that were counted; only nights on a home in a bucket are.
 * Storage, delivery, keys, alarms and free tiers are not in it.
 */
export async function reckonMonth(store: ObjectStore): Promise<MonthCost> {
  const nights = await readNightUsage(store, nightsOfMonth);
  const prices = await readHomeSeed(store, "cloud_prices.csv");
  const scale = (of: keyof Omit<NightUsage, "day">): number => nights.length === 0 ? 0
    : nights.reduce((sum, night) => sum + night[of], 0) / nights.length * nightsOfMonth;
  const month: NightUsage = {
    day: nights.at(-1)?.day ?? "", calls: scale("calls"),
    put_requests: scale("put_requests"), get_requests: scale("get_requests"),
    read_bytes: scale("read_bytes"), written_bytes: scale("written_bytes"),
    gb_seconds_arm64: scale("gb_seconds_arm64"), gb_seconds_x64: scale("gb_seconds_x64"),
    billed_bytes: scale("billed_bytes"),
  };
  return {
    nights: nights.length, from: nights[0]?.day ?? null, to: nights.at(-1)?.day ?? null, month,
    regions: pricedRegions.map((region) => priceNight(month, region, prices)),
  };
}

/** Lines for a terminal. */
export function formatMonth({ nights, from, to, month, regions: priced }: MonthCost): readonly string[] {
  if (nights === 0) {
    return ["no night was counted: only nights on a home in a bucket (s3://…) cost anything"];
  }
  const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
  const gib = (value: number): string => `${(value / 2 ** 30).toFixed(2)} GiB`;
  return [
    `a month of ${nightsOfMonth} nights like the ${nights} counted from ${from} to ${to}:`,
    `  S3: ${whole(month.put_requests)} PUT and LIST, ${whole(month.get_requests)} GET; `
      + `${gib(month.read_bytes)} read, ${gib(month.written_bytes)} written`,
    `  Lambda: ${whole(month.calls)} calls, ${whole(month.gb_seconds_arm64)} GB-s on arm64, `
      + `${whole(month.gb_seconds_x64)} GB-s on x64`,
    `  Athena: ${gib(month.billed_bytes)} billed`,
    ...priced.map((p) => `  ${p.region}: ${p.amount === null
      ? `no price of ${p.missing.join(", ")}; put a list with yours at seeds/cloud_prices.csv`
      : `${p.amount.toFixed(2)} ${p.currency}, by prices read on ${p.seen_on}`}`),
    ...(month.calls === 0 ? ["  no night ran on Lambda: compute is not in it"] : []),
    "  not in it: storage, delivery of pages, keys, alarms, logs; free tiers are not taken off",
  ];
}
