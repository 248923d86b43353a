// Simulates a province, runs all its nights and compares every file, row and teacher with the truth.
// usage: npm run prove:ingest [-- --scale 0.05 --daily-nights 43 --seed 1 --home DIR]
// 43 daily nights make 60 with the base landing and the month ends. A home that is given is kept,
// and simulated only if it is missing. Writes test/evidence/truth-<scale>.json; exit 1 where
// anything differs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildForNode, buildIfStale } from "./build.mjs";
import { readCommit } from "./bench/commit.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: {
  scale: { type: "string", default: "0.05" }, "daily-nights": { type: "string", default: "43" },
  seed: { type: "string", default: "1" }, home: { type: "string" },
} });
await buildIfStale();
const compare = await buildForNode("test/proofs/truth-of-home.ts", "truth-of-home.js");
const folder = values.home ? undefined : mkdtempSync(join(tmpdir(), "dudao-prove-"));
const home = values.home ? resolve(values.home) : join(folder, "home");
const env = { ...process.env, DUDAO_NO_BUILD: "1" };
const seconds = {};

/** Runs a script to its end; its wall and CPU seconds, children included, go into the evidence. */
function timed(step, args) {
  const from = performance.now();
  const out = execFileSync(process.execPath, args, {
    env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28,
  });
  seconds[step] = Math.round((performance.now() - from) / 100) / 10;
  return out;
}

try {
  const dudao = join(root, "bin", "dudao.mjs");
  if (!existsSync(join(home, "truth.json"))) {
    timed("simulate", [dudao, "simulate", "--home", home, "--scale", values.scale,
      "--seed", values.seed, "--daily-nights", values["daily-nights"]]);
  }
  timed("nights", [dudao, "nightly", "--home", home]);
  const found = JSON.parse(timed("compare", [compare, home]));
  const { simulated } = JSON.parse(readFileSync(join(home, "home.json"), "utf8"));
  const evidence = {
    what: "all nights of a simulated province compared with its truth (npm run prove:ingest)",
    commit: readCommit(root), seed: simulated.seed, scale: simulated.scale, until: simulated.until,
    machine: {
      cores: availableParallelism(), memory_gib: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node, platform: `${process.platform} ${process.arch}`,
    },
    seconds, ...found,
  };
  mkdirSync(join(root, "test", "evidence"), { recursive: true });
  const path = join(root, "test", "evidence", `truth-${simulated.scale}.json`);
  writeFileSync(path, `${JSON.stringify(evidence, null, 2)}\n`);
  process.stdout.write(`${found.nights} nights, ${found.files.total} files, `
    + `${found.rows.read} rows read, ${found.dirty_rows.total} dirty: `
    + `${found.differences} differences (${path})\n`);
  if (found.differences > 0) process.exitCode = 1;
} finally {
  if (folder) rmSync(folder, { recursive: true, force: true });
}
