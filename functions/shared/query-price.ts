import type { Seed } from "./seeds.ts";
import type { EngineQuery } from "./sql-engine.ts";

/** `runs/<run id>/queries.json`: what a run asked of an engine that bills by the query. */
export interface QueryLedger {
  readonly service: string;
  readonly region: string;
  readonly scanned_bytes: number;
  readonly billed_bytes: number;
  /** Of all queries; null where the price list has no price for the region. */
  readonly price: QueryPrice | null;
  readonly queries: readonly PricedQuery[];
}
export interface QueryPrice {
  readonly amount: number;
  readonly currency: string;
  /** Where the price was found, and on which day. */
  readonly source: string;
  readonly seen_on: string;
}
export interface PricedQuery extends EngineQuery {
  /** In the currency of the whole; null as there. */
  readonly price: number | null;
}

/** AWS counts storage and scans in powers of 1024. */
const bytesOfUnit: Readonly<Record<string, number>> = { GB: 2 ** 30, TB: 2 ** 40 };

/** Prices queries by the row of `cloud_prices.csv` for scans of the service in the region. */
export function priceQueries(
  { service, region }: { readonly service: string; readonly region: string },
  queries: readonly EngineQuery[], prices: Seed,
): QueryLedger {
  const row = prices.rows.find((r) =>
    r.service === service && r.item === "scan" && r.region === region);
  const ofByte = row && Number(row.price) / bytesOfUnit[row.unit ?? ""]!;
  const priceOf = (bytes: number): number | null =>
    ofByte === undefined ? null : Number((bytes * ofByte).toFixed(6));
  const sum = (key: "scanned_bytes" | "billed_bytes"): number =>
    queries.reduce((total, query) => total + query[key], 0);
  const billed = sum("billed_bytes");
  return {
    service, region, scanned_bytes: sum("scanned_bytes"), billed_bytes: billed,
    price: row ? {
      amount: priceOf(billed)!, currency: row.currency ?? "", source: row.source ?? "",
      seen_on: row.seen_on ?? "",
    } : null,
    queries: queries.map((query) => ({ ...query, price: priceOf(query.billed_bytes) })),
  };
}
