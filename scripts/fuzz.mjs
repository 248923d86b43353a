// Broken files of every format through whole nights, 15 minutes; the result is committed.
// usage: npm run fuzz [-- SECONDS [SEED]]; writes test/evidence/fuzz.json
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomInt } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [seconds = "900", seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "dudao-fuzz-result-"));
const out = join(folder, "fuzz.json");
const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
// What is being run, not what is there when it ends.
const commit = git("rev-parse", "HEAD");
try {
  const { status } = spawnSync(process.execPath, [
    join(root, "node_modules", "vitest", "vitest.mjs"), "run", "test/fuzz",
  ], {
    cwd: root, stdio: "inherit",
    env: {
      ...process.env,
      DUDAO_FUZZ_SECONDS: seconds, DUDAO_FUZZ_SEED: seed, DUDAO_FUZZ_OUT: out,
    },
  });
  if (status !== 0) process.exit(status ?? 1);
  const report = { commit, ...JSON.parse(readFileSync(out, "utf8")) };
  mkdirSync(join(root, "test", "evidence"), { recursive: true });
  const evidence = join(root, "test", "evidence", "fuzz.json");
  writeFileSync(evidence, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${evidence}: ${report.files} files, clean\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
