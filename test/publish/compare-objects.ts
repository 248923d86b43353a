import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { tableFromIPC } from "apache-arrow";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

export interface Comparison {
  /** Objects below the prefixes, in both homes. */
  readonly objects: number;
  /** Of these the ones with the same bytes; the others differ in nothing but `seconds`. */
  readonly sameBytes: number;
  /** One line a key that is missing or differs. */
  readonly differences: readonly string[];
}

/**
 * Compares the objects of two homes below the prefixes, byte for byte. How many seconds a step took
 * and what it cost are the only things that two runs may tell differently: where bytes differ,
 * everything but `seconds` and the table `costs` must be the same.
 */
export async function compareObjects(
  a: ObjectStore, b: ObjectStore, prefixes: readonly string[],
): Promise<Comparison> {
  const differences: string[] = [];
  let objects = 0;
  let sameBytes = 0;
  for (const prefix of prefixes) {
    const left = (await a.list(prefix)).map(({ key }) => key);
    const right = (await b.list(prefix)).map(({ key }) => key);
    if (left.length === 0) differences.push(`${prefix}: nothing in ${a.name}`);
    differences.push(
      ...left.filter((key) => !right.includes(key)).map((key) => `${key}: not in ${b.name}`),
      ...right.filter((key) => !left.includes(key)).map((key) => `${key}: not in ${a.name}`));
    for (const key of left.filter((name) => right.includes(name))) {
      objects++;
      const [x, y] = await Promise.all([a.get(key), b.get(key)]);
      if (Buffer.compare(x?.body ?? Buffer.of(), y?.body ?? Buffer.of()) === 0) sameBytes++;
      else if (!isDeepStrictEqual(withoutSeconds(key, x?.body), withoutSeconds(key, y?.body))) {
        differences.push(`${key}: ${x?.body.length} and ${y?.body.length} bytes differ`);
      }
    }
  }
  return { objects, sameBytes, differences };
}

function withoutSeconds(key: string, body: Uint8Array = Buffer.of()): unknown {
  if (/^publish\/\d.*\/manifest\.json$/.test(key)) return withoutTimedTables(body);
  // Nobody bills a folder.
  if (key.endsWith("/costs.arrow")) return "";
  const isTimed = /\/(files|steps)\.arrow$/.test(key) || key.endsWith(".ndjson");
  // Of anything else the bytes themselves are compared.
  if (!isTimed) return Buffer.from(body).toString("base64");
  const bytes = Buffer.from(body);
  if (key.endsWith(".ndjson")) {
    return bytes.toString("utf8").trimEnd().split("\n").map((line) => drop(JSON.parse(line) as object));
  }
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return tableFromIPC(plain).toArray().map((row) => drop((row as { toJSON(): object }).toJSON()));
}

/** A slice's manifest, but for the checksums of the tables that tell seconds or costs. */
function withoutTimedTables(body: Uint8Array): unknown {
  interface Manifest {
    readonly tables: readonly {
      readonly name: string; readonly rows: number; readonly sha256: string;
    }[];
  }
  const manifest = JSON.parse(Buffer.from(body).toString("utf8")) as Manifest;
  return {
    ...manifest,
    tables: manifest.tables.map((table) => (table.name === "costs" ? { name: table.name }
      : ["files", "steps"].includes(table.name) ? { ...table, sha256: "" } : table)),
  };
}

function drop(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== "seconds"));
}
