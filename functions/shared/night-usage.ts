import { homeKeys } from "./home.ts";
import type { StoreUsage } from "./object-store-counted.ts";
import type { ObjectStore } from "./object-store.ts";
import type { QueryLedger } from "./query-price.ts";
import { readJson } from "./read-json.ts";

/** `usage/<day>/<call>.json`: what one call of a night used of what AWS bills. */
export interface CallUsage extends StoreUsage {
  readonly step: string;
  readonly seconds: number;
  /** Seconds times memory of a Lambda function; null on a machine that nobody bills by them. */
  readonly gb_seconds: number | null;
  readonly architecture: "arm64" | "x64";
}

/** All calls of one night. */
export interface NightUsage extends StoreUsage {
  readonly day: string;
  readonly calls: number;
  readonly gb_seconds_arm64: number;
  readonly gb_seconds_x64: number;
  /** Of Athena; 0 where DuckDB measures. */
  readonly billed_bytes: number;
}

/** Notes what a call used; the note is itself one request. */
export async function storeUsage(
  store: ObjectStore, day: string, call: string, usage: CallUsage,
): Promise<void> {
  const noted: CallUsage = { ...usage, put_requests: usage.put_requests + 1 };
  await store.put(homeKeys.usage(day, call), JSON.stringify(noted));
}

/** The newest `limit` nights that were counted, in the order of their days. */
export async function readNightUsage(
  store: ObjectStore, limit: number,
): Promise<readonly NightUsage[]> {
  const keys = (await store.list(homeKeys.usagePrefix)).map(({ key }) => key);
  const days = [...new Set(keys.map((key) => key.split("/")[1] ?? ""))].sort().slice(-limit);
  const nights: NightUsage[] = [];
  for (const day of days) {
    const calls = await Promise.all(keys.filter((key) => key.split("/")[1] === day)
      .map((key) => readJson<CallUsage>(store, key)));
    nights.push(sumUsage(
      day, calls.filter((call) => call !== undefined), await readBilledBytes(store, day)));
  }
  return nights;
}

/** Sums calls; what nobody bills by the second adds no GB-seconds. */
export function sumUsage(
  day: string, calls: readonly CallUsage[], billedBytes: number,
): NightUsage {
  const sum = (of: (call: CallUsage) => number): number =>
    calls.reduce((total, call) => total + of(call), 0);
  const compute = (architecture: CallUsage["architecture"]): number =>
    sum((call) => (call.architecture === architecture ? call.gb_seconds ?? 0 : 0));
  return {
    day, calls: calls.filter((call) => call.gb_seconds !== null).length,
    put_requests: sum((c) => c.put_requests), get_requests: sum((c) => c.get_requests),
    read_bytes: sum((c) => c.read_bytes), written_bytes: sum((c) => c.written_bytes),
    gb_seconds_arm64: compute("arm64"), gb_seconds_x64: compute("x64"),
    billed_bytes: billedBytes,
  };
}

async function readBilledBytes(store: ObjectStore, day: string): Promise<number> {
  const run = await readJson<{ readonly run_id: string }>(store, homeKeys.runOfDay(day));
  if (!run) return 0;
  const ledger = await readJson<QueryLedger>(store, homeKeys.run(run.run_id, "queries.json"));
  return ledger?.billed_bytes ?? 0;
}
