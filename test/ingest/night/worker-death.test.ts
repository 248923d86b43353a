import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { survey, surveyRow } from "./small-province.ts";
import { TrialHome } from "./trial-home.ts";

let home: TrialHome;
const day = "2021-03-01";
/** Takes a worker a second or more, and more memory than a small file. */
const largeRows = 250_000;

beforeEach(async () => {
  home = new TrialHome();
  const row = surveyRow("E1", 90).map(String);
  const line = row.join(",");
  const [head = ""] = Buffer.from(survey([])).toString("utf8").split("\r\n");
  const lines = Array.from({ length: largeRows }, (_, i) => line.replace("E1", `L${i}`));
  await home.land(day, "survey/大.csv", `${head}\r\n${lines.join("\r\n")}\r\n`);
  await home.land(day, "survey/小.csv", survey([surveyRow("E2", 90), surveyRow("E3", 101)]));
}, 60_000);
afterEach(() => home.remove());

const crashedZh = "文件处理时进程异常中止或超时，未读入任何行；请检查文件后重新报送。";

async function requireOnlyTheLargeFileRefused(reason: RegExp): Promise<void> {
  const ledger = await readLedger(home.store);
  expect(ledger).toHaveLength(2);
  const [large, small] = ["大.csv", "小.csv"].map((name) => ledger.find((r) => r.file_name === name));
  expect(large).toMatchObject({ status: "refused", reason_zh: crashedZh, rows_read: null });
  expect(large?.reason).toMatch(reason);
  expect(small).toMatchObject({
    status: "partly", rows_read: 2, rows_accepted: 1, rows_rejected: 1, rows_duplicate: 0,
  });
  expect(await home.rows("evaluation", "record_id, known_on, system, export_seq")).toHaveLength(1);
  expect((await home.store.list("nights/")).map((o) => o.key)).toEqual([`nights/${day}.json`]);
}

/** Worker processes of this one. */
function listWorkers(): readonly number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  return lines.split("\n").flatMap((line) => {
    const [, pid, parent] = /^\s*(\d+)\s+(\d+)\s.*ingest-worker\.js/.exec(line) ?? [];
    return Number(parent) === process.pid ? [Number(pid)] : [];
  });
}

/** True once rows of the large file have been staged: a worker is in the middle of it. */
function isAtWork(): boolean {
  const scratch = join(home.folder, "scratch");
  return existsSync(scratch) &&
    readdirSync(scratch, { recursive: true }).some((name) => String(name).endsWith(".parquet"));
}

/** Kills the first worker once the large file is being staged. */
async function nightWithKill(workers: number): Promise<void> {
  let kills = 0;
  const timer = setInterval(() => {
    const [pid] = kills === 0 && isAtWork() ? listWorkers() : [];
    if (pid === undefined) return;
    process.kill(pid, "SIGKILL");
    kills++;
  }, 10);
  try {
    await home.night(day, { workers });
  } finally {
    clearInterval(timer);
  }
  expect(kills).toBe(1);
}

it("goes on where its worker is killed at a file", async () => {
  await nightWithKill(1);
  await requireOnlyTheLargeFileRefused(/^crashed: signal SIGKILL/);
}, 60_000);

it("refuses no file but the one at work where one of two workers is killed", async () => {
  await nightWithKill(2);
  const ledger = await readLedger(home.store);
  const states = ledger.map((r) => `${r.file_name} ${r.status} ${r.reason} ${r.rows_read}`);
  // Which worker comes first is left to the system: the other one may have been at the large file.
  expect([`大.csv accepted null ${largeRows}`, "大.csv refused crashed: signal SIGKILL null"])
    .toContain(states[0]);
  expect(states[1]).toBe("小.csv partly null 2");
  expect(await home.rows("evaluation", "record_id, known_on, system, export_seq"))
    .toHaveLength(1 + (ledger[0]?.rows_accepted ?? 0));
}, 60_000);

it("goes on where a worker runs past its deadline", async () => {
  await home.night(day, { workers: 1, deadlineSeconds: 0.25 });
  await requireOnlyTheLargeFileRefused(/^crashed: deadline of 0.25 s/);
}, 60_000);

it("goes on where a worker grows beyond its memory", async () => {
  await home.store.delete(`landing/survey/${day}/大.csv`);
  // An element of 60 MB is allowed; as an object it takes many times that.
  await home.land(day, "survey/大.csv", `[{"评价编号":[${"[],".repeat(19_000_000)}[]]}]`);
  await home.night(day, { workers: 1, memoryMb: 220 });
  await requireOnlyTheLargeFileRefused(
    /^crashed: (memory above 220 MB|signal SIG\w+|process ended while writing)/);
}, 60_000);
