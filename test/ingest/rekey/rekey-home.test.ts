import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestFigures } from "../../../functions/commands/rekey.ts";
import { recordDecision } from "../../../functions/ingest/record-decision.ts";
import { rekeyHome, type RekeyReport } from "../../../functions/ingest/rekey/rekey-home.ts";
import { explainTeacher } from "../../../functions/measure/explain-teacher.ts";
import { listUnmatched } from "../../../functions/measure/list-unmatched.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../../functions/shared/object-store.ts";
import { readClosedNights, readLedger } from "../../../functions/shared/read-ledger.ts";
import { tokenKeyId } from "../../../functions/shared/token-key-id.ts";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";
import { readTokenKey } from "../../../functions/shared/token-key.ts";
import { buildProvinceNight, people } from "../night/small-province.ts";
import { TrialHome } from "../night/trial-home.ts";

const [oldKey, newKey] = ["ab".repeat(32), "cd".repeat(32)];
const [oldId, newId] = [oldKey, newKey].map((hex) => tokenKeyId(Buffer.from(hex, "hex")));
const days = ["2021-03-01", "2021-03-02", "2021-03-03"] as const;

/** Two closed nights of all nine systems; every test works on a copy. */
const template = new TrialHome();
let home: TrialHome;

async function night(
  trial: TrialHome, day: string, from: number, only?: readonly string[],
): Promise<void> {
  for (const { name, body } of await buildProvinceNight()) {
    const [system = "", file = ""] = name.split("/");
    if (only && !only.includes(name)) continue;
    // The later nights bring deltas alone.
    if (from > 0 && (system === "registry" || system === "vendor-a")) continue;
    await trial.land(day, `${system}/${file}`, sentAgain(body, file, from));
  }
  await trial.night(day, { workers: 1 });
}
/** Other bytes, same rows: a delta that is sent again; workbooks are repetitions. */
const sentAgain = (body: Uint8Array, file: string, times: number): Uint8Array =>
  (file.endsWith(".csv") ? Buffer.concat([body, Buffer.from("\r\n".repeat(times))]) : body);

beforeEach(async () => {
  if ((await template.store.list("nights/")).length === 0) {
    await night(template, days[0], 0);
    await night(template, days[1], 1);
  }
  home = new TrialHome();
  cpSync(join(template.folder, "home"), join(home.folder, "home"), { recursive: true });
});
afterEach(() => home.remove());
afterAll(() => template.remove());

function rekey(
  options: { readonly store?: ObjectStore; readonly key?: string;
    readonly figuresOf?: (asOf: string) => Promise<string>; } = {},
): Promise<RekeyReport> {
  return rekeyHome({
    store: options.store ?? home.store, scratch: join(home.folder, "scratch"), log: silentLog,
    freshKey: options.key ?? newKey, figuresOf: options.figuresOf ?? (async () => "the same"),
  });
}
const keyInForce = async (): Promise<string> =>
  tokenKeyId(Buffer.from(await readTokenKey(home.store) ?? "", "hex"));

/** Ids of the keys of all tokens in the objects that count now. */
async function tokensInForce(): Promise<readonly string[]> {
  const root = join(home.folder, "home");
  const keys = (await readClosedNights(home.store)).flatMap((n) => n.objects.map((o) => o.key));
  const db = await openDuckDb({
    threads: 1, memoryLimit: "300MB", tempDir: join(home.folder, "spill"), allowed: [root],
  });
  try {
    const paths = keys.map((key) => quoteText(join(root, key))).join(", ");
    const ids = await db.connection.runAndReadAll(`
      SELECT DISTINCT unnest(regexp_extract_all(r::VARCHAR, '([0-9a-f]{6})\\.[0-9a-f]{32}', 1))
      FROM read_parquet([${paths}], hive_partitioning = false, union_by_name = true) r ORDER BY 1`);
    return ids.getRowsJS().map(([id]) => String(id));
  } finally {
    db.close();
  }
}

