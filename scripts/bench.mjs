// Measures what the README quotes; ratios and medians of one run. Never part of the timed tests.
// usage: npm run bench [-- nightly csv cards view]; writes docs/bench.json
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildForNode, buildIfStale } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dudao = join(root, "bin", "dudao.mjs");
const scratch = mkdtempSync(join(tmpdir(), "dudao-bench-"));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const round = (value, digits = 2) => Number(value.toFixed(digits));

await buildIfStale();
const wanted = process.argv.slice(2);
const parts = { nightly: benchNightly, csv: benchCsv, cards: benchCards, view: benchView };
const path = join(root, "docs", "bench.json");
const results = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
results.machine = {
  cores: availableParallelism(), memory_gib: round(totalmem() / 2 ** 30, 0), node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
};
try {
  for (const [name, run] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    results[name] = await run();
    process.stdout.write(`${name}: ${JSON.stringify(results[name])}\n`);
  }
  mkdirSync(join(root, "docs"), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Wall seconds and the largest sum of resident memory of a process tree, looked at every 20 ms. */
function measure(args, env = {}) {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: scratch, env: { ...process.env, DUDAO_NO_BUILD: "1", ...env }, stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    let peak = 0;
    child.stdout.on("data", (chunk) => { out += chunk; });
    const timer = setInterval(() => { peak = Math.max(peak, residentBytes(child.pid)); }, 20);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${args.join(" ")}: exit ${code}`));
      else resolve({ seconds: (performance.now() - from) / 1000, peak_mb: round(peak / 1e6, 0), out });
    });
  });
}

function residentBytes(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children.split(" ").filter(Boolean).reduce((sum, c) => sum + residentBytes(c), pages);
  } catch (error) {
    // No /proc (macOS, Windows), or the process ended between two looks.
    if (error.code === "ENOENT" || error.code === "ESRCH") return 0;
    throw error;
  }
}

async function makeHome(name) {
  const home = join(scratch, name);
  execFileSync(process.execPath, [dudao, "simulate", "--home", home, "--scale", "0.02"], { stdio: "ignore" });
  return home;
}

/** The night at scale 0.02 on the newest day on which all 20 exports landed: median of 5. */
async function benchNightly() {
  const home = await makeHome("nightly");
  const day = newestFullDay(home);
  const before = previousDay(home, day);
  await measure([dudao, "backfill", "--home", home, "--to", before]);
  const seconds = [];
  let peak = 0;
  for (let i = 0; i < 5; i++) {
    const copy = join(scratch, `nightly-${i}`);
    cpSync(home, copy, { recursive: true });
    const run = await measure([dudao, "nightly", "--home", copy, "--date", day, "--json"]);
    seconds.push(round(run.seconds));
    peak = Math.max(peak, run.peak_mb);
    rmSync(copy, { recursive: true, force: true });
  }
  return { day, seconds_median: median(seconds), seconds, peak_mb: peak, target_seconds: 6 };
}

function landingDays(home) {
  const days = new Map();
  for (const system of readdirSync(join(home, "landing"))) {
    for (const day of readdirSync(join(home, "landing", system))) {
      const files = readdirSync(join(home, "landing", system, day));
      days.set(day, [...(days.get(day) ?? []), ...files.map((f) => `${system}/${f}`)]);
    }
  }
  return days;
}

function newestFullDay(home) {
  const systems = 9;
  const registryExports = 12;
  const full = [...landingDays(home)].filter(([, files]) =>
    new Set(files.map((f) => f.split("/")[0])).size === systems
    && new Set(files.filter((f) => f.startsWith("registry/")).map((f) => f.replace(/[\d.].*$/, ""))).size >= registryExports);
  const day = full.map(([d]) => d).sort().at(-1);
  if (!day) throw new Error("no landing day has all 20 exports");
  return day;
}

function previousDay(home, day) {
  return [...landingDays(home).keys()].sort().filter((d) => d < day).at(-1);
}

/** 1 M rows of GB18030 with all rules, beside the raw copy of the same bytes decoded. */
async function benchCsv() {
  const home = join(scratch, "csv");
  const day = "2021-12-20";
  mkdirSync(join(home, "landing", "vendor-a", day), { recursive: true });
  const gb = join(home, "landing", "vendor-a", day, "courses.xlsx");
  const utf8 = join(scratch, "courses.csv");
  const made = JSON.parse((await measure([join(root, "scripts", "make-bench-csv.mjs"), gb, utf8, "1000000"])).out);
  const raw = [];
  const night = [];
  for (let i = 0; i < 3; i++) {
    raw.push(await measure([join(root, "scripts", "raw-copy.mjs"), utf8, join(scratch, "raw.parquet")]));
    const copy = join(scratch, `csv-${i}`);
    cpSync(home, copy, { recursive: true });
    night.push(await measure([await buildForNode("test/bench/ingest.ts", "bench-ingest.js"), copy, day]));
    rmSync(copy, { recursive: true, force: true });
  }
  const rawSeconds = median(raw.map((r) => r.seconds));
  const seconds = median(night.map((r) => r.seconds));
  return {
    ...made, bytes: statSync(gb).size, seconds: round(seconds), raw_copy_seconds: round(rawSeconds),
    ratio: round(seconds / rawSeconds), target_ratio: 4,
    peak_mb: Math.max(...night.map((r) => r.peak_mb)), raw_copy_peak_mb: Math.max(...raw.map((r) => r.peak_mb)),
    ledger: JSON.parse(night[0].out),
  };
}

/** 183 county cards of a simulated night, typesetter start included. */
async function benchCards() {
  const home = await makeHome("cards");
  await measure([dudao, "nightly", "--home", home, "--date", [...landingDays(home).keys()].sort()[0]]);
  const script = await buildForNode("test/bench/cards.ts", "bench-cards.js");
  const runs = [];
  for (let i = 0; i < 3; i++) runs.push(await measure([script, home]));
  const cards = JSON.parse(runs[0].out).cards;
  return { cards, seconds: round(median(runs.map((r) => r.seconds))), peak_mb: Math.max(...runs.map((r) => r.peak_mb)), target_seconds: 5 };
}

/** First useful view of the province page at 400 kbit/s, 400 ms latency, CPU 6 × slower. */
async function benchView() {
  const home = await makeHome("view");
  await measure([dudao, "nightly", "--home", home]);
  const script = await buildForNode("test/bench/view.ts", "bench-view.js");
  const child = spawn(process.execPath, [dudao, "start", "--home", home], {
    env: { ...process.env, DUDAO_NO_BUILD: "1", CI: "1" }, stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const link = await new Promise((resolve, reject) => {
      let out = "";
      child.stdout.on("data", (chunk) => {
        out += chunk;
        const found = /http:\/\/\S+/.exec(out);
        if (found) resolve(found[0]);
      });
      child.on("close", () => reject(new Error("start ended before it printed its address")));
    });
    const run = await measure([script, link]);
    return { ...JSON.parse(run.out), target_milliseconds: 2000 };
  } finally {
    child.kill("SIGINT");
  }
}
