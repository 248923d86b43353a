import { isAbsolute, join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import { maskNumbers } from "../shared/mask-numbers.ts";
import type { NightPlan } from "../shared/night-plan.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readClosedNights, readLedger } from "../shared/read-ledger.ts";
import { relations } from "../shared/relations.ts";
import { openDuckDb } from "../shared/sql-engine-duckdb-open.ts";
import { ingestGroup, type GroupContext } from "./ingest-group.ts";
import { openIngestPool, type IngestPool, type IngestPoolOptions } from "./ingest-pool.ts";

export interface IngestRequest extends IngestPoolOptions {
  readonly store: ObjectStore;
  /** From `planNight`. */
  readonly plan: NightPlan;
  /** Local folder; a folder of this night is made in it and removed. */
  readonly scratch: string;
  readonly log: Log;
  /** Rows from which on a text that comes for the first time is not compared (settle-fresh.ts). */
  readonly largeRows?: number;
  /** Rows from which on those of one file go into two lake files (settle-shares.ts). */
  readonly sharedRows?: number;
  /** Workers that serve several nights of this home; else own ones, ended with the night. */
  readonly pool?: IngestPool;
  /** Told when the last files are judged: what follows leaves processors free. */
  readonly onJudged?: () => void;
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
  const { store, plan, log } = request;
  const started = performance.now();
  const closed: ClosedNight[] = [];
  const ledger: LedgerRow[] = [];
  const files = plan.groups.flatMap((group) => group.files);
  if (plan.isClosed) return { day: plan.day, closed, ledger, bytesRead: 0, seconds: 0 };

  const pool = request.pool ?? await openIngestPool(request);
  pool.workers.warmUp(files.length);
  const { folder } = pool;
  const allowed = [folder, ...lakeFolders(store)];
  const db = await openDuckDb({
    threads: request.workers ?? 2,
    // Larger nights spill: with buffers and waiting workers all processes stay below 1 GB.
    memoryLimit: "400MB",
    tempDir: join(folder, "spill"),
    allowed,
  });
  // One file is written by one thread. An engine with more of them lets the others turn in circles
  // meanwhile; here each connection works in the thread that asks it.
  const beside = await openDuckDb({
    threads: 1, memoryLimit: "300MB", tempDir: join(folder, "spill-beside"), allowed,
    schemas: ["beside"], lanes: 2,
  });
  try {
    const { contracts, seeds, keyId } = await pool.loading;
    const context: GroupContext = {
      store, contracts, seeds, keyId, pool: pool.workers, log, folder,
      largeRows: request.largeRows,
      sharedRows: request.sharedRows,
      connection: db.connection,
      beside: beside.inSchemas[0]?.lanes ?? [],
      onJudged: progressOf(files.length, log),
      nights: [...await readClosedNights(store)],
      ledger: [...await readLedger(store)],
    };
    for (const group of plan.groups) {
      const night = await ingestGroup(group, group === plan.groups.at(-1)
        ? { ...context, onGroupJudged: request.onJudged } : context);
      context.nights.push(night.closed);
      context.ledger.push(...night.ledger);
      closed.push(night.closed);
      ledger.push(...night.ledger);
    }
  } finally {
    db.close();
    beside.close();
    if (pool !== request.pool) await pool.close();
  }
  const bytesRead = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const seconds = Math.round(performance.now() - started) / 1000;
  log.record("ingest.done", { day: plan.day, files: files.length, bytes: bytesRead, seconds });
  return { day: plan.day, closed, ledger, bytesRead, seconds };
}

/** Folders of a home that DuckDB reads in place; objects of other stores are fetched first. */
function lakeFolders(store: ObjectStore): readonly string[] {
  if (!isAbsolute(store.name)) return [];
  const prefixes = relations.filter((r) => r.isPrivate)
    .map((r) => homeKeys.privateLakePrefix(r.name));
  return [homeKeys.lakePrefix, homeKeys.statePrefix, ...prefixes]
    .map((prefix) => join(store.name, prefix));
}

function progressOf(total: number, log: Log) {
  let done = 0;
  return (job: { readonly system: string; readonly fileName: string }): void => {
    done++;
    log.progress(`ingest ${done}/${total} ${job.system} ${maskNumbers(job.fileName)}`);
  };
}
