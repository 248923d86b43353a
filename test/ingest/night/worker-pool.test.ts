import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WorkerPool } from "../../../functions/ingest/worker-pool.ts";
import type { JudgeMessage } from "../../../functions/ingest/worker-messages.ts";
import { silentLog } from "../../../functions/shared/log.ts";

/** Does what the file's name says; its parts name the files it was flushed with. */
const workerScript = `
import { appendFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
let folder, files = [], flushes = 0, served = 0;
const tell = (line) => appendFileSync(join(dirname(folder), "told"), line + "\\n");
process.on("message", (m) => {
  if (m.kind === "start") { folder = m.folder; tell("start"); process.send({ kind: "ready" }); }
  else if (m.kind === "flush") {
    if (files.includes("unwritable")) process.kill(process.pid, "SIGKILL");
    const parts = files.map((f) => ({ relation: "r", path: f }));
    files = [];
    tell("flush");
    const residentBytes = parts.some((p) => p.path === "large") ? 2 ** 30 : 2 ** 20;
    process.send({ kind: "flushed", parts, residentBytes });
  } else if (m.fileName === "exit") process.exit(3);
  else if (m.fileName === "kill") process.kill(process.pid, "SIGKILL");
  else if (m.fileName === "crowded" && served > 0) process.kill(process.pid, "SIGKILL");
  else if (m.fileName === "hang") setInterval(() => {}, 1000);
  else if (m.fileName === "fault") process.send({ kind: "fault", message: "contract: broken" });
  else {
    files.push(m.fileName);
    served++;
    process.send({ kind: "judged", file: m.file, result: { kind: "judged" } });
  }
});
process.on("disconnect", () => process.exit(0));
`;

let folder: string;
let pool: WorkerPool;

function open(workers: number): WorkerPool {
  return new WorkerPool({
    script: join(folder, "worker.mjs"), scratch: folder, workers, deadlineSeconds: 0.6,
    memoryMb: 200, start: Promise.resolve({ contracts: [], seeds: [], tokenKey: "", retained: null }),
    log: silentLog,
  });
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pool-"));
  writeFileSync(join(folder, "worker.mjs"), workerScript);
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

async function judge(names: readonly string[]) {
  const jobs = names.map((fileName, file): JudgeMessage => ({
    kind: "judge", file, path: "", fileName, system: "s", landingDay: "2021-01-01",
    sha256: "", knownOn: "2021-01-01", isNew: true,
  }));
  const results = await pool.judge(jobs);
  return names.map((name, file) => {
    const result = results.get(file);
    return `${name}: ${result?.kind === "crashed" ? result.why : result?.kind}`;
  });
}
const staged = () => pool.takeParts().map((part) => part.path).sort();
const told = (what: string) =>
  readFileSync(join(folder, "told"), "utf8").split("\n").filter((l) => l === what).length;

it("judges every file once and has the rows of all after", async () => {
  pool = open(2);
  const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
  expect(await judge(names)).toEqual(names.map((name) => `${name}: judged`));
  expect(staged()).toEqual([...names].sort());
  expect(told("start")).toBe(2);
});

it("refuses a file whose process dies and keeps the others, each once", async () => {
  pool = open(1);
  expect(await judge(["a", "b", "exit", "c", "kill", "d"])).toEqual([
    "a: judged", "b: judged", "exit: exit code 3", "c: judged", "kill: signal SIGKILL", "d: judged",
  ]);
  expect(staged()).toEqual(["a", "b", "c", "d"]);
});

it("starts another process where one ends before its first file", async () => {
  pool = open(1);
  const marker = join(folder, "died");
  writeFileSync(join(folder, "worker.mjs"), `import { existsSync, writeFileSync } from "node:fs";
if (!existsSync(${JSON.stringify(marker)})) {
  writeFileSync(${JSON.stringify(marker)}, "");
  process.kill(process.pid, "SIGKILL");
}
${workerScript}`);
  expect(await judge(["a", "b"])).toEqual(["a: judged", "b: judged"]);
  expect(told("start")).toBe(1);
});

it("blames no file for what earlier ones left in its process", async () => {
  pool = open(1);
  expect(await judge(["a", "b", "crowded", "c"])).toEqual([
    "a: judged", "b: judged", "crowded: judged", "c: judged",
  ]);
  expect(staged()).toEqual(["a", "b", "c", "crowded"]);
});

it("refuses a file that runs past its deadline", async () => {
  pool = open(2);
  expect(await judge(["a", "hang", "b"])).toEqual([
    "a: judged", "hang: deadline of 0.6 s", "b: judged",
  ]);
  expect(staged()).toEqual(["a", "b"]);
});

it("finds the file at fault when the process dies while rows are written", async () => {
  pool = open(1);
  expect(await judge(["a", "unwritable", "b"])).toEqual([
    "a: judged", "unwritable: process ended while writing", "b: judged",
  ]);
  expect(staged()).toEqual(["a", "b"]);
});

it("replaces a worker after 50 files", async () => {
  pool = open(1);
  const names = Array.from({ length: 120 }, (_, i) => `f${i}`);
  await judge(names);
  expect(staged()).toHaveLength(120);
  expect(told("start")).toBe(3);
});

it("ends a worker that a file made large, keeps others for the next night", async () => {
  pool = open(1);
  await judge(["a"]);
  await judge(["b", "large"]);
  expect(told("start")).toBe(1);
  await judge(["c"]);
  expect(told("start")).toBe(2);
  expect(staged()).toEqual(["a", "b", "c", "large"]);
});

it("fails as a whole where the fault is ours", async () => {
  pool = open(2);
  await expect(judge(["a", "fault"])).rejects.toThrow("contract: broken");
});
