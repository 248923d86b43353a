import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RereadExport } from "./reread-files.ts";
import { settleNight, type EarlierFile, type SettledNight } from "./settle-night.ts";
import { outputKey } from "./settle-outputs.ts";
import type { SettleRequest } from "./settle-request.ts";

/** Lake file of what decisions about a delta export changed, beside the night's own. */
export const decidedFile = "decided-0";

/**
 * Settles a night, also one in which earlier files count otherwise. A delta export is first brought, like a
 * snapshot of all its files in force, to what they say together; the night's own files then come
 * after that as ever. Full exports are settled with the new files in one go.
 */
export async function settleWithReplaced(
  request: SettleRequest, reread: readonly RereadExport[],
): Promise<SettledNight> {
  const deltas = reread.filter(({ replacing }) => replacing.isDelta);
  const full = reread.filter(({ replacing }) => !replacing.isDelta);
  const replacing = [...full.map((one) => one.replacing), ...[request.replacing ?? []].flat()];
  const paths = new Map<string, string>();
  const earlier: EarlierFile[] = [...request.earlier];
  const nights: SettledNight[] = [];
  for (const { replaced: { contract }, files, replacing: changes } of deltas) {
    const outFolder = join(request.outFolder, `${contract.system}-${contract.export}`);
    mkdirSync(outFolder, { recursive: true, mode: 0o700 });
    const settled = await settleNight({
      ...request, files, replacing: changes, outFolder, statePath: undefined,
      // The state of the night leaves deltas out: that of this system comes from the lake.
      earlier: request.earlier.filter((e) => e.system === contract.system)
        .map((e) => ({ ...e, isFull: true })),
    });
    const name = `${decidedFile}-${contract.export}`;
    for (const { relation, system, path } of settled.outputs) {
      const key = outputKey({ relation, system, name }, request.knownOn);
      paths.set(key, path);
      earlier.push({
        relation: relation.name, system, knownOn: request.knownOn, key, isFull: false,
      });
    }
    nights.push({ ...settled, outputs: settled.outputs.map((o) => ({ ...o, name })) });
  }
  const last = await settleNight({
    ...request, earlier,
    files: [...request.files, ...full.flatMap(({ files }) => files)],
    fetch: (key) => Promise.resolve(paths.get(key) ?? request.fetch(key)),
    replacing: replacing.length === 0 ? undefined : {
      exports: replacing.flatMap((one) => one.exports),
      fileIds: replacing.flatMap((one) => one.fileIds),
      witnesses: replacing.flatMap((one) => one.witnesses),
      rejected: replacing.flatMap((one) => one.rejected),
      unreadable: replacing.flatMap((one) => one.unreadable),
      inForce: replacing.flatMap((one) => one.inForce),
      isDelta: false,
    },
  });
  return {
    outputs: [...nights, last].flatMap((night) => night.outputs),
    statePath: last.statePath,
    staged: mergeMaps([...nights, last].map((night) => night.staged)),
    unchanged: mergeMaps([...nights, last].map((night) => night.unchanged)),
    rowsToStore: mergeMaps([...nights, last].map((night) => night.rowsToStore)),
  };
}

function mergeMaps(
  maps: readonly ReadonlyMap<number, number>[],
): ReadonlyMap<number, number> {
  return new Map(maps.flatMap((map) => [...map]));
}
