import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "../shared/object-store.ts";
import type { EngineResult, SqlEngine } from "../shared/sql-engine.ts";
import { planMeasure } from "./plan-measure.ts";
import { hasSameFigures, type RunIdentity } from "./run-manifest.ts";
import { findStoredFigures } from "./stored-runs.ts";

const beforeDays = 28;

/** The day 28 days before, of which `mart_figure_before` is. */
export function dayBefore(asOf: string): string {
  return new Date(Date.parse(asOf) - beforeDays * 86_400_000).toISOString().slice(0, 10);
}

/** `mart_figure` of the day before a run's, computed while the run's own inputs are still made. */
export interface FiguresBefore {
  /** Begins with what is closed by now; a second call does nothing. */
  begin(): void;
  /**
   * The computation if it has begun and gives what a run of the identity would have; undefined:
   * to be found or computed otherwise. Throws what planning it threw.
   */
  find(identity: RunIdentity): Promise<{ readonly result: Promise<EngineResult> } | undefined>;
  /** When nothing of it is at work in `scratch` any more, whatever came of it. */
  ended(): Promise<void>;
}

/** `asOf`: the day of the run. `scratch`: local folder, which must stay until `ended`. */
export function prepareFiguresBefore({ store, asOf, scratch, engine }: {
  readonly store: ObjectStore; readonly asOf: string;
  readonly scratch: string; readonly engine: SqlEngine;
}): FiguresBefore {
  const day = dayBefore(asOf);
  let begun: Promise<Begun | undefined> | undefined;
  const compute = async (): Promise<Begun | undefined> => {
    const plan = await planMeasure(store, engine, day);
    const { identity } = plan.runOf(day);
    if (await findStoredFigures(store, identity)) return undefined;
    mkdirSync(scratch, { recursive: true });
    const result = plan.compute(day, ["mart_figure"], mkdtempSync(join(scratch, "before-")));
    // Whoever takes it hears of its failure; nobody may.
    result.catch(() => undefined);
    return { identity, result };
  };
  return {
    begin() {
      begun ??= compute();
      begun.catch(() => undefined);
    },
    async find(identity) {
      const found = await begun;
      return found && hasSameFigures(found.identity, identity) ? found : undefined;
    },
    async ended() {
      const [made] = await Promise.allSettled([begun]);
      if (made.status === "fulfilled") await Promise.allSettled([made.value?.result]);
    },
  };
}

interface Begun {
  readonly identity: RunIdentity;
  readonly result: Promise<EngineResult>;
}