/** Every byte that is not personal data by its place. */
async function everything(): Promise<string> {
  const objects = await home.store.list("");
  const bodies = await Promise.all(objects.filter((o) => !/^(landing|lake)\//.test(o.key))
    .map(async ({ key }) => Buffer.from((await home.store.get(key))?.body ?? []).toString("latin1")));
  return bodies.join("\n");
}

describe("a home with a new key", () => {
  it("has the figures, explanations and unmatched persons of before, and no old token", async () => {
    const ask = async () => ({
      figures: await Promise.all(days.slice(0, 2).map((day) => digestFigures(home.store, day))),
      person: await explainTeacher({ store: home.store, asOf: days[1], id: people[2]?.idNumber ?? "" }),
      unmatched: await listUnmatched({ store: home.store, asOf: days[1] }),
    });
    const before = await ask();
    const ledger = await readLedger(home.store);
    expect(await tokensInForce()).toEqual([oldId]);
    const report = await rekey({ figuresOf: (asOf) => digestFigures(home.store, asOf) });
    expect(report).toMatchObject({
      from: oldId, to: newId, nights: 2, retained: 0, filesGone: 0, filesUnreadable: 0,
      isResumed: false,
    });
    expect(report.objects).toBeGreaterThan(20);
    const after = await ask();
    const masked = (value: unknown): string => JSON.stringify(value)
      .replaceAll(/[0-9a-f]{6}\.[0-9a-f]{32}/g, "#");
    expect(after.figures).toEqual(before.figures);
    expect(before.person?.teacher_no).toBe(people[2]?.teacherNo);
    expect(masked(after.person)).toBe(masked(before.person));
    expect(after.unmatched).toEqual(before.unmatched);
    expect(await readLedger(home.store)).toEqual(ledger);
    expect(await tokensInForce()).toEqual([newId]);
    const bytes = await everything();
    expect([oldKey, `${oldId}.`].filter((text) => bytes.includes(text))).toEqual([]);
    expect((await home.store.list("private/rekey/")).map((o) => o.key)).toEqual([]);
    for (const { key } of await home.store.list("private/")) {
      expect(statSync(join(home.folder, "home", key)).mode & 0o777).toBe(0o600);
    }
  });

  it("goes on as if nothing had been: the next night counts the same", async () => {
    const other = new TrialHome();
    try {
      cpSync(join(template.folder, "home"), join(other.folder, "home"), { recursive: true });
      await rekey();
      const ledgers: unknown[] = [];
      for (const trial of [home, other]) {
        await night(trial, days[2], 2);
        ledgers.push((await readLedger(trial.store, { date: days[2] }))
          .map((row) => ({ ...row, seconds: 0 })));
      }
      expect(ledgers[0]).toEqual(ledgers[1]);
      expect((ledgers[0] as { rows_unchanged: number }[]).some((r) => r.rows_unchanged > 0)).toBe(true);
      const [closed, undisturbed] = await Promise.all([home, other].map(async (trial) =>
        (await readClosedNights(trial.store)).map((n) => n.objects.map((o) => o.rows))));
      expect(closed).toEqual(undisturbed);
    } finally {
      other.remove();
    }
  });

  it("reads files again by a decision of before and of after, with tokens of the new key", async () => {
    const other = new TrialHome();
    try {
      cpSync(join(template.folder, "home"), join(other.folder, "home"), { recursive: true });
      const decideOn = ({ store }: TrialHome, file: string) => recordDecision({
        store, kind: "reingest", file: `${file}`, by: null, note: null,
        decidedAt: new Date("2021-03-02T08:00:00Z"),
        isFull: (system) => system === "registry" || system === "vendor-a",
      });
      const practice = (await readLedger(home.store, { date: days[0] }))
        .find((row) => row.system === "practice");
      for (const trial of [home, other]) {
        await decideOn(trial, `practice/${days[0]}/${practice?.file_name}`);
      }
      await rekey();
      const facts: unknown[] = [];
      for (const trial of [home, other]) {
        await decideOn(trial, `credit/${days[0]}/${(await readLedger(trial.store, { date: days[0] }))
          .find((row) => row.system === "credit")?.file_name}`);
        await night(trial, days[2], 2);
        const ledger = (await readLedger(trial.store, { date: days[2] }));
        facts.push({
          ledger: ledger.map((row) => ({ ...row, seconds: 0 })),
          rows: (await readClosedNights(trial.store)).map((n) => n.objects.map((o) => o.rows)),
        });
        expect(ledger.filter((row) => row.decision).map((row) => `${row.system} ${row.status}`))
          .toEqual(expect.arrayContaining([expect.stringMatching(/^practice (accepted|partly)$/)]));
      }
      expect(facts[0]).toEqual(facts[1]);
      expect(await tokensInForce()).toEqual([newId]);
    } finally {
      other.remove();
    }
  });

  it("keeps a token whose landing file is gone, and the person goes on matching by it", async () => {
    const onlyOne = await home.rows("teacher", "known_on, system, export_seq, person_token");
    for (const { key } of await home.store.list("landing/")) await home.store.delete(key);
    const report = await rekey();
    expect(report.retained).toBeGreaterThanOrEqual(onlyOne.length);
    expect(report.filesGone).toBeGreaterThan(5);
    expect(await tokensInForce()).toEqual([oldId]);
    expect(await keyInForce()).toBe(newId);
    expect((await explainTeacher({
      store: home.store, asOf: days[1], id: people[2]?.idNumber ?? "",
    }))?.teacher_no).toBe(people[2]?.teacherNo);
    const retained = join(home.folder, "home", homeKeys.retainedTokens(newId ?? ""));
    expect(statSync(retained).mode & 0o777).toBe(0o600);
    // The same persons come again: they keep their token, so that all nights match.
    await night(home, days[2], 0);
    expect(await tokensInForce()).toEqual([oldId]);
    // Their files are there now: the next rekey renews them all and drops the first key.
    const again = await rekey({ key: "ef".repeat(32) });
    expect(again.from).toBe(newId);
    expect(again.retained).toBeLessThan(report.retained);
    expect((await tokensInForce()).includes(again.to)).toBe(true);
    if (again.retained === 0) expect(await everything()).not.toContain(oldKey);
  });

  it("stays under the old key where the figures would differ", async () => {
    let asked = 0;
    await expect(rekey({ figuresOf: async () => String(asked++) })).rejects.toThrow(
      `figures of ${days[1]} differ under key ${newId}; key ${oldId} is in force`);
    expect(await keyInForce()).toBe(oldId);
    expect(await tokensInForce()).toEqual([oldId]);
  });
});

describe("a rekey that is cut off", () => {
  /** A store whose process is gone at the n-th change. */
  function dyingStore(changes: number): ObjectStore {
    const { store } = home;
    let left = changes;
    const spend = (): void => {
      if (--left < 0) throw new Error("power cut");
    };
    return {
      ...store,
      put: (key, body, condition) => { spend(); return store.put(key, body, condition); },
      putFile: (key, path, condition) => { spend(); return store.putFile(key, path, condition); },
      delete: (key) => { spend(); return store.delete(key); },
    };
  }
  /** Keys that a rekey changes, in order. */
  async function listChanges(): Promise<readonly string[]> {
    const changes: string[] = [];
    const { store } = home;
    await rekey({ store: {
      ...store,
      put: (key, ...rest) => { changes.push(key); return store.put(key, ...rest); },
      putFile: (key, ...rest) => { changes.push(key); return store.putFile(key, ...rest); },
      delete: (key) => { changes.push(key); return store.delete(key); },
    } });
    return changes;
  }

  it("works under one key or the other wherever it stops, and the next call ends it", async () => {
    const small = new TrialHome();
    const renewCopy = (): void => {
      home.remove();
      home = new TrialHome();
      cpSync(join(small.folder, "home"), join(home.folder, "home"), { recursive: true });
    };
    const files = ["registry/教师名册.csv", "yunjiao/课堂.csv", "practice/510104_2021W05.csv"];
    for (const [i, day] of days.entries()) await night(small, day, i, files);
    renewCopy();
    const changes = await listChanges();
    const total = changes.length;
    expect(total).toBeGreaterThan(20);
    // Before and after the one write that matters, in the middle of the rest, at both ends.
    const flip = changes.indexOf(homeKeys.tokenKey);
    const firstNight = changes.findIndex((key) => key.startsWith("nights/"));
    const more = Number(process.env["DUDAO_CRASH_POINTS"] ?? 0);
    const points = new Set([0, firstNight + 1, flip, flip + 1, flip + 3, total - 1,
      ...Array.from({ length: more }, (_, i) => Math.floor((i * total) / more))]);
    const inForce = new Set<string>();
    const expected = await digestFigures(small.store, days[2]);
    for (const at of points) {
      renewCopy();
      await expect(rekey({ store: dyingStore(at) })).rejects.toThrow("power cut");
      const id = await keyInForce();
      inForce.add(id);
      expect(await tokensInForce()).toEqual([id]);
      const report = await rekey({ key: "99".repeat(32) });
      expect(report.from).toBe(oldId);
      // A key that was laid down is used; the fresh one of the second call only without it.
      expect(report.to).toBe(at === 0 ? report.to : newId);
      expect(await tokensInForce()).toEqual([report.to]);
      expect(await home.store.list("private/rekey/")).toEqual([]);
    }
    expect([...inForce].sort()).toEqual([oldId, newId].sort());
    expect(await digestFigures(home.store, days[2])).toBe(expected);
    small.remove();
  });
});

describe("the night", () => {
  it("stops with a clear error where the key is missing or another one", async () => {
    await home.store.delete(homeKeys.tokenKey);
    const bare: ObjectStore = createFolderStore(join(home.folder, "home"));
    await expect(nightWithoutKey(bare)).rejects.toThrow(
      `private/token.key: missing in ${bare.name}: 2 closed nights have tokens of key ${oldId}`);
    await home.store.put(homeKeys.tokenKey, newKey, { mode: 0o600 });
    await expect(nightWithoutKey(bare)).rejects.toThrow(
      `private/token.key: not the key of this home: key ${newId}; its closed nights have tokens ` +
      `of key ${oldId}; put that key back`);
    expect((await home.store.list("nights/")).length).toBe(2);
  });

  async function nightWithoutKey(store: ObjectStore): Promise<unknown> {
    const { openIngestPool } = await import("../../../functions/ingest/ingest-pool.ts");
    const pool = await openIngestPool({ store, scratch: home.folder, log: silentLog });
    try {
      return await pool.loading;
    } finally {
      await pool.close();
    }
  }
});
