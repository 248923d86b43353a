import { createStepHandler, type StepSeconds } from "../shared/lambda-step.ts";
import { readSiteUrl } from "../shared/site-url.ts";
import { renderScorecards } from "./render-scorecards.ts";

/** Lambda: the cards of all counties of a run. */
export const handler = createStepHandler("scorecards", async (
  event: { readonly day: string; readonly runId: string; readonly seconds: StepSeconds }, tools,
) => {
  const { store, scratch, log } = tools;
  const from = Date.now();
  const cards = await renderScorecards({
    store, scratch, log, runId: event.runId, asOf: event.day, siteUrl: await readSiteUrl(store),
  });
  return { cards, seconds: { ...event.seconds, scorecards: (Date.now() - from) / 1000 } };
});
