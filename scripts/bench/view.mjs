// First useful view of the province page at 400 kbit/s, 400 ms latency, CPU 6 × slower.
import { spawn } from "node:child_process";
import { buildForNode } from "../build.mjs";
import { measure } from "./measure.mjs";
import { dudaoOf, simulateHome } from "./simulated-home.mjs";
import { lineOf } from "./table.mjs";

const targetMilliseconds = 2000;

export async function bench(context) {
  const home = simulateHome(context, "view");
  await measure([dudaoOf(context.root), "nightly", "--home", home]);
  const script = await buildForNode("test/bench/view.ts", "bench-view.js");
  const child = spawn(process.execPath, [dudaoOf(context.root), "start", "--home", home], {
    env: { ...process.env, DUDAO_NO_BUILD: "1", CI: "1" }, stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const run = await measure([script, await readLink(child)]);
    const found = JSON.parse(run.out);
    const useful = found.useful_milliseconds_median;
    return {
      ...found, target_milliseconds: targetMilliseconds,
      lines: [lineOf(
        "first useful view of the province page, 400 kbit/s, 400 ms latency, CPU 6 × slower, median of 5",
        `${(useful / 1000).toFixed(2)} s (on the screen `
          + `${(found.paint_milliseconds_median / 1000).toFixed(2)} s), `
          + `${Math.round(found.transferred_bytes / 1000)} kB`,
        `< ${targetMilliseconds / 1000} s`, useful < targetMilliseconds,
      )],
    };
  } finally {
    child.kill("SIGINT");
  }
}

function readLink(child) {
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
      const found = /http:\/\/\S+/.exec(out);
      if (found) resolve(found[0]);
    });
    child.on("close", () => reject(new Error("start ended before it printed its address")));
  });
}
