// Compares the figures of many random histories with their second computation (no SQL).
// usage: npm run prove [-- <first seed> <last seed> | --home DIR DAY …]
// Seeds 1 to 500 and homes are noted in test/evidence/second-computation.json.
// Exit 1 where anything differs, or where the 500 never tried a code or a state.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommit } from "./bench/commit.mjs";
import { buildForNode } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const asked = process.argv.slice(2);
const isHome = asked[0] === "--home";
if (isHome) asked[1] = resolve(asked[1]);
const commit = readCommit(root);
mkdirSync(join(root, "dist"), { recursive: true });
const script = await buildForNode("test/measure/second-computation/prove.ts", "prove.js");
const found = JSON.parse(execFileSync(process.execPath, [script, ...asked], {
  encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28,
}));
const isWhole = asked.length === 0;
if (isWhole || isHome) {
  const path = join(root, "test", "evidence", "second-computation.json");
  const before = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const what = "every figure by SQL and by plain TypeScript (npm run prove)";
  const { days, figures_compared, rows_compared, differences, simulated } = found;
  const home = { commit, days, figures_compared, rows_compared, differences };
  const name = `seed ${simulated?.seed} scale ${simulated?.scale} on ${Object.keys(days).join(" ")}`;
  const evidence = isWhole ? { what, commit, ...found, homes: before.homes ?? {} }
    : { ...before, homes: { ...before.homes, [name]: home } };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(evidence, null, 2)}\n`);
}
const { figures_compared: figures, differences } = found;
const untried = [...found.codes_never_non_zero, ...found.states_never_seen];
process.stdout.write(`${figures} figures: ${differences} differences`
  + `${isHome ? "" : `; never tried: ${untried.join(", ") || "nothing"}`}\n`);
if (differences > 0 || (isWhole && untried.length > 0)) process.exitCode = 1;
