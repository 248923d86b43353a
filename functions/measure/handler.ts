import { openEngine, readEngineChoice } from "../shared/engine-choice.ts";
import { homeKeys } from "../shared/home.ts";
import { createStepHandler, type StepSeconds } from "../shared/lambda-step.ts";
import { measureCaughtUp } from "./measure-caught-up.ts";
import { measureRun } from "./measure-run.ts";

interface MeasureEvent {
  readonly day: string;
  readonly isNewest: boolean;
  readonly hasStoredFigures: boolean;
  readonly seconds: StepSeconds;
}

/** Lambda: the run of the newest day; of a day that is caught up its findings alone. */
export const handler = createStepHandler("measure", async (event: MeasureEvent, tools) => {
  const { store, scratch, log, env } = tools;
  const from = Date.now();
  const engine = await openEngine(await readEngineChoice(store, {
    engine: env.DUDAO_ENGINE, workgroup: env.DUDAO_ATHENA_WORKGROUP,
    database: env.DUDAO_ATHENA_DATABASE, output: env.DUDAO_ATHENA_OUTPUT,
  }), env);
  const { day: asOf, hasStoredFigures } = event;
  const tell = (runId: string | null) => ({
    runId, seconds: { ...event.seconds, measure: (Date.now() - from) / 1000 },
  });
  if (event.isNewest) {
    const { runId } = await measureRun({ store, asOf, scratch, log, engine });
    return tell(runId);
  }
  const kept = await measureCaughtUp({ store, asOf, scratch, log, engine, hasStoredFigures });
  await store.put(homeKeys.caughtUp(asOf), JSON.stringify(kept), { mode: 0o600 });
  return tell(null);
});
