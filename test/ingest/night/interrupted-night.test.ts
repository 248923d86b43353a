import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertBalanced } from "../../../functions/ingest/assert-balanced.ts";
import { buildLedgerRow } from "../../../functions/ingest/ledger-row.ts";
import type { TakenFile } from "../../../functions/ingest/worker-messages.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";
import { readOrCreateTokenKey } from "../../../functions/shared/token-key.ts";
import { survey, surveyRow } from "./small-province.ts";
import { closeSharedWorkers, TrialHome } from "./trial-home.ts";

afterAll(closeSharedWorkers);

let home: TrialHome;
let other: TrialHome;
beforeEach(() => {
  home = new TrialHome();
  other = new TrialHome();
});
afterEach(() => {
  home.remove();
  other.remove();
});

/** A store whose process is gone at the n-th write of `ingest`. */
function dyingStore(store: ObjectStore, writes: number): ObjectStore {
  let left = writes;
  const spend = (): void => {
    if (--left < 0) throw new Error("power cut");
  };
  return {
    ...store,
    put: (key, body, condition) => { spend(); return store.put(key, body, condition); },
    putFile: (key, path, condition) => { spend(); return store.putFile(key, path, condition); },
  };
}

async function contentOf(trial: TrialHome): Promise<Readonly<Record<string, string>>> {
  const content: Record<string, string> = {};
  for (const { key } of await trial.store.list("")) {
    const body = Buffer.from((await trial.store.get(key))?.body ?? []);
    const text = /^(ledger|receipts)\//.test(key)
      ? body.toString("utf8").replaceAll(/"seconds":[\d.]+/g, '"seconds":0')
      : body.toString("base64");
    content[key] = text;
  }
  return content;
}

it("ends with the same bytes wherever it was killed before", async () => {
  const land = (trial: TrialHome) => trial.land("2021-03-01", "survey/a.csv",
    survey([surveyRow("E1", 90), surveyRow("E2", 101), surveyRow("E3", 70)]));
  await land(home);
  await land(other);
  let writes = 0;
  for (; writes < 50; writes += 3) {
    const attempt = other.night("2021-03-01", { store: dyingStore(other.store, writes) });
    const outcome = await attempt.then(() => "closed", (cause: Error) => cause.message);
    if (outcome === "closed") break;
    expect(outcome).toBe("power cut");
    expect(await other.store.list("nights/")).toEqual([]);
  }
  expect(writes).toBeGreaterThan(5);
  await home.night("2021-03-01");
  expect(await contentOf(other)).toEqual(await contentOf(home));
  const receipts = await other.store.list("receipts/");
  const receipt = (await other.store.get(receipts[0]?.key ?? ""))?.body ?? [];
  const ledger = (await other.store.get("ledger/2021-03-01.ndjson"))?.body ?? [];
  expect(Buffer.from(receipt).toString()).toBe(Buffer.from(ledger).toString());
});

it("gives the same lake bytes for the same landed bytes and key", async () => {
  for (const trial of [home, other]) {
    for (let i = 0; i < 12; i++) {
      await trial.land("2021-03-01", `survey/${i}.csv`,
        survey(Array.from({ length: 40 }, (_, k) => surveyRow(`E${i}-${k}`, (i * k) % 101))));
    }
    await trial.night("2021-03-01", { workers: trial === home ? 2 : 1 });
  }
  expect(await contentOf(other)).toEqual(await contentOf(home));
});

it("tells of a crashed file in one sentence, with nothing read", () => {
  const planned = {
    key: "", system: "survey", landingDay: "2021-03-01", fileName: "a.csv", sizeBytes: 7,
    sha256: "0123456789abcdef0123",
  };
  expect(buildLedgerRow(planned, "2021-03-02", { kind: "crashed", why: "signal SIGKILL" }))
    .toMatchObject({
      status: "refused", reason: "crashed: signal SIGKILL", rows_read: null, reasons: {}, bytes: 7,
      file_id: "0123456789abcdef", known_on: "2021-03-02",
      reason_zh: "文件处理时进程异常中止或超时，未读入任何行；请检查文件后重新报送。",
    });
});

it("closes nothing where a file does not balance, and names it", async () => {
  const planned = {
    key: "landing/survey/2021-03-01/a.csv", system: "survey", landingDay: "2021-03-01",
    fileName: "a.csv", sizeBytes: 1, sha256: "",
  };
  const taken = {
    rowsDelivered: 11, rowsCounted: 12, rowsSkipped: 0, rowsAside: 1, rowsRead: 10, rowsAccepted: 9, rowsRejected: 0,
    rowsDuplicate: 1, reasons: {}, rejects: null,
  } as unknown as TakenFile;
  await expect(assertBalanced({ planned, taken }, 8)).rejects.toThrow(
    "landing/survey/2021-03-01/a.csv: unbalanced: rows delivered 11 but rows counted in the " +
    "bytes 12; rows accepted 9 but rows in staging 8; the night stays open");
  const repaired = { ...taken, rowsCounted: 11 };
  await expect(assertBalanced({ planned, taken: repaired }, 9)).resolves.toBeUndefined();
  await expect(assertBalanced({ planned, taken: { ...repaired, rowsAside: 0 } }, 9)).rejects.toThrow(
    "a.csv: unbalanced: rows delivered 11 but skipped + read + headers and empty end 10");
});

it("closes a day without files, so that what lands there later gets a later day", async () => {
  await home.night("2021-03-01");
  await home.land("2021-03-01", "survey/late.csv", survey([surveyRow("E1", 90)]));
  const { closed, ledger } = await home.night("2021-03-02");
  expect(closed.map((night) => [night.day, night.files])).toEqual([["2021-03-02", 1]]);
  expect(ledger[0]).toMatchObject({ landing_day: "2021-03-01", known_on: "2021-03-02" });
});

it("makes the token key once, 32 bytes for the owner alone, and refuses a broken one", async () => {
  const keys = await Promise.all([1, 2, 3].map(() => readOrCreateTokenKey(home.store)));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  const path = join(home.folder, "home", "private", "token.key");
  expect(readFileSync(path, "utf8").trim()).toBe(keys[0]);
  writeFileSync(path, "short");
  await expect(readOrCreateTokenKey(home.store)).rejects.toThrow("private/token.key: invalid");
});
