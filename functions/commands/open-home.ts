import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../shared/errors.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";

export const homeOption = {
  home: { value: "DIR", default: "./home", help: "folder of the home" },
} as const;

/** A home that exists; throws UsageError saying how to make one. */
export function openHome(home: string): { readonly store: ObjectStore; readonly root: string } {
  if (home.startsWith("s3://")) {
    throw new UsageError(`--home: not supported yet: ${home}; accepted: a folder`);
  }
  const root = resolve(home);
  if (!existsSync(root)) {
    throw new UsageError(
      `--home: missing folder: ${home}; make one with: dudao simulate --home ${home}`);
  }
  return { store: createFolderStore(root), root };
}
