import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { Seed } from "../shared/seeds.ts";
import { tokenKeyId } from "../shared/token-key-id.ts";
import { readOrCreateTokenKey, readRetainedTokens } from "../shared/token-key.ts";
import type { Contract } from "./contracts/contract.ts";
import type { FileJudges } from "./file-judges.ts";
import { loadHomeContracts } from "./contracts/load-contracts.ts";
import { judgeSeedNames } from "./judge/seeds.ts";
import { WorkerPool } from "./worker-pool.ts";
import { requireWorkerScript } from "./worker-script.ts";

export interface IngestPoolOptions {
  readonly workers?: number;
  /** Longest time for one file. */
  readonly deadlineSeconds?: number;
  /** Limit of one worker process. */
  readonly memoryMb?: number;
  /** Texts of more than two such parts are judged by all workers at once. */
  readonly partBytes?: number;
}

/** Workers with contracts, seeds and token key of one home; for one night or several. */
export interface IngestPool {
  readonly workers: FileJudges;
  /** Rejects with ContractError for broken contracts and seeds. */
  readonly loading: Promise<{
    readonly contracts: readonly Contract[];
    readonly seeds: ReadonlyMap<string, Seed>;
    /** Id of the token key. */
    readonly keyId: string;
  }>;
  /** Local folder of everything that is on its way; removed by `close`. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Call `close` in any case; seeds changed in the home after this call are not seen. */
export async function openIngestPool(options: IngestPoolOptions & {
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly log: Log;
}): Promise<IngestPool> {
  const script = await requireWorkerScript();
  mkdirSync(options.scratch, { recursive: true });
  const folder = mkdtempSync(join(options.scratch, "ingest-"));
  const loading = load(options.store);
  const workers = new WorkerPool({
    script,
    scratch: folder,
    workers: options.workers ?? 2,
    deadlineSeconds: options.deadlineSeconds ?? 900,
    memoryMb: options.memoryMb ?? 2048,
    ...(options.partBytes === undefined ? {} : { partBytes: options.partBytes }),
    start: loading.then(({ contracts, seeds, tokenKey, retained }) => ({
      contracts,
      tokenKey,
      retained,
      seeds: judgeSeedNames.flatMap((name) => {
        const seed = seeds.get(name);
        return seed ? [{ name, text: seed.text }] : [];
      }),
    })),
    log: options.log,
  });
  const close = async (): Promise<void> => {
    await workers.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { workers, loading, folder, close };
}

async function load(store: ObjectStore) {
  // Lets the processes of the pool be started first.
  await Promise.resolve();
  const [seeds, tokenKey] = await Promise.all([readHomeSeeds(store), readOrCreateTokenKey(store)]);
  const keyId = tokenKeyId(Buffer.from(tokenKey, "hex"));
  const retained = await readRetainedTokens(store, keyId) ?? null;
  return { contracts: await loadHomeContracts(store), seeds, tokenKey, keyId, retained };
}
