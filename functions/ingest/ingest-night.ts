import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import { readHomeSeeds } from "../shared/home-seeds.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { NightPlan } from "../shared/night-plan.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readClosedNights, readLedger } from "../shared/read-ledger.ts";
import { relations } from "../shared/relations.ts";
import { openDuckDb } from "../shared/sql-engine-duckdb-open.ts";
import { readOrCreateTokenKey } from "../shared/token-key.ts";
import { loadContracts } from "./contracts/load-contracts.ts";
import { ingestGroup, type GroupContext } from "./ingest-group.ts";
import { judgeSeedNames } from "./judge/seeds.ts";
import { WorkerPool } from "./worker-pool.ts";
import { requireWorkerScript } from "./worker-script.ts";

export interface IngestRequest {
  readonly store: ObjectStore;
  /** From `planNight`. */
  readonly plan: NightPlan;
  /** Local folder; a folder of this night is made in it and removed. */
  readonly scratch: string;
  readonly log: Log;
  readonly workers?: number;
  /** Longest time for one file. */
  readonly deadlineSeconds?: number;
  /** Limit of one worker process. */
  readonly memoryMb?: number;
}

export interface IngestedNight {
  readonly day: string;
  /** Knowledge days closed by this call, oldest first; empty where the night was closed before. */
  readonly closed: readonly ClosedNight[];
  /** Ledger rows of those days, in night order. */
  readonly ledger: readonly LedgerRow[];
  readonly bytesRead: number;
  readonly seconds: number;
}

/**
 * Takes the files of a plan: judged by two reusable workers, settled against the earlier nights,
 * proved balanced, then written: lake, quarantine, slips, receipts, ledger, and last the night file
 * that closes the day. Killed anywhere and run again it ends with the same bytes. Throws
 * NotPublishedError for a file that does not balance; that day and later ones stay open.
 */
export async function ingestNight(request: IngestRequest): Promise<IngestedNight> {
  const { store, plan, scratch, log } = request;
  const started = performance.now();
  const closed: ClosedNight[] = [];
  const ledger: LedgerRow[] = [];
  const files = plan.groups.flatMap((group) => group.files);
  if (plan.isClosed) return { day: plan.day, closed, ledger, bytesRead: 0, seconds: 0 };

  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "ingest-"));
  const script = await requireWorkerScript();
  const loading = loadStart(store);
  const pool = new WorkerPool({
    script,
    scratch: folder,
    workers: request.workers ?? 2,
    deadlineSeconds: request.deadlineSeconds ?? 900,
    memoryMb: request.memoryMb ?? 2048,
    start: loading.then(({ contracts, seeds, tokenKey }) => ({
      contracts,
      tokenKey,
      seeds: judgeSeedNames.flatMap((name) => {
        const seed = seeds.get(name);
        return seed ? [{ name, text: seed.text }] : [];
      }),
    })),
    log,
    onResult: progressOf(files.length, log),
  });
  pool.warmUp(files.length);
  const db = await openDuckDb({
    threads: request.workers ?? 2,
    memoryLimit: "2GB",
    tempDir: join(folder, "spill"),
    allowed: [folder, ...lakeFolders(store)],
  });
  try {
    const { contracts, seeds } = await loading;
    const context: GroupContext = {
      store, contracts, seeds, pool, log, connection: db.connection, folder,
      nights: [...await readClosedNights(store)],
      ledger: [...await readLedger(store)],
    };
    for (const group of plan.groups) {
      const night = await ingestGroup(group, context);
      context.nights.push(night.closed);
      context.ledger.push(...night.ledger);
      closed.push(night.closed);
      ledger.push(...night.ledger);
    }
  } finally {
    await pool.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const bytesRead = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const seconds = Math.round(performance.now() - started) / 1000;
  log.record("ingest.done", { day: plan.day, files: files.length, bytes: bytesRead, seconds });
  return { day: plan.day, closed, ledger, bytesRead, seconds };
}

/** What judging needs to know; throws ContractError for broken contracts and seeds. */
async function loadStart(store: ObjectStore) {
  // Lets the processes of the pool be started first.
  await Promise.resolve();
  const [seeds, tokenKey] = await Promise.all([readHomeSeeds(store), readOrCreateTokenKey(store)]);
  return { contracts: loadContracts(), seeds, tokenKey };
}

/** Folders of a home that DuckDB reads in place; objects of other stores are fetched first. */
function lakeFolders(store: ObjectStore): readonly string[] {
  if (!isAbsolute(store.name)) return [];
  const prefixes = relations.filter((r) => r.isPrivate).map((r) => homeKeys.privateLakePrefix(r.name));
  return [homeKeys.lakePrefix, homeKeys.statePrefix, ...prefixes].map((prefix) => join(store.name, prefix));
}

function progressOf(total: number, log: Log) {
  let done = 0;
  return (job: { readonly system: string; readonly fileName: string }): void => {
    done++;
    log.progress(`ingest ${done}/${total} ${job.system} ${job.fileName}`);
  };
}
