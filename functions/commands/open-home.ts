import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { loadContracts, readContractFiles } from "../ingest/contracts/load-contracts.ts";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { mergeContracts } from "../shared/home-contracts.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";

export const homeOption = {
  home: { value: "DIR", default: "./home", help: "folder of the home" },
} as const;

interface OpenedHome {
  readonly store: ObjectStore;
  readonly root: string;
}

/** Names of contracts below a folder, as `<system>/<export>.json`. */
function listContractNames(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

function requireHomeContracts(root: string): void {
  const folder = join(root, homeKeys.contractPrefix);
  if (!existsSync(folder)) return;
  loadContracts(mergeContracts(readContractFiles(), listContractNames(folder).map((name) =>
    ({ name, text: readFileSync(join(folder, name), "utf8"), origin: "home" }))));
}

/**
 * A home that exists; throws UsageError saying how to make one, ContractError where its own
 * contracts are broken: no command goes on with half of them.
 */
export function openHome(home: string): OpenedHome {
  const opened = locateHome(home);
  requireHomeContracts(opened.root);
  return opened;
}

/** The same without a look at its contracts; throws UsageError. */
export function locateHome(home: string): OpenedHome {
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
