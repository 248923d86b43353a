import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadContracts, readContractFiles } from "../ingest/contracts/load-contracts.ts";
import { UsageError } from "../shared/errors.ts";
import { mergeContracts, readHomeContracts } from "../shared/home-contracts.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";

export const homeOption = {
  home: { value: "HOME", default: "./home", help: "a folder, or s3://bucket/prefix" },
} as const;

interface OpenedHome {
  readonly store: ObjectStore;
  /** The folder; undefined for a home in a bucket. */
  readonly root: string | undefined;
}

/**
 * A home that exists; throws UsageError saying how to make one, ContractError where its own
 * contracts are broken: no command goes on with half of them.
 */
export async function openHome(home: string): Promise<OpenedHome> {
  const opened = await locateHome(home);
  const own = await readHomeContracts(opened.store);
  if (own.length > 0) loadContracts(mergeContracts(readContractFiles(), own));
  return opened;
}

/** The same without a look at its contracts; throws UsageError. */
export async function locateHome(home: string): Promise<OpenedHome> {
  if (home.startsWith("s3://")) {
    // Loaded only here: most commands work on a folder and start faster without the SDK.
    const { createBucketClient, openBucketHome } = await import("../shared/object-store-bucket.ts");
    const client = createBucketClient(process.env);
    return { store: await openBucketHome(home, client), root: undefined };
  }
  const root = resolve(home);
  if (!existsSync(root)) {
    throw new UsageError(
      `--home: missing folder: ${home}; make one with: dudao simulate --home ${home}`);
  }
  return { store: createFolderStore(root), root };
}
