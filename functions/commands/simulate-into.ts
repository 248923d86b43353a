import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { makeScratchFolder } from "../shared/scratch-folder.ts";
import { locateHome } from "./open-home.ts";

/**
 * Has an empty home filled: a folder directly, a home in a bucket from a folder beside, its
 * description last. Returns its store; throws UsageError where the home is not empty.
 */
export async function simulateInto(
  home: string, fill: (folder: string) => Promise<unknown>, log: Log,
): Promise<ObjectStore> {
  if (!home.startsWith("s3://")) {
    const root = resolve(home);
    if (existsSync(root) && readdirSync(root).length > 0) {
      throw new UsageError(`--home: not empty: ${root}; accepted: an empty or missing folder`);
    }
    await fill(root);
    return createFolderStore(root);
  }
  const { store } = await locateHome(home);
  // A deployed home has its description before anything else.
  const there = (await store.list("")).filter(({ key }) => key !== homeKeys.description);
  if (there.length > 0) {
    throw new UsageError(`--home: not empty: ${store.name}: ${there.length} objects; accepted: an empty one`);
  }
  const scratch = makeScratchFolder("simulate");
  try {
    const folder = join(scratch, "home");
    await fill(folder);
    await upload(folder, store, log);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return store;
}

async function upload(folder: string, store: ObjectStore, log: Log): Promise<void> {
  const keys = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((key) => key !== homeKeys.description).sort();
  for (const [i, key] of keys.entries()) {
    await store.putFile(key, join(folder, key));
    if ((i + 1) % 100 === 0) log.progress(`upload ${i + 1}/${keys.length}`);
  }
  const own = await store.get(homeKeys.description);
  const made = JSON.parse(await readText(folder)) as object;
  const merged = own ? { ...JSON.parse(Buffer.from(own.body).toString("utf8")) as object, ...made } : made;
  await store.put(homeKeys.description, `${JSON.stringify(merged)}\n`);
}

async function readText(folder: string): Promise<string> {
  const object = await createFolderStore(folder).get(homeKeys.description);
  return Buffer.from(object?.body ?? Buffer.from("{}")).toString("utf8");
}
