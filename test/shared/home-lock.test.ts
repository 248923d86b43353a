import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rekey } from "../../functions/commands/rekey.ts";
import { runNights } from "../../functions/commands/run-nights.ts";
import { main } from "../../functions/cli.ts";
import { requireUnlocked, withHomeLock, type HomeLock } from "../../functions/shared/home-lock.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";

const now = new Date("2021-03-01T02:00:00Z");
let folder: string;
let store: ReturnType<typeof createFolderStore>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "home-lock-"));
  store = createFolderStore(folder);
});
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

const isLocked = async () => (await store.get(homeKeys.lock)) !== undefined;
const putLock = (lock: Partial<HomeLock>) => store.put(homeKeys.lock, JSON.stringify({
  command: "rekey", host: hostname(), pid: process.pid, started: null, since: now.toISOString(),
  ...lock,
}));

test("the second command is told who is at work, and the lock goes with the work", async () => {
  await withHomeLock(store, "nightly", now, async () => {
    await expect(withHomeLock(store, "rekey", now, async () => "done")).rejects.toThrow(
      `rekey: ${folder} is at work: nightly since 2021-03-01T02:00:00.000Z, process ${process.pid}`);
    expect(await isLocked()).toBe(true);
  });
  expect(await isLocked()).toBe(false);
  await expect(withHomeLock(store, "rekey", now, async () => { throw new Error("broken"); }))
    .rejects.toThrow("broken");
  expect(await withHomeLock(store, "rekey", now, async () => "done")).toBe("done");
});

test("of two commands that come at once one goes on", async () => {
  let inside = 0;
  const work = () => withHomeLock(store, "nightly", now, async () => {
    inside++;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  });
  const ends = await Promise.allSettled([work(), work(), work()]);
  expect(inside).toBe(ends.filter((end) => end.status === "fulfilled").length);
  expect(inside).toBe(1);
});

test("the lock of a process that was killed is taken over, also where its number lives again", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await putLock({ pid: child.pid ?? 0 });
  expect(await withHomeLock(store, "nightly", now, async () => "done")).toBe("done");
  await putLock({ started: "1" });
  if (process.platform === "linux") {
    expect(await withHomeLock(store, "nightly", now, async () => "done")).toBe("done");
  }
  await store.put(homeKeys.lock, "half a l");
  expect(await withHomeLock(store, "nightly", now, async () => "done")).toBe("done");
});

test("the lock of another machine holds for twelve hours", async () => {
  await putLock({ host: "elsewhere", since: "2021-02-28T14:00:01Z" });
  await expect(withHomeLock(store, "nightly", now, async () => "done")).rejects.toThrow("elsewhere");
  await putLock({ host: "elsewhere", since: "2021-02-28T14:00:00Z" });
  expect(await withHomeLock(store, "nightly", now, async () => "done")).toBe("done");
});

test("a night does not run beside a rekey, and a rekey not beside a night", async () => {
  await store.put("landing/survey/2021-03-01/a.csv", "x");
  await putLock({ command: "rekey" });
  await expect(runNights({ store, log: silentLog })).rejects.toThrow(/nightly: .* is at work: rekey/);
  await putLock({ command: "nightly" });
  const err: string[] = [];
  const code = await main(["rekey", "--home", folder], {
    out: () => undefined, err: (line) => err.push(line), isTerminal: false, env: {}, now: () => now,
    interrupted: () => Promise.resolve(),
  });
  expect({ code, err: err.join() }).toEqual({
    code: 1, err: expect.stringMatching(/EngineError: rekey: .* is at work: nightly/),
  });
  expect(rekey.exitCodes[1]).toContain("at work");
  expect(await store.list(homeKeys.nightPrefix)).toEqual([]);
});

test("a night on AWS does not start beside a command, and takes no lock itself", async () => {
  await requireUnlocked(store, "plan", now);
  expect(await isLocked()).toBe(false);
  await putLock({ host: "elsewhere" });
  await expect(requireUnlocked(store, "plan", now)).rejects.toThrow(/plan: .* is at work: rekey since/);
  await requireUnlocked(store, "plan", new Date(now.getTime() + 12 * 3_600_000));
});
