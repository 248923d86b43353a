import { join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import { silentLog } from "../shared/log.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { publishRun } from "./publish-run.ts";

export interface SlicesRequest {
  readonly store: ObjectStore;
  readonly manifest: RunManifest;
  /** Marts made again, the bytes that the manifest names: local files that are moved. */
  readonly marts: readonly { readonly name: string; readonly path: string }[];
  /** Texts of the run's seeds by file name. */
  readonly seeds: ReadonlyMap<string, string>;
  /** Empty local folder. */
  readonly folder: string;
}
export interface RebuiltSlices {
  /** Published tables, manifests and first views of the run; 0: it was never published. */
  readonly files: number;
  /** Keys whose bytes differ, that are missing, or that the run does not give. */
  readonly differing: readonly string[];
}

/** What is published of an area but its scorecard: tables, their manifest, the first view. */
const compared = /\/(?:[a-z_]+\.arrow|manifest\.json|first\.html)$/;

/**
 * Publishes marts that were made again in a folder of its own and compares every table, manifest
 * and first view with the published one, byte for byte. Findings, seconds of steps and ledgers are
 * taken from the home: they are records of what happened, not figures.
 */
export async function rebuildSlices(request: SlicesRequest): Promise<RebuiltSlices> {
  const { store, manifest, folder } = request;
  const published = await listSlices(store, manifest.run_id);
  if (published.length === 0) return { files: 0, differing: [] };
  const rebuilt = createFolderStore(join(folder, "home"));
  await layOut(request, rebuilt);
  await publishRun({
    store: rebuilt, runId: manifest.run_id, scratch: join(folder, "scratch"), log: silentLog,
  });
  const made = await listSlices(rebuilt, manifest.run_id);
  const differing: string[] = [];
  for (const key of new Set([...published, ...made])) {
    const [before, now] = [await store.get(key), await rebuilt.get(key)];
    if (!before || !now || !Buffer.from(before.body).equals(Buffer.from(now.body))) {
      differing.push(key);
    }
  }
  return { files: published.length, differing: differing.sort() };
}

async function listSlices(store: ObjectStore, runId: string): Promise<readonly string[]> {
  return (await store.list(homeKeys.publishPrefix)).map(({ key }) => key)
    .filter((key) => key.includes(`/${runId}/`) && compared.test(key));
}

async function layOut(
  { store, manifest, marts, seeds }: SlicesRequest, rebuilt: ObjectStore,
): Promise<void> {
  const { run_id: runId } = manifest;
  await rebuilt.put(homeKeys.run(runId, "manifest.json"), JSON.stringify(manifest));
  for (const { name, path } of marts) {
    await rebuilt.putFile(homeKeys.run(runId, `${name}.parquet`), path);
  }
  for (const [name, text] of seeds) await rebuilt.put(homeKeys.seed(name), text);
  const days = manifest.inputs.flatMap(({ key }) =>
    /^ledger\/(.+)\.ndjson$/.exec(key)?.[1] ?? []);
  const copied = [
    homeKeys.run(runId, "findings.json"), homeKeys.run(runId, "steps.json"),
    homeKeys.run(runId, "costs.json"),
    ...days.flatMap((day) => [homeKeys.night(day), homeKeys.ledger(day)]),
  ];
  for (const key of copied) {
    const found = await store.get(key);
    if (found) await rebuilt.put(key, found.body);
  }
}
