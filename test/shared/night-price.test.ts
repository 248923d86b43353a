import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatMonth, reckonMonth } from "../../functions/commands/doctor-cost.ts";
import { priceNight } from "../../functions/shared/night-price.ts";
import { storeCosts } from "../../functions/shared/store-costs.ts";
import { storeUsage, sumUsage, type CallUsage } from "../../functions/shared/night-usage.ts";
import { countRequests } from "../../functions/shared/object-store-counted.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { parseSeed } from "../../functions/shared/seeds.ts";

const makeStore = () => createFolderStore(mkdtempSync(join(tmpdir(), "dudao-usage-")));
const call = (more: Partial<CallUsage>): CallUsage => ({
  step: "judge", put_requests: 10, get_requests: 100, read_bytes: 5, written_bytes: 7, seconds: 2,
  gb_seconds: 4, architecture: "arm64", ...more,
});
const prices = parseSeed("cloud_prices.csv", [
  "service,item,region,unit,price,currency,source,seen_on",
  "s3,put,us-east-1,thousand,5,USD,s,2026-11-24", "s3,get,us-east-1,thousand,1,USD,s,2026-11-20",
  "lambda,request,us-east-1,million,1000,USD,s,2026-11-24",
  "lambda,compute_arm64,us-east-1,GB-second,0.5,USD,s,2026-11-24",
  "states,transition,us-east-1,thousand,10,USD,s,2026-11-24",
  "athena,scan,us-east-1,TB,4,USD,s,2026-11-24", "s3,get,cn-north-1,thousand,1,CNY,s,2026-11-24", "",
].join("\n"));

test("counts requests as S3 bills them and the bytes of objects, deletions free", async () => {
  const { store, usage } = countRequests(makeStore());
  await store.put("a/x", "四川");
  await store.get("a/x");
  await store.get("a/none");
  await store.list("a/");
  const path = join(mkdtempSync(join(tmpdir(), "dudao-usage-")), "file");
  writeFileSync(path, "12345");
  await store.putFile("a/y", path);
  await store.fetchToFile("a/y", tmpdir());
  await store.delete("a/y");
  expect(usage()).toEqual({ put_requests: 3, get_requests: 3, read_bytes: 6 + 5, written_bytes: 6 + 5 });
});

test("a page of a thousand keys is one request", async () => {
  const listed = Array.from({ length: 2001 }, (_, i) => ({ key: `a/${i}`, sizeBytes: 1 }));
  const { store, usage } = countRequests({ ...makeStore(), list: () => Promise.resolve(listed) });
  await store.list("a/");
  expect(usage().put_requests).toBe(3);
});

test("a night is priced by what its calls used, each in the unit of the list", () => {
  const night = sumUsage("2021-12-20", [call({}), call({ gb_seconds: 6 })], 2 ** 39);
  expect(night).toMatchObject({ calls: 2, put_requests: 20, get_requests: 200, gb_seconds_arm64: 10 });
  // 20 × 0.005 + 200 × 0.001 + 2 × 0.001 + 10 × 0.5 + (2 + 6) × 0.01 + half a TB × 4
  expect(priceNight(night, "us-east-1", prices)).toEqual({
    region: "us-east-1", amount: 0.1 + 0.2 + 0.002 + 5 + 0.08 + 2, currency: "USD", missing: [],
    seen_on: "2026-11-20", sources: ["s"],
  });
});

test("no price is said where one of what was used is missing, and it is named", () => {
  const night = sumUsage("2021-12-20", [call({ architecture: "x64" })], 0);
  expect(priceNight(night, "us-east-1", prices)).toMatchObject({ amount: null, missing: ["lambda compute_x64"] });
  expect(priceNight(night, "cn-north-1", prices).missing)
    .toEqual(["s3 put", "lambda request", "lambda compute_x64", "states transition"]);
});

test("the run page gets the price of every counted night, of the one at work so far", async () => {
  const store = makeStore();
  await storeCosts(store, "r", "2021-12-20");
  expect(await store.get("runs/r/costs.json")).toBeUndefined();
  await store.put("seeds/cloud_prices.csv", prices.text);
  await storeUsage(store, "2021-12-19", "judge-a", call({}));
  await storeUsage(store, "2021-12-20", "judge-b", call({ gb_seconds: 1.004 }));
  await storeCosts(store, "r", "2021-12-20");
  const rows = JSON.parse(Buffer.from((await store.get("runs/r/costs.json"))?.body ?? []).toString("utf8"));
  expect(rows).toHaveLength(6);
  expect(rows[0]).toEqual({
    // 11 × 0.005 + 100 × 0.001 + 1 × 0.001 + 4 × 0.5 + (1 + 6) × 0.01
    known_on: "2021-12-19", region: "us-east-1", amount: 2.226, currency: "USD", missing: "",
    price_day: "2026-11-20", sources: "s", calls: 1, put_requests: 11, get_requests: 100,
    gb_seconds: 4, scanned_bytes: 0, is_whole: 1,
  });
  expect(rows[4]).toMatchObject({
    known_on: "2021-12-20", region: "cn-north-1", amount: null, currency: "CNY", gb_seconds: 1,
    missing: "s3 put, lambda request, lambda compute_arm64, states transition", is_whole: 0,
  });
});

test("a month is thirty of the mean night, by the list of the home", async () => {
  const store = makeStore();
  expect(formatMonth(await reckonMonth(store))[0]).toContain("no night was counted");
  await storeUsage(store, "2021-12-19", "judge-a", call({}));
  await storeUsage(store, "2021-12-20", "judge-b", call({ put_requests: 30, gb_seconds: 8 }));
  await storeUsage(store, "2021-12-20", "judge-c", call({}));
  await store.put("runs/by-day/2021-12-20.json", JSON.stringify({ run_id: "r" }));
  await store.put("runs/r/queries.json", JSON.stringify({ billed_bytes: 2 ** 30 }));
  const { nights, from, to, month, regions } = await reckonMonth(store);
  expect({ nights, from, to }).toEqual({ nights: 2, from: "2021-12-19", to: "2021-12-20" });
  // The note of a call is a request too: 11 + 31 + 11 in two nights.
  expect(month).toMatchObject({
    put_requests: 53 * 15, get_requests: 4500, calls: 45, gb_seconds_arm64: 240, billed_bytes: 15 * 2 ** 30,
  });
  expect(regions.map((r) => [r.region, r.currency, r.amount === null])).toEqual([
    ["us-east-1", "USD", false], ["cn-north-1", "", true], ["cn-northwest-1", "", true],
  ]);
  await store.put("seeds/cloud_prices.csv",
    "service,item,region,unit,price,currency,source,seen_on\ns3,put,cn-north-1,thousand,1,CNY,contract,2026-11-24\n");
  expect((await reckonMonth(store)).regions[1]?.missing).not.toContain("s3 put");
});
