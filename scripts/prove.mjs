// Compares the figures of many random histories with their second computation (no SQL).
// usage: npm run prove [-- <first seed> <last seed>]; 1 to 500 writes
// test/evidence/second-computation.json. Exit 1 where anything differs or was never tried.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommit } from "./bench/commit.mjs";
import { buildForNode } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const asked = process.argv.slice(2);
const commit = readCommit(root);
mkdirSync(join(root, "dist"), { recursive: true });
const script = await buildForNode("test/measure/second-computation/prove.ts", "prove.js");
const found = JSON.parse(execFileSync(process.execPath, [script, ...asked], {
  encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28,
}));
if (asked.length === 0) {
  const what = "every figure of random histories, by SQL and by plain TypeScript (npm run prove)";
  mkdirSync(join(root, "test", "evidence"), { recursive: true });
  writeFileSync(join(root, "test", "evidence", "second-computation.json"),
    `${JSON.stringify({ what, commit, ...found }, null, 2)}\n`);
}
const { histories, figures_compared: figures, differences } = found;
const untried = [...found.codes_never_non_zero, ...found.states_never_seen];
process.stdout.write(`${histories} histories, ${figures} figures: ${differences} differences; `
  + `never tried: ${untried.join(", ") || "nothing"}\n`);
if (differences > 0 || (asked.length === 0 && untried.length > 0)) process.exitCode = 1;
