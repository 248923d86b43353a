import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readParquet } from "../shared/read-parquet.ts";
import type { ParquetRow } from "../shared/read-parquet.ts";
import { createDuckDbEngine } from "../shared/sql-engine-duckdb.ts";
import type { EngineRequest, SqlEngine } from "../shared/sql-engine.ts";
import { planMeasure } from "./plan-measure.ts";
import type { MeasurePlan } from "./plan-measure.ts";

/** A question about a home as of a day. */
export interface Question {
  readonly store: ObjectStore;
  readonly asOf: string;
  readonly log?: Log;
  /** Default: DuckDB in this process. */
  readonly engine?: SqlEngine;
}
export interface OpenQuestion {
  readonly plan: MeasurePlan;
  /** Rows of models as of the day; nothing is stored in the home. */
  rows(
    keep: readonly string[], only?: EngineRequest["only"],
  ): Promise<ReadonlyMap<string, readonly ParquetRow[]>>;
}

/** Answers a question over a scratch folder that is gone afterwards. */
export async function answer<T>(
  question: Question, work: (open: OpenQuestion) => Promise<T>,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-question-"));
  try {
    const engine = question.engine ?? createDuckDbEngine();
    const plan = await planMeasure(question.store, engine, question.asOf);
    let asked = 0;
    return await work({
      plan,
      async rows(keep, only) {
        question.log?.progress(`measure ${question.asOf}: ${keep.join(", ")}`);
        const folder = join(scratch, String(++asked));
        const { outputs } = await plan.compute(question.asOf, keep, folder, only ? { only } : {});
        const rows = new Map<string, readonly ParquetRow[]>();
        for (const { name, path } of outputs) rows.set(name, await readParquet(path));
        return rows;
      },
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
