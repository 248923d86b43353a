import { NotPublishedError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readParquet } from "../shared/read-parquet.ts";
import type { SqlEngine } from "../shared/sql-engine.ts";
import { createDuckDbEngine } from "../shared/sql-engine-duckdb.ts";
import { answer } from "./answer.ts";
import { measureRun } from "./measure-run.ts";

/** What is asked of a day that is only caught up: rows of mart_finding and of int_unmatched. */
export interface CaughtUpDay {
  readonly findings: readonly object[];
  readonly unmatched: readonly object[];
}

/**
 * Findings of a day that is caught up. With `hasStoredFigures` they come from a brief run that is
 * stored, for the series as known then; where a check fails there is none, and they are only asked
 * for: the newest day decides whether the night goes on.
 */
export async function measureCaughtUp(request: {
  readonly store: ObjectStore; readonly asOf: string; readonly scratch: string; readonly log: Log;
  readonly hasStoredFigures: boolean; readonly engine?: SqlEngine;
}): Promise<CaughtUpDay> {
  const { store, asOf, scratch, log, engine = createDuckDbEngine({}) } = request;
  if (request.hasStoredFigures) {
    try {
      const { runId } = await measureRun({ store, asOf, scratch, log, engine, isBrief: true });
      const rowsOf = async (mart: string): Promise<readonly object[]> =>
        readParquet(await store.fetchToFile(homeKeys.run(runId, `${mart}.parquet`), scratch));
      return { findings: await rowsOf("mart_finding"), unmatched: await rowsOf("int_unmatched") };
    } catch (error) {
      if (!(error instanceof NotPublishedError)) throw error;
      log.progress(`measure ${asOf}: not stored: ${error.message.split("\n")[0]}`);
    }
  }
  const rows = await answer({ store, asOf, engine },
    (open) => open.rows(["mart_finding", "int_unmatched"]));
  return { findings: rows.get("mart_finding") ?? [], unmatched: rows.get("int_unmatched") ?? [] };
}
