import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeKeys } from "../shared/home.ts";
import { readParquet } from "../shared/read-parquet.ts";
import type { ParquetRow } from "../shared/read-parquet.ts";
import { answer } from "./answer.ts";
import type { Question } from "./answer.ts";
import { findStoredFigures } from "./stored-runs.ts";

/** A row of `dudao figures --json`, keys in this order (figures.md). */
export interface FigureRow {
  readonly area_code: string;
  readonly area_level: string;
  readonly segment_code: string;
  readonly figure_code: string;
  readonly n: number | null;
  readonly d: number | null;
  readonly share: number | null;
  readonly target: number | null;
  readonly state_code: string | null;
  readonly on_date: string | null;
  /** null: computed for this question, not stored. */
  readonly run_id: string | null;
}
export interface FigureQuestion extends Question {
  readonly area?: string | undefined;
  readonly figure?: string | undefined;
}

/**
 * Figures as of a day, by area, segment, figure: of the day's stored run where a run of the
 * same inputs would be it, else computed and not stored.
 */
export async function readFigures(question: FigureQuestion): Promise<readonly FigureRow[]> {
  const { store, asOf, area, figure } = question;
  return answer(question, async ({ plan, rows }) => {
    const stored = await findStoredFigures(store, plan.runOf(asOf).identity);
    if (stored) {
      const { run_id: runId } = stored;
      const key = homeKeys.run(runId, "mart_figure.parquet");
      const where = { ...(area && { area_code: area }), ...(figure && { figure_code: figure }) };
      return (await readStored(question, key, where)).map((row) => toFigure(row, runId));
    }
    const found = (await rows(["mart_figure"])).get("mart_figure") ?? [];
    return found
      .filter((row) => (area === undefined || row.area_code === area) &&
        (figure === undefined || row.figure_code === figure))
      .map((row) => toFigure(row, null));
  });
}

async function readStored(
  question: Question, key: string, where: Readonly<Record<string, string>>,
): Promise<readonly ParquetRow[]> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-figures-"));
  try {
    return await readParquet(await question.store.fetchToFile(key, scratch), { where });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A row of mart_figure. */
export function toFigure(row: ParquetRow, runId: string | null): FigureRow {
  const { area_code, area_level, segment_code, figure_code, n, d, share, target, state_code,
    on_date } = row;
  return {
    area_code, area_level, segment_code, figure_code, n, d, share, target, state_code, on_date,
    run_id: runId,
  } as unknown as FigureRow;
}
