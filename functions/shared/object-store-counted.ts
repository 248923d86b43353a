import { stat } from "node:fs/promises";
import type { ObjectStore } from "./object-store.ts";

/** Requests as S3 bills them, and bytes of objects as this program reads and writes them. */
export interface StoreUsage {
  /** PUT and LIST; deletions are free. */
  readonly put_requests: number;
  readonly get_requests: number;
  readonly read_bytes: number;
  readonly written_bytes: number;
}

/** Keys that one answer to LIST holds. */
const keysOfPage = 1000;

/** The same store, and what was asked of it so far; attempts that the SDK repeats count once. */
export function countRequests(
  store: ObjectStore,
): { readonly store: ObjectStore; usage(): StoreUsage } {
  const used = { put_requests: 0, get_requests: 0, read_bytes: 0, written_bytes: 0 };
  return {
    usage: () => ({ ...used }),
    store: {
      name: store.name,
      delete: (key) => store.delete(key),
      async get(key) {
        used.get_requests += 1;
        const found = await store.get(key);
        used.read_bytes += found?.body.byteLength ?? 0;
        return found;
      },
      async fetchToFile(key, scratch) {
        used.get_requests += 1;
        const path = await store.fetchToFile(key, scratch);
        used.read_bytes += (await stat(path)).size;
        return path;
      },
      async put(key, body, condition) {
        used.put_requests += 1;
        used.written_bytes += typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
        return store.put(key, body, condition);
      },
      async putFile(key, path, condition) {
        used.put_requests += 1;
        used.written_bytes += (await stat(path)).size;
        return store.putFile(key, path, condition);
      },
      async list(prefix) {
        const found = await store.list(prefix);
        used.put_requests += Math.max(1, Math.ceil(found.length / keysOfPage));
        return found;
      },
    },
  };
}
