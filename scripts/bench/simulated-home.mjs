import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const dudaoOf = (root) => join(root, "bin", "dudao.mjs");

export function simulateHome({ root, scratch, isSmall }, name) {
  const home = join(scratch, name);
  execFileSync(process.execPath,
    [dudaoOf(root), "simulate", "--home", home, "--scale", isSmall ? "0.001" : "0.02"],
    { stdio: "ignore", env: { ...process.env, DUDAO_NO_BUILD: "1" } });
  return home;
}

/** Landing days of a home, each with its files as system/name. */
export function readLandingDays(home) {
  const days = new Map();
  for (const system of readdirSync(join(home, "landing"))) {
    for (const day of readdirSync(join(home, "landing", system))) {
      const files = readdirSync(join(home, "landing", system, day));
      days.set(day, [...(days.get(day) ?? []), ...files.map((f) => `${system}/${f}`)]);
    }
  }
  return days;
}
