import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawn } from "node:child_process";
import {
  chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../../functions/cli.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import { packageRoot } from "../../../functions/shared/package-root.ts";
import { buildProvinceNight } from "./small-province.ts";

const folder = mkdtempSync(join(tmpdir(), "killed-"));
const landed = join(folder, "landed");
const undisturbed = join(folder, "undisturbed");
const killed = join(folder, "killed");
/** The system's temporary folder of the children: what they leave is seen there. */
const temporary = join(folder, "tmp");
/** Between them several systems fall silent, so that there are mails. */
const days = ["2021-03-01", "2021-03-25"] as const;

interface Ended { readonly code: number | null; readonly signal: string | null; readonly text: string }

/** `dudao ARGS` in a process of its own, killed at a write of its store where one is named. */
function dudao(
  args: readonly string[], kill: Readonly<Record<string, string>> = {}, largestFileKib?: number,
): Promise<Ended> {
  const preload = join(packageRoot, "test", "ingest", "night", "kill-preload.mjs");
  const line = [
    process.execPath, "--import", preload, join(packageRoot, "bin", "dudao.mjs"), ...args,
  ];
  const [program = "", ...words] = largestFileKib === undefined ? line
    : ["bash", "-c", `ulimit -f ${largestFileKib} && exec "$@"`, "bash", ...line];
  const child = spawn(program, words, { env: { ...process.env, TMPDIR: temporary, ...kill }, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; });
  }
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, text }));
  });
}

/** Seconds of processor time these take are few, but other tests run beside them. */
const patience = 240_000;

/** Path → content, what a clock decides blanked: seconds of files and steps. */
function readTree(root: string): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = path.slice(root.length + 1);
    if (key.startsWith(".store/")) continue;
    if (key.startsWith("logs/") || /\/(steps|files)\.arrow$/.test(key)) {
      tree.set(key, "seconds");
      continue;
    }
    const body = readFileSync(path);
    const text = body.toString("latin1");
    if (/^(ledger|receipts)\/|\/steps\.json$/.test(key)) {
      tree.set(key, text.replaceAll(/"seconds":[\d.]+/g, '"seconds":0'));
    } else if (/^publish\/51\/[^/]+\/manifest\.json$/.test(key)) {
      tree.set(key, text.replaceAll(/("name":"(?:steps|files)"[^}]*"sha256":")[0-9a-f]+/g, "$1"));
    } else {
      tree.set(key, text);
    }
  }
  return tree;
}

beforeAll(async () => {
  mkdirSync(temporary);
  const store = createFolderStore(landed);
  for (const { name, body } of await buildProvinceNight()) {
    const [system, file = ""] = name.split("/");
    await store.put(`landing/${system}/${days[0]}/${file}`, body);
    if (file.endsWith(".csv") && system !== "registry") {
      const again = Buffer.concat([body, Buffer.from("\r\n")]);
      await store.put(`landing/${system}/${days[1]}/${file}`, again);
    }
  }
  await store.put("private/token.key", "ab".repeat(32), { mode: 0o600 });
  rmSync(join(landed, ".store"), { recursive: true, force: true });
  cpSync(landed, undisturbed, { recursive: true });
  cpSync(landed, killed, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Watches the objects of a home: one whose size changes while it is visible was partial. */
function watch(root: string): { stop(): { readonly partial: readonly string[]; readonly seen: number } } {
  const sizes = new Map<string, number>();
  const partial = new Set<string>();
  const look = (): void => {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.includes("/.store/")) continue;
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat) continue;
      const first = sizes.get(`${stat.ino} ${path}`);
      if (first !== undefined && first !== stat.size) partial.add(path.slice(root.length + 1));
      sizes.set(`${stat.ino} ${path}`, first ?? stat.size);
    }
  };
  const timer = setInterval(look, 150);
  return {
    stop() {
      clearInterval(timer);
      look();
      return { partial: [...partial], seen: sizes.size };
    },
  };
}

