import { compareKeys } from "./object-key.ts";
import type { ObjectStore } from "./object-store.ts";

/** All keys below a prefix lie in that store, under the same key. */
export interface Route {
  /** Ends with `/`: `landing/`. */
  readonly prefix: string;
  readonly store: ObjectStore;
}

/** One home over several buckets: landing and the publication lie apart from the lake. */
export function createRoutedStore(rest: ObjectStore, routes: readonly Route[]): ObjectStore {
  const storeOf = (key: string): ObjectStore =>
    routes.find(({ prefix }) => key.startsWith(prefix))?.store ?? rest;
  return {
    name: rest.name,
    get: (key) => storeOf(key).get(key),
    put: (key, body, condition) => storeOf(key).put(key, body, condition),
    putFile: (key, path, condition) => storeOf(key).putFile(key, path, condition),
    delete: (key) => storeOf(key).delete(key),
    fetchToFile: (key, scratch) => storeOf(key).fetchToFile(key, scratch),
    async list(prefix) {
      const route = routes.find((r) => prefix.startsWith(r.prefix));
      if (route) return route.store.list(prefix);
      const below = routes.filter((r) => r.prefix.startsWith(prefix));
      const [own, ...others] = await Promise.all(
        [rest.list(prefix), ...below.map((r) => r.store.list(r.prefix))]);
      const isRouted = (key: string): boolean => routes.some((r) => key.startsWith(r.prefix));
      return [...(own ?? []).filter(({ key }) => !isRouted(key)), ...others.flat()]
        .sort((a, b) => compareKeys(a.key, b.key));
    },
  };
}
