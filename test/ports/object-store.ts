import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InvalidInputError } from "../../functions/shared/errors.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

export interface OpenStore {
  readonly store: ObjectStore;
  close(): Promise<void>;
}

/** What every object store promises; an implementation's test calls it with a fresh, empty one. */
export function describeObjectStore(
  name: string, open: (scratch: string) => Promise<OpenStore>,
): void {
  describe(`object store: ${name}`, () => {
    let store: ObjectStore;
    let close: () => Promise<void>;
    const scratch = mkdtempSync(join(tmpdir(), "dudao-store-"));
    beforeAll(async () => {
      const opened = await open(scratch);
      store = opened.store;
      close = opened.close;
    });
    afterAll(async () => {
      await close();
      rmSync(scratch, { recursive: true, force: true });
    });
    const textOf = async (key: string): Promise<string | undefined> => {
      const object = await store.get(key);
      return object && Buffer.from(object.body).toString("utf8");
    };
    const keysOf = async (prefix: string): Promise<string[]> =>
      (await store.list(prefix)).map(({ key }) => key);
    const requireEtag = (result: { written: boolean; etag?: string }): string => {
      expect(result.written).toBe(true);
      return result.etag ?? "";
    };

    test("an object that was never written is undefined, its prefix lists nothing", async () => {
      expect(await store.get("none/here.txt")).toBeUndefined();
      expect(await store.list("none/")).toEqual([]);
    });

    test("text and bytes come back as written, with the etag of the write", async () => {
      const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
      const etag = requireEtag(await store.put("a/bytes.bin", bytes));
      const object = await store.get("a/bytes.bin");
      expect(Buffer.from(object?.body ?? []).equals(Buffer.from(bytes))).toBe(true);
      expect(object?.etag).toBe(etag);
      await store.put("a/text.txt", "学时");
      expect(await textOf("a/text.txt")).toBe("学时");
      await store.put("a/empty", "");
      expect(await textOf("a/empty")).toBe("");
    });

    test("a large object is written and read whole", async () => {
      const bytes = Buffer.alloc(3_000_000, "督导");
      await store.put("a/large", bytes);
      expect(Buffer.from((await store.get("a/large"))?.body ?? []).equals(bytes)).toBe(true);
    });

    test("a second write replaces the first and changes the etag", async () => {
      const first = requireEtag(await store.put("b/x", "one"));
      const second = requireEtag(await store.put("b/x", "two"));
      expect(second).not.toBe(first);
      expect(await textOf("b/x")).toBe("two");
    });

    test("keys may carry Chinese, spaces and signs", async () => {
      const names = ["教师名册 2021（终）.csv", "a+b&c=d%20.csv", "#1?.txt", "'引号'.txt", "𠮷.csv"];
      for (const file of names) await store.put(`zh/${file}`, file);
      for (const file of names) expect(await textOf(`zh/${file}`)).toBe(file);
      expect((await keysOf("zh/")).toSorted()).toEqual(names.map((n) => `zh/${n}`).toSorted());
    });

    test("if-none-match writes only what is absent", async () => {
      expect((await store.put("c/once", "1", { ifNoneMatch: true })).written).toBe(true);
      expect(await store.put("c/once", "2", { ifNoneMatch: true })).toEqual({ written: false });
      expect(await textOf("c/once")).toBe("1");
    });

    test("if-match writes only over the object that was seen", async () => {
      const seen = requireEtag(await store.put("c/match", "1"));
      const next = requireEtag(await store.put("c/match", "2", { ifMatch: seen }));
      expect(await store.put("c/match", "3", { ifMatch: seen })).toEqual({ written: false });
      expect(await textOf("c/match")).toBe("2");
      await store.delete("c/match");
      expect(await store.put("c/match", "4", { ifMatch: next })).toEqual({ written: false });
      expect(await textOf("c/match")).toBeUndefined();
    });

    test("of twenty writers of one absent key one wins", async () => {
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) =>
        store.put("c/race", `writer ${i}`, { ifNoneMatch: true })));
      const winners = results.flatMap(({ written }, i) => (written ? [`writer ${i}`] : []));
      expect(winners).toEqual([await textOf("c/race")]);
    });

    test("counting up with if-match from many hands loses no step", async () => {
      await store.put("c/count", "0");
      const countUp = async (): Promise<void> => {
        for (;;) {
          const seen = await store.get("c/count");
          const next = String(Number(Buffer.from(seen?.body ?? []).toString()) + 1);
          if ((await store.put("c/count", next, { ifMatch: seen?.etag ?? "" })).written) return;
        }
      };
      await Promise.all(Array.from({ length: 12 }, countUp));
      expect(await textOf("c/count")).toBe("12");
    });

    test("a file is put without being altered, with the same conditions", async () => {
      const path = join(scratch, "source.parquet");
      writeFileSync(path, "PAR1 content");
      const etag = requireEtag(await store.putFile("d/file.parquet", path));
      expect((await store.get("d/file.parquet"))?.etag).toBe(etag);
      expect((await store.putFile("d/file.parquet", path)).written).toBe(true);
      expect(await store.putFile("d/file.parquet", path, { ifNoneMatch: true }))
        .toEqual({ written: false });
      expect((await store.putFile("d/file.parquet", path, { ifMatch: etag })).written).toBe(true);
      await store.put("d/file.parquet", "replaced");
      expect(readFileSync(path, "utf8")).toBe("PAR1 content");
      expect(await textOf("d/file.parquet")).toBe("replaced");
    });

    test("a fetched file has the object's bytes and its ending", async () => {
      await store.put("d/fetch.parquet", "one");
      const path = await store.fetchToFile("d/fetch.parquet", join(scratch, "fetched"));
      expect(readFileSync(path, "utf8")).toBe("one");
      expect(path.endsWith(".parquet")).toBe(true);
      await store.put("d/fetch.parquet", "two");
      const again = await store.fetchToFile("d/fetch.parquet", join(scratch, "fetched"));
      expect(readFileSync(again, "utf8")).toBe("two");
    });

    test("fetching what is absent is refused by name", async () => {
      await expect(store.fetchToFile("d/absent", scratch)).rejects.toThrow(
        new InvalidInputError(`object: missing: d/absent; in ${store.name}`));
    });

    test("a listing is sorted by code points, has sizes and obeys the prefix", async () => {
      const names = ["B", "a", "a-b", "a/b/c", "a/b.txt", "ab", "é", "中", "\ue000", "𠮷"];
      for (const file of names) await store.put(`e/${file === "a" ? "a0" : file}`, "xyz");
      const expected = names.map((n) => `e/${n === "a" ? "a0" : n}`)
        .sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect(await store.list("e/")).toEqual(expected.map((key) => ({ key, sizeBytes: 3 })));
      expect(await keysOf("e/a/")).toEqual(["e/a/b.txt", "e/a/b/c"]);
      expect(await keysOf("e/a")).toEqual(["e/a-b", "e/a/b.txt", "e/a/b/c", "e/a0", "e/ab"]);
    });

    test("everything is listed under the empty prefix, nothing temporary among it", async () => {
      const keys = await keysOf("");
      expect(keys).toContain("a/text.txt");
      expect(keys.filter((key) => !/^([a-e]|zh)\//.test(key))).toEqual([]);
    });

    test("a deleted object is gone; deleting it again is no fault", async () => {
      await store.put("f/x", "1");
      await store.delete("f/x");
      await store.delete("f/x");
      await store.delete("f/never/was");
      expect(await store.get("f/x")).toBeUndefined();
      expect(await keysOf("f/")).toEqual([]);
    });

    test.each([
      ["empty", ""], ["absolute", "/etc/passwd"], ["climbing", "../outside"],
      ["climbing later", "a/../../outside"], ["ending in ..", "a/.."], ["with //", "a//b"],
      ["ending in /", "a/"], ["beginning with .", "./a"], ["with a .", "a/./b"],
      ["with NUL", "nul\0byte"], ["beyond 1024 bytes", "x".repeat(1025)],
    ])("a key %s is refused by every verb", async (_, key) => {
      for (const attempt of [
        () => store.get(key), () => store.put(key, "x"), () => store.delete(key),
        () => store.putFile(key, join(scratch, "source.parquet")),
        () => store.fetchToFile(key, scratch),
      ]) await expect(attempt()).rejects.toThrow(InvalidInputError);
    });

    test("a prefix that climbs is refused", async () => {
      await expect(store.list("../")).rejects.toThrow(InvalidInputError);
      await expect(store.list("/")).rejects.toThrow(InvalidInputError);
    });
  });
}
