import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";

/** Address of the published site as the operator wrote it into home.json (`site_url`). */
export async function readSiteUrl(store: ObjectStore): Promise<string> {
  const description = await readJson<{ readonly site_url?: string }>(store, homeKeys.description);
  return description?.site_url ?? "https://dudao.example";
}
