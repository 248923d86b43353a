import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createRoutedStore } from "../../functions/shared/object-store-routed.ts";
import { parseBucketAddress } from "../../functions/shared/object-store-bucket.ts";
import { explainAwsFault } from "../../functions/shared/aws-fault.ts";
import { describeObjectStore } from "./object-store.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

describeObjectStore("routed", (scratch) => {
  // The suite writes below `a/`: a part of it lies in the other store.
  const store = createRoutedStore(createFolderStore(join(scratch, "rest")), [
    { prefix: "a/", store: createFolderStore(join(scratch, "routed")) },
  ]);
  return Promise.resolve({ store, close: () => Promise.resolve() });
});

test("a listing above the routes joins the stores in order, and shows a routed key once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dudao-routed-"));
  try {
    const rest = createFolderStore(join(folder, "rest"));
    const landing = createFolderStore(join(folder, "landing"));
    const store = createRoutedStore(rest, [{ prefix: "landing/", store: landing }]);
    await store.put("home.json", "{}");
    await store.put("landing/x/1.csv", "a");
    await store.put("lake/y.parquet", "b");
    // What lies under a routed prefix in the wrong bucket is not part of the home.
    await rest.put("landing/stray.csv", "c");
    expect((await store.list("")).map((o) => o.key))
      .toEqual(["home.json", "lake/y.parquet", "landing/x/1.csv"]);
    expect((await store.list("la")).map((o) => o.key)).toEqual(["lake/y.parquet", "landing/x/1.csv"]);
    expect((await landing.list("")).map((o) => o.key)).toEqual(["landing/x/1.csv"]);
    expect(await store.get("landing/stray.csv")).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  ["s3://dudao-lake", { bucket: "dudao-lake", prefix: "" }],
  ["s3://dudao-lake/", { bucket: "dudao-lake", prefix: "" }],
  ["s3://lake.example/homes/trial/", { bucket: "lake.example", prefix: "homes/trial" }],
])("the address %s is read", (address, parts) => {
  expect(parseBucketAddress(address)).toEqual(parts);
});

test.each(["s3://", "s3://UPPER", "s3:///x", "https://x"])("the address %s is refused", (address) => {
  expect(() => parseBucketAddress(address)).toThrow("accepted: s3://bucket or s3://bucket/prefix");
});

test("an error of AWS becomes what is wrong and what to do", () => {
  const named = (name: string): Error => Object.assign(new Error("text of a request"), { name });
  expect(explainAwsFault(named("NoSuchBucket"))).toContain("does not exist");
  expect(explainAwsFault(named("ExpiredToken"))).toContain("log in again");
  expect(explainAwsFault(named("AccessDenied"))).toContain("no permission");
  expect(explainAwsFault(Object.assign(new Error("x"), { code: "ENOTFOUND" })))
    .toContain("the region has this service");
  const other = Object.assign(named("Odd"), { $metadata: { httpStatusCode: 500 } });
  expect(explainAwsFault(other)).toBe("Odd, status 500");
});
