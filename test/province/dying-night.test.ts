import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runNights } from "../../functions/commands/run-nights.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { simulateProvince } from "../../functions/simulate/simulate-province.ts";
import { compareObjects } from "../publish/compare-objects.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-dying-"));
const [first, second] = ["2020-07-15", "2020-07-29"] as const;
/** Where the disk is full: one of each step after the ingest, in the order of the night. */
const places = [
  /^runs\/.*mart_figure\.parquet$/, /^runs\/.*scorecards\//,
  new RegExp(`^${homeKeys.current}$`), /^alerts\//,
];

beforeAll(async () => {
  const home = join(root, "begun");
  await simulateProvince({ home, scale: 0.0005, seed: 1, until: second, log: silentLog });
  await runNights({ store: createFolderStore(home), log: silentLog, date: first, until: first });
  for (const name of ["whole", "dying"]) cpSync(home, join(root, name), { recursive: true });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A store of which nothing can be written any more from the first key on that fits. */
function fillingUp(store: ObjectStore, place: RegExp): ObjectStore {
  let isFull = false;
  const spend = (key: string): void => {
    isFull ||= place.test(key);
    if (isFull) throw Object.assign(new Error(`ENOSPC: no space left: ${key}`), { code: "ENOSPC" });
  };
  return {
    ...store,
    put: async (key, body, condition) => { spend(key); return store.put(key, body, condition); },
    putFile: async (key, path, condition) => {
      spend(key);
      return store.putFile(key, path, condition);
    },
  };
}

it("ends with the same bytes and mails wherever the disk was full before", async () => {
  const whole = createFolderStore(join(root, "whole"));
  await runNights({ store: whole, log: silentLog });
  const dying = createFolderStore(join(root, "dying"));
  const readCurrent = async (): Promise<string> =>
    Buffer.from((await dying.get(homeKeys.current))?.body ?? []).toString("utf8");
  const before = await readCurrent();
  expect(before).toContain(first);
  for (const place of places) {
    const attempt = runNights({ store: fillingUp(dying, place), log: silentLog });
    await expect(attempt, String(place)).rejects.toThrow(/ENOSPC|no space left/);
    const isSwapped = String(place) === String(/^alerts\//);
    expect((await readCurrent()) === before, String(place)).toBe(!isSwapped);
  }
  await runNights({ store: dying, log: silentLog });
  const { differences, objects } = await compareObjects(dying, whole,
    ["publish/", "lake/", "ledger/", "slips/", "alerts/", "quarantine/"]);
  expect(differences).toEqual([]);
  expect(objects).toBeGreaterThan(1000);
  const mails = async (store: ObjectStore): Promise<readonly string[]> =>
    (await store.list(homeKeys.outboxPrefix)).map(({ key }) => key);
  expect(await mails(dying)).toEqual(await mails(whole));
}, 180_000);
