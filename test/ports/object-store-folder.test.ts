import { execFile } from "node:child_process";
import {
  existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync,
  utimesSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHash } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { InvalidInputError } from "../../functions/shared/errors.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { describeObjectStore } from "./object-store.ts";

describeObjectStore("folder", async (scratch) => ({
  store: createFolderStore(join(scratch, "home")), close: async () => undefined,
}));

describe("object store: folder, beyond the contract", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-folder-"));
  const root = join(scratch, "home");
  const store = createFolderStore(root);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test("reading makes no folder", async () => {
    const absent = join(scratch, "absent");
    await createFolderStore(absent).get("a/b");
    await createFolderStore(absent).list("");
    await createFolderStore(absent).delete("a/b");
    expect(existsSync(absent)).toBe(false);
  });

  test("the etag is the SHA-256 of the content", async () => {
    const sha256 = createHash("sha256").update("督导").digest("hex");
    expect(await store.put("a", "督导")).toEqual({ written: true, etag: sha256 });
  });

  test("a key's mode is kept through replacement, for files too", async () => {
    const modeOf = (key: string): number => statSync(join(root, key)).mode & 0o777;
    const first = await store.put("private/key", "1", { ifNoneMatch: true, mode: 0o600 });
    expect(modeOf("private/key")).toBe(0o600);
    await store.put("private/key", "2", { ifMatch: first.written ? first.etag : "", mode: 0o600 });
    expect(modeOf("private/key")).toBe(0o600);
    const source = join(scratch, "source");
    writeFileSync(source, "x", { mode: 0o644 });
    await store.putFile("private/file", source, { mode: 0o600 });
    expect(modeOf("private/file")).toBe(0o600);
    expect(statSync(source).mode & 0o777).toBe(0o644);
  });

  test("a fetched file is the object itself, not a copy", async () => {
    await store.put("b/x.csv", "1");
    expect(await store.fetchToFile("b/x.csv", "/nowhere")).toBe(join(root, "b", "x.csv"));
  });

  test("no temporary file or lock is left behind", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.put("c/x", String(i))));
    expect(readdirSync(join(root, ".store"))).toEqual([]);
  });

  test("the store's own folder is no key", async () => {
    await expect(store.get(".store/x")).rejects.toThrow(InvalidInputError);
  });

  test("no symbolic link leads out of the home or into another part of it", async () => {
    writeFileSync(join(scratch, "secret"), "secret");
    mkdirSync(join(root, "landing"), { recursive: true });
    symlinkSync(join(scratch, "secret"), join(root, "landing", "file.csv"));
    symlinkSync(join(root, "private"), join(root, "landing", "folder"));
    expect(await store.list("landing/")).toEqual([]);
    for (const key of ["landing/file.csv", "landing/folder/key"]) {
      await expect(store.get(key)).rejects.toThrow(InvalidInputError);
      await expect(store.fetchToFile(key, scratch)).rejects.toThrow(InvalidInputError);
    }
    await expect(store.put("landing/folder/key", "x")).rejects.toThrow(InvalidInputError);
    expect(readFileSync(join(scratch, "secret"), "utf8")).toBe("secret");
  });

  test("a home that is itself behind a symbolic link works", async () => {
    symlinkSync(root, join(scratch, "link"));
    const linked = createFolderStore(join(scratch, "link"));
    await linked.put("d/x", "1");
    expect(Buffer.from((await store.get("d/x"))?.body ?? []).toString()).toBe("1");
  });

  test("a name that clashes with a folder, a file or 255 bytes is refused by name", async () => {
    await store.put("e/file", "1");
    for (const key of ["e", "e/file/below", `e/${"长".repeat(90)}`]) {
      await expect(store.put(key, "x")).rejects.toThrow(InvalidInputError);
    }
    expect(await store.get("e")).toBeUndefined();
    expect(await store.get("e/file/below")).toBeUndefined();
    expect(readdirSync(join(root, ".store"))).toEqual([]);
  });

  test("the lock of a killed process is taken over", async () => {
    await store.put("f/x", "1");
    const name = `lock-${createHash("sha256").update("f/x").digest("hex")}`;
    const lock = join(root, ".store", name);
    writeFileSync(lock, "99999");
    utimesSync(lock, new Date(0), new Date(0));
    expect((await store.put("f/x", "2")).written).toBe(true);
    expect(existsSync(lock)).toBe(false);
  });

  test("counting up from several processes loses no step", async () => {
    await store.put("g/count", "0");
    const module = new URL("../../functions/shared/object-store-folder.ts", import.meta.url);
    const bundle = join(import.meta.dirname, "../../node_modules/.bin/esbuild");
    const built = join(scratch, "store.mjs");
    await promisify(execFile)(bundle, [
      module.pathname, "--bundle", "--platform=node", "--format=esm", `--outfile=${built}`,
      "--log-level=error",
    ]);
    const script = `
      import { createFolderStore } from ${JSON.stringify(built)};
      const store = createFolderStore(${JSON.stringify(root)});
      for (let done = 0; done < 25;) {
        const seen = await store.get("g/count");
        const next = String(Number(Buffer.from(seen.body).toString()) + 1);
        if ((await store.put("g/count", next, { ifMatch: seen.etag })).written) done++;
      }`;
    await Promise.all(Array.from({ length: 3 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", script])));
    expect(Buffer.from((await store.get("g/count"))?.body ?? []).toString()).toBe("75");
  });
});
