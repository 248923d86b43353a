// Runs the nights of a small simulated province, stores a run of each, and rebuilds all of them.
// usage: npm run prove:rebuild [-- --scale 0.001 --daily-nights 43 --seed 1]
// 43 daily nights make 60 with the base landing and the month ends; files of the simulation are
// late, repeated, corrected, shrunk and retracted. Writes test/evidence/rebuild.json; exit 1 where
// a byte differs.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readCommit } from "./bench/commit.mjs";
import { buildForNode, buildIfStale } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: {
  scale: { type: "string", default: "0.001" }, "daily-nights": { type: "string", default: "43" },
  seed: { type: "string", default: "1" },
} });
await buildIfStale();
const prove = await buildForNode("test/proofs/rebuild-of-home.ts", "rebuild-of-home.js");
const folder = mkdtempSync(join(tmpdir(), "dudao-prove-"));
const run = (...args) => execFileSync(process.execPath, args, {
  env: { ...process.env, DUDAO_NO_BUILD: "1" }, encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28,
});

try {
  const home = join(folder, "home");
  const dudao = join(root, "bin", "dudao.mjs");
  run(dudao, "simulate", "--home", home, "--scale", values.scale, "--seed", values.seed,
    "--daily-nights", values["daily-nights"]);
  run(dudao, "nightly", "--home", home);
  const found = JSON.parse(run(prove, home).trim().split("\n").at(-1));
  const { simulated } = JSON.parse(readFileSync(join(home, "home.json"), "utf8"));
  const evidence = {
    what: "a run of every night rebuilt from its manifest after all nights (npm run prove:rebuild)",
    commit: readCommit(root), seed: simulated.seed, scale: simulated.scale, until: simulated.until,
    machine: {
      cores: availableParallelism(), memory_gib: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node, platform: `${process.platform} ${process.arch}`,
    },
    ...found,
  };
  mkdirSync(join(root, "test", "evidence"), { recursive: true });
  writeFileSync(join(root, "test", "evidence", "rebuild.json"),
    `${JSON.stringify(evidence, null, 2)}\n`);
  process.stdout.write(`${found.nights} nights, ${found.rebuilt.runs} runs rebuilt, `
    + `${found.rebuilt_after_new_tokens.runs} again under new tokens: `
    + `${found.differences} differences\n`);
  if (found.differences > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
