// 183 county cards of a simulated night, typesetter start included.
import { buildForNode } from "../build.mjs";
import { measure, median, round } from "./measure.mjs";
import { dudaoOf, readLandingDays, simulateHome } from "./simulated-home.mjs";
import { count, lineOf } from "./table.mjs";

const targetSeconds = 5;

export async function bench(context) {
  const home = simulateHome(context, "cards");
  const [firstDay] = [...readLandingDays(home).keys()].sort();
  await measure([dudaoOf(context.root), "nightly", "--home", home, "--date", firstDay]);
  const script = await buildForNode("test/bench/cards.ts", "bench-cards.js");
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await measure([script, home]));
  const { cards } = JSON.parse(runs[0].out);
  const seconds = round(median(runs.map((r) => r.seconds)));
  const peak = Math.max(...runs.map((r) => r.peak_mb));
  return {
    cards, seconds, peak_mb: peak, target_seconds: targetSeconds,
    lines: [lineOf(`${cards} county scorecards, start included`, `${seconds} s, ${count(peak)} MB`,
      `< ${targetSeconds} s`, seconds < targetSeconds)],
  };
}
