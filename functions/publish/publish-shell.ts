import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";

/**
 * Copies the built dashboards to `publish/app/`, `index.html` last so that it never names a file
 * that is not there yet; older assets stay for pages that are open. Returns the number of files,
 * 0 where `folder` does not exist.
 */
export async function publishShell(store: ObjectStore, folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    .catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return [];
      throw cause;
    });
  const files = entries.filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => file !== "current.json")
    .sort((a, b) => Number(a === "index.html") - Number(b === "index.html") || (a < b ? -1 : 1));
  for (const file of files) {
    await store.put(homeKeys.app(file), await readFile(join(folder, file)));
  }
  return files.length;
}
