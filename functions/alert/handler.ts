import { areaNames } from "../shared/areas.ts";
import { ContractError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { createStepHandler } from "../shared/lambda-step.ts";
import { markFinished } from "../shared/mark-finished.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { openMailer, readMailEnvironment } from "../shared/open-mailer.ts";
import { readJson } from "../shared/read-json.ts";
import { readSiteUrl } from "../shared/site-url.ts";
import { alertRun, listFindings, planFindings } from "./alert-run.ts";
import type { Finding, FindingRow } from "./finding-life.ts";
import { storeFindings } from "./store-findings.ts";

interface AlertEvent {
  readonly day: string;
  /** null for a day that was only caught up. */
  readonly runId: string | null;
  readonly finished: string;
}

/** Lambda: what a measured run finds, beside the run; cards and pages show it. */
export const findings = createStepHandler("findings", async (
  { runId, day }: { readonly runId: string; readonly day: string }, { store, scratch },
) => ({ findings: (await storeFindings({ store, runId, asOf: day, scratch })).length }));

/** Lambda: mails of the night; the last step, after which the night has gone all the way. */
export const handler = createStepHandler("alert", async (event: AlertEvent, tools) => {
  const { store, log, env } = tools;
  const { day, runId, finished } = event;
  const newest = (await listFindings(store)).map((f) => f.changed_on).sort().at(-1) ?? "";
  // A day that is caught up after later ones were announced announces nothing.
  const sent = day < newest ? 0 : (await alertRun({
    store, asOf: day, log, siteUrl: await readSiteUrl(store), areaNames,
    findings: await readFindings(store, day, runId),
    mailer: await openMailer(store, env, readMailEnvironment(env)),
  })).sent;
  await markFinished(store, day, finished);
  await store.delete(homeKeys.caughtUp(day));
  return { mails: sent };
});

async function readFindings(
  store: ObjectStore, day: string, runId: string | null,
): Promise<readonly Finding[]> {
  if (runId !== null) {
    return requireKept<readonly Finding[]>(store, homeKeys.run(runId, "findings.json"));
  }
  const { findings: rows } = await requireKept<{ readonly findings: readonly FindingRow[] }>(
    store, homeKeys.caughtUp(day));
  return planFindings({ store, asOf: day, rows });
}

async function requireKept<T>(store: ObjectStore, key: string): Promise<T> {
  const kept = await readJson<T>(store, key);
  if (kept === undefined) throw new ContractError(`${key}: missing in ${store.name}`);
  return kept;
}