const leftovers = (): readonly string[] =>
  readdirSync(temporary).filter((name) => name.startsWith("dudao-"));

describe("a night", () => {
  let expected: ReadonlyMap<string, string>;
  const listDifferent = (root: string): readonly string[] => {
    const tree = readTree(root);
    return [...new Set([...tree.keys(), ...expected.keys()])]
      .filter((key) => tree.get(key) !== expected.get(key)).sort();
  };

  it("shows no partial object while it runs, and leaves no temporary file", async () => {
    const watcher = watch(undisturbed);
    const ended = await dudao(["nightly", "--home", undisturbed]);
    const { partial, seen } = watcher.stop();
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(partial).toEqual([]);
    expect(seen).toBeGreaterThan(500);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(join(undisturbed, ".store"))).toEqual([]);
    expected = readTree(undisturbed);
    expect([...expected.keys()].filter((key) => key.startsWith("outbox/")).length).toBeGreaterThan(0);
  }, patience);

  /** Path of the final object, which of them, before or after it is visible. */
  const points: readonly (readonly [string, string, string, string])[] = [
    ["between two objects of the lake", "/lake/[^/]+/.*part-0", "3", "after"],
    ["after it is closed, before its mails", "/nights/2021-03-01", "1", "after"],
    ["before the pointer is swapped", "/publish/app/current", "1", "before"],
    ["after the mail key, before the mail", "/alerts/sent/", "1", "after"],
  ];
  // More points, each on a copy of its own, and kills at any time: DUDAO_CRASH_POINTS=<how many>.
  const more: typeof points = process.env["DUDAO_CRASH_POINTS"] === undefined ? [] : [
    ["after judging", "/lake/", "1", "before"], ["after settling", "/state/", "1", "before"],
    ["in the receipts", "/receipts/", "4", "after"], ["in the slips", "/slips/", "3", "before"],
    ["before it is closed", "/nights/2021-03-01", "1", "before"],
    ["before the ledger", "/ledger/2021-03-25", "1", "before"],
    ["before its run is known", "/runs/.*manifest", "1", "before"],
    ["in the cards", "/scorecards/", "40", "after"], ["in the slices", "/publish/51/", "70", "after"],
    ["after the pointer is swapped", "/publish/app/current", "1", "after"],
    ["before a finding is stored", "/alerts/findings/", "2", "before"],
    ["before the mark of its end", "/finished", "1", "before"],
  ];
  for (const [where, at, nth, when] of more) {
    it(`killed ${where}, ends with the same bytes`, async () => {
      const copy = mkdtempSync(join(folder, "copy-"));
      cpSync(landed, copy, { recursive: true });
      const ended = await dudao(["nightly", "--home", copy], {
        DUDAO_KILL_AT: at, DUDAO_KILL_NTH: nth, DUDAO_KILL_WHEN: when,
      });
      expect(ended.signal).toBe("SIGKILL");
      expect((await dudao(["nightly", "--home", copy])).code).toBe(0);
      expect(listDifferent(copy)).toEqual([]);
      rmSync(copy, { recursive: true });
    }, patience);
  }
  for (let i = 0; i < Number(process.env["DUDAO_CRASH_POINTS"] ?? 0); i++) {
    // Spread evenly over the first four seconds; mails are sent after them.
    const afterMs = 200 + ((i * 1_543) % 3_800);
    it(`killed after ${afterMs} ms, ends with the same bytes`, async () => {
      const copy = mkdtempSync(join(folder, "copy-"));
      cpSync(landed, copy, { recursive: true });
      await dudao(["nightly", "--home", copy], { DUDAO_KILL_AFTER_MS: String(afterMs) });
      expect((await dudao(["nightly", "--home", copy])).code).toBe(0);
      expect(listDifferent(copy).filter((key) => !/^(alerts\/sent|outbox)\//.test(key))).toEqual([]);
      rmSync(copy, { recursive: true });
    }, patience);
  }

  it("killed again and again, ends with the bytes of an undisturbed one, no mail sent twice", async () => {
    for (const [where, at, nth, when] of points) {
      const ended = await dudao(["nightly", "--home", killed], {
        DUDAO_KILL_AT: at, DUDAO_KILL_NTH: nth, DUDAO_KILL_WHEN: when,
      });
      expect({ where, signal: ended.signal }).toEqual({ where, signal: "SIGKILL" });
      const pointer = join(killed, "publish", "app", "current.json");
      if (existsSync(pointer)) JSON.parse(readFileSync(pointer, "utf8"));
    }
    expect((await dudao(["nightly", "--home", killed])).code).toBe(0);
    // A key of a mail without its result is not sent again but left to a person (alerts.md): that
    // mail of that person lacks the one finding, and nothing else may differ.
    const person = "province-office";
    const different = listDifferent(killed);
    expect(different.filter((key) => !key.includes(`.${person}.`))).toEqual([]);
    expect(different.filter((key) => !/^(alerts\/sent|outbox)\//.test(key))).toEqual([]);
    const keys = readdirSync(join(killed, "alerts", "sent")).map((name) =>
      JSON.parse(readFileSync(join(killed, "alerts", "sent", name), "utf8")) as { result: string });
    expect(keys.filter((key) => key.result === "pending")).toHaveLength(1);
    expect(keys).toHaveLength(readdirSync(join(undisturbed, "alerts", "sent")).length);
    expect(leftovers()).toEqual([]);
    // What the killed processes had begun to write goes with the first night after ten minutes.
    const { sweepScratchFolders } = await import("../../../functions/shared/scratch-folder.ts");
    sweepScratchFolders(killed, new Date(Date.now() + 3_600_000));
    expect(readdirSync(join(killed, ".store")).filter((n) => !n.startsWith("lock-"))).toEqual([]);
  }, patience);

  it("on a full disk stops with a clear error, and the next one ends with the same bytes", async () => {
    const full = join(folder, "full");
    cpSync(landed, full, { recursive: true });
    for (const kib of [4]) {
      const ended = await dudao(["nightly", "--home", full], {}, kib);
      expect(ended).toMatchObject({ code: 1, signal: null });
      expect(ended.text).toMatch(/limit of the size of a file reached \(EFBIG\)|File too large/);
      expect(existsSync(join(full, "nights", `${days[0]}.json`))).toBe(false);
      expect(existsSync(join(full, "publish", "app", "current.json"))).toBe(false);
    }
    expect((await dudao(["nightly", "--home", full])).code).toBe(0);
    expect(listDifferent(full)).toEqual([]);
  }, patience);

  it("in a home that cannot be written stops before it begins, and names the folder", async () => {
    const sealed = join(folder, "sealed");
    cpSync(landed, sealed, { recursive: true });
    for (const path of [folder, temporary]) chmodSync(path, 0o777);
    chmodSync(sealed, 0o555);
    const said: string[] = [];
    // The superuser writes everywhere: the night runs as somebody else for a moment.
    const isSuperuser = process.geteuid?.() === 0;
    if (isSuperuser) process.seteuid?.(65_534);
    try {
      const code = await main(["nightly", "--home", sealed], {
        out: (line) => said.push(line), err: (line) => said.push(line), isTerminal: false, env: {},
        now: () => new Date("2021-03-25T20:00:00Z"), interrupted: () => Promise.resolve(),
      });
      expect(code).toBe(1);
    } finally {
      if (isSuperuser) process.seteuid?.(0);
    }
    const refused = `object: not stored: .probe in ${sealed}: no permission (EACCES)`;
    expect(said).toEqual([expect.stringContaining(refused),
      expect.stringContaining("because: EACCES")]);
    expect(existsSync(join(sealed, "nights"))).toBe(false);
  });
});
