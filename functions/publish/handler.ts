import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { createStepHandler, type StepSeconds } from "../shared/lambda-step.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { storeCosts } from "../shared/store-costs.ts";
import { storeSteps } from "../shared/store-steps.ts";
import { publishRun } from "./publish-run.ts";

/** Lambda: makes a run public; its metric `Published` is what the dead-man alarm listens to. */
export const handler = createStepHandler("publish", async (
  event: { readonly day: string; readonly runId: string; readonly seconds: StepSeconds }, tools,
) => {
  const { store, scratch, log } = tools;
  const { day, runId, seconds } = event;
  const files = await readLedger(store, { date: day });
  await storeSteps({ store, day, runId, files, seconds });
  await storeCosts(store, runId, day);
  const publication = await publishRun({ store, runId, scratch, log });
  const metrics = new Metrics({ namespace: "Dudao", serviceName: "dudao" });
  metrics.addMetric("Published", MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return { published: publication.files, bytes: publication.bytes };
});
