import { afterAll, describe, expect, it } from "vitest";
import type { ExportName } from "./landing-model.ts";
import { makeHistory, type History } from "./random-history.ts";
import { closeCorrectedWorkers, TrialHistory } from "./trial-history.ts";
import { closeSharedWorkers } from "./trial-home.ts";

afterAll(async () => {
  await closeSharedWorkers();
  await closeCorrectedWorkers();
});

/** More histories with DUDAO_HISTORIES=100, other ones with DUDAO_HISTORY_SEED=7. */
const nHistories = Number(process.env["DUDAO_HISTORIES"] ?? 2);
const firstSeed = Number(process.env["DUDAO_HISTORY_SEED"] ?? 1);
const nNights = 5;
const seeds = Array.from({ length: nHistories }, (_, i) => firstSeed + i);
const exportNames: readonly ExportName[] = ["teachers", "courses", "evaluations", "credits"];

/** The words of the model for both values of 「专家」 and 「专家组」 are one in the lake. */
const plainly = (name: ExportName, records: ReadonlyMap<string, string>) =>
  Object.fromEntries([...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, text]) =>
    [id, name === "evaluations" ? text.replace(/plain|added/, "expert") : text]));

async function play(history: History): Promise<TrialHistory> {
  const trial = new TrialHistory();
  for (const night of history.nights) await trial.night(night);
  return trial;
}

describe.each(["hold", "reingest"] as const)("a random history with %s", (kinds) => {
  it.each(seeds)("%i has what the model says on every day, and no later landing changes it",
    async (seed) => {
      const history = makeHistory(seed, nNights, kinds);
      const trial = await play(history);
      try {
        for (const name of exportNames) {
          const inForce = await trial.inForce(name);
          for (const [n, { day }] of history.nights.entries()) {
            expect({ day, name, records: plainly(name, inForce(day)) }).toEqual({
              day, name,
              records: plainly(name, history.expected[n]?.inForce[name] ?? new Map()),
            });
          }
        }
        const last = history.nights.at(-1)?.day ?? "";
        expect(await trial.statuses(last)).toEqual(history.expected.at(-1)?.statuses);
        const cut = 1 + (seed % (nNights - 1));
        const day = history.nights[cut]?.day ?? "";
        const scratch = new TrialHistory();
        await scratch.takeDecisions(trial, day);
        for (const night of history.nights.slice(0, cut + 1)) await scratch.night(night, true);
        expect(await scratch.nights(day)).toEqual(await trial.nights(day));
        scratch.remove();
      } finally {
        trial.remove();
      }
    });
});

it.each(seeds)("history %i gives the same lake night by night and in one call", async (seed) => {
  const history = makeHistory(seed, nNights, "none");
  const last = history.nights.at(-1)?.day ?? "";
  const oneByOne = await play(history);
  const inOneCall = new TrialHistory();
  try {
    await inOneCall.land(history.nights.flatMap((night) => night.files));
    await inOneCall.home.night(last);
    expect(await inOneCall.nights(last)).toEqual(await oneByOne.nights(last));
  } finally {
    oneByOne.remove();
    inOneCall.remove();
  }
});
