import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WorkerPool } from "../../../functions/ingest/worker-pool.ts";
import type { JudgeMessage } from "../../../functions/ingest/worker-messages.ts";
import { silentLog } from "../../../functions/shared/log.ts";

/** Cuts a file whose name begins with "cut" into four parts; the name says which of them kills. */
const workerScript = `
import { appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
let folder, files = [];
const tell = (line) => appendFileSync(join(dirname(folder), "told"), line + "\\n");
const counts = {
  skipped: 0, aside: 0, emptyAtEnd: 0, isFilled: true, read: 2, rejected: 1, delivered: 2,
  reasons: { "missing.x": 1 }, warnings: {}, scopes: {},
};
const answer = (m) => {
  if (m.kind === "start") { folder = m.folder; return { kind: "ready" }; }
  if (m.kind === "flush") {
    const parts = files.map((path) => ({ relation: "r", path }));
    files = [];
    return { kind: "flushed", parts, residentBytes: 0 };
  }
  const name = m.fileName ?? m.job.fileName;
  tell(m.kind + " " + name + " " + (m.index ?? ""));
  if (name.includes("die at " + (m.index ?? m.kind))) process.exit(3);
  if (m.kind === "plan") {
    const cut = name.startsWith("cut") ? {
      contract: { export: "e", mode: "delta" }, header: { headers: ["x"] }, encoding: "utf-8",
      columnRemarks: [], rowsCounted: 8, ranges: [{}, {}, {}, {}],
    } : null;
    return { kind: "planned", cut };
  }
  if (m.kind === "part") {
    const staged = [{ relation: "r", path: name + " " + m.index }];
    return { kind: "part-judged", part: { counts, staged, quarantine: "q" + m.index } };
  }
  if (m.kind === "rejects") {
    return { kind: "rejects-written", rejects: m.only === "workbook"
      ? { slipXlsx: "x" } : { quarantine: m.quarantine.join(), slipCsv: "c", slipJson: "j" } };
  }
  files.push(name);
  return { kind: "judged", file: m.file, result: { kind: "judged" } };
};
process.on("message", (m) => setTimeout(() => process.send(answer(m)), m.kind === "part" ? 20 : 1));
process.on("disconnect", () => process.exit(0));
`;

let folder: string;
let pool: WorkerPool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pool-"));
  writeFileSync(join(folder, "worker.mjs"), workerScript);
  pool = new WorkerPool({
    script: join(folder, "worker.mjs"), scratch: folder, workers: 2, deadlineSeconds: 5,
    memoryMb: 200, start: Promise.resolve({
      contracts: [], seeds: [], tokenKey: "", retained: null,
    }),
    partBytes: 10, log: silentLog,
  });
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

async function judge(names: readonly string[]) {
  const jobs = names.map((fileName, file): JudgeMessage => ({
    kind: "judge", file, path: join(folder, fileName), fileName, system: "s", landingDay: "2021-01-01",
    sha256: "", knownOn: "2021-01-01", isNew: true,
  }));
  for (const { path, fileName } of jobs) writeFileSync(path, "x".repeat(fileName.length > 2 ? 99 : 1));
  return pool.judge(jobs);
}
const staged = () => pool.takeParts().filter((part) => part.relation === "r")
  .map((part) => part.path);
const told = () => readFileSync(join(folder, "told"), "utf8").trim().split("\n");

it("judges the parts of a large text in all workers and keeps their order", async () => {
  const results = await judge(["a", "cut 1", "b", "whole"]);
  expect(results.get(1)).toMatchObject({
    kind: "judged", export: "e", rowsRead: 8, rowsAccepted: 4, rowsRejected: 4, isBalanced: true,
    rejects: { quarantine: "q0,q1,q2,q3", slipXlsx: "x", slipCsv: "c", slipJson: "j" },
  });
  const paths = staged();
  expect(paths.filter((path) => path.startsWith("cut")))
    .toEqual(["cut 1 0", "cut 1 1", "cut 1 2", "cut 1 3"]);
  expect(paths.filter((path) => !path.startsWith("cut")).sort()).toEqual(["a", "b", "whole"]);
  expect(told().filter((line) => line.startsWith("plan")).sort())
    .toEqual(["plan cut 1 ", "plan whole "]);
});

it.each([
  ["plan", "cut die at plan"], ["its second part", "cut die at 1"],
  ["its last part", "cut die at 3"], ["what goes back to the sender", "cut die at rejects"],
])("refuses a file whose process dies at %s, and keeps the others once", async (_what, name) => {
  const results = await judge(["a", "b", name, "c", "cut 2"]);
  expect(results.get(2)).toEqual({ kind: "crashed", why: "exit code 3" });
  expect(results.get(4)).toMatchObject({ kind: "judged", rowsRead: 8 });
  expect(staged().sort()).toEqual(["a", "b", "c", "cut 2 0", "cut 2 1", "cut 2 2", "cut 2 3"]);
});
