import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { AthenaQueryError } from "./athena-server.ts";

/** The buckets that a test backend reads and writes, by their names. */
export type Buckets = ReadonlyMap<string, ObjectStore>;

interface Place { readonly store: ObjectStore; readonly key: string }

export function locate(buckets: Buckets, uri: string): Place {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
  const store = buckets.get(bucket);
  if (!store) throw new AthenaQueryError(`NoSuchBucket: The bucket does not exist: ${uri}`);
  return { store, key };
}

/** Local copies of all files of a table's folder, by name or by the texts that link them. */
export async function fetchTable(
  buckets: Buckets, location: string, isLinked: boolean, scratch: string,
): Promise<readonly string[]> {
  const { store, key } = locate(buckets, location);
  const paths: string[] = [];
  for (const object of await store.list(key)) {
    if (!isLinked) {
      paths.push(await store.fetchToFile(object.key, scratch));
      continue;
    }
    const text = Buffer.from((await store.get(object.key))!.body).toString("utf8");
    for (const uri of text.split("\n").filter((line) => line !== "")) {
      const linked = locate(buckets, uri);
      paths.push(await linked.store.fetchToFile(linked.key, scratch));
    }
  }
  return paths;
}

/** Athena writes to empty folders alone. */
export async function requireEmpty(buckets: Buckets, location: string): Promise<Place> {
  const place = locate(buckets, location);
  if (!location.endsWith("/")) throw new AthenaQueryError(`INVALID_TABLE_PROPERTY: ${location}`);
  if ((await place.store.list(place.key)).length > 0) {
    throw new AthenaQueryError(`HIVE_PATH_ALREADY_EXISTS: Target directory for table: ${location}`);
  }
  return place;
}
