import { expect, it } from "vitest";
import { priceQueries } from "../../functions/shared/query-price.ts";
import { parseSeed } from "../../functions/shared/seeds.ts";

const prices = parseSeed("cloud_prices.csv", [
  "service,item,region,unit,price,currency,source,seen_on",
  "athena,scan,us-east-1,TB,5.00,USD,https://price.example/,2026-11-24", "",
].join("\n"));
const query = (relation: string, scanned: number, billed: number) => ({
  relation, query_id: relation, scanned_bytes: scanned, billed_bytes: billed, milliseconds: 1,
});
const queries = [query("int_a", 3 * 2 ** 38, 3 * 2 ** 38), query("src_b", 0, 0)];

it("prices what is billed by the list of the region, with its source and day", () => {
  expect(priceQueries({ service: "athena", region: "us-east-1" }, queries, prices)).toMatchObject({
    scanned_bytes: 3 * 2 ** 38, billed_bytes: 3 * 2 ** 38,
    price: {
      amount: 3.75, currency: "USD", source: "https://price.example/", seen_on: "2026-11-24",
    },
    queries: [{ relation: "int_a", price: 3.75 }, { relation: "src_b", price: 0 }],
  });
});

it("says nothing of a price where the list has none", () => {
  const ledger = priceQueries({ service: "athena", region: "cn-north-1" }, queries, prices);
  expect([ledger.price, ledger.queries[0]!.price, ledger.billed_bytes])
    .toEqual([null, null, 3 * 2 ** 38]);
});
