import { gunzipSync } from "node:zlib";
import { tableFromIPC } from "apache-arrow";
import { expect } from "vitest";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

/**
 * Two homes have the same objects below the prefixes, to the byte. How many seconds a step took is
 * the only thing that two runs may tell differently: where bytes differ, everything but `seconds`
 * must be the same.
 */
export async function expectSameObjects(
  a: ObjectStore, b: ObjectStore, prefixes: readonly string[],
): Promise<void> {
  for (const prefix of prefixes) {
    const [left, right] = [await a.list(prefix), await b.list(prefix)];
    expect(left.map(({ key }) => key)).toEqual(right.map(({ key }) => key));
    expect(left.length, prefix).toBeGreaterThan(0);
    for (const { key } of left) {
      const [x, y] = await Promise.all([a.get(key), b.get(key)]);
      if (Buffer.compare(x?.body ?? Buffer.of(), y?.body ?? Buffer.of()) === 0) continue;
      expect(withoutSeconds(key, x?.body), key).toEqual(withoutSeconds(key, y?.body));
    }
  }
}

function withoutSeconds(key: string, body: Uint8Array = Buffer.of()): unknown {
  if (/^publish\/\d.*\/manifest\.json$/.test(key)) return withoutTimedTables(body);
  const isTimed = /\/(files|steps)\.arrow$/.test(key) || key.endsWith(".ndjson");
  // Of anything else the bytes themselves are compared, and the difference is shown.
  if (!isTimed) return Buffer.from(body).toString("base64");
  const bytes = Buffer.from(body);
  if (key.endsWith(".ndjson")) {
    return bytes.toString("utf8").trimEnd().split("\n").map((line) => drop(JSON.parse(line) as object));
  }
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return tableFromIPC(plain).toArray().map((row) => drop((row as { toJSON(): object }).toJSON()));
}

/** A slice's manifest, but for the checksums of the tables that tell seconds. */
function withoutTimedTables(body: Uint8Array): unknown {
  interface Manifest { readonly tables: readonly { readonly name: string; readonly sha256: string }[] }
  const manifest = JSON.parse(Buffer.from(body).toString("utf8")) as Manifest;
  return {
    ...manifest,
    tables: manifest.tables.map((table) =>
      (["files", "steps"].includes(table.name) ? { ...table, sha256: "" } : table)),
  };
}

function drop(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== "seconds"));
}
