import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  settleNight, type EarlierFile, type NightFile,
} from "../../../functions/ingest/settle-night.ts";
import { Staging, type StagedPart, type StagedRow } from "../../../functions/ingest/staging.ts";
import {
  openDuckDb, quoteText, type OpenDuckDb,
} from "../../../functions/shared/sql-engine-duckdb-open.ts";

let folder: string;
let db: OpenDuckDb;
let earlier: EarlierFile[];
let statePath: string | undefined;
/** True: every night reads the lake, as if the state file had been deleted. */
let isStateLost = false;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "settle-"));
  db = await openDuckDb({
    threads: 1, memoryLimit: "500MB", tempDir: join(folder, "spill"), allowed: [folder],
  });
  earlier = [];
  statePath = undefined;
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

interface File {
  readonly export?: string;
  readonly mode?: "full" | "delta";
  readonly scopes?: readonly string[];
  /** Record id and content, `id:content` or `id:content:version:scope`; `!id` is rejected. */
  readonly rows: readonly string[];
}

const isRejected = (text: string): boolean => text.startsWith("!");

function staged(text: string, i: number): StagedRow {
  const [id = "", content = "", version = "0", scope = ""] = text.replace("!", "").split(":");
  const identity = { recordId: id, personKey: id, idRest: "", rowNumber: i + 2, sheet: "" };
  const row = isRejected(text)
    ? { relation: "rejected_identity", values: [id, null], contentHash: "", scope: "" }
    : {
      relation: "training_record", contentHash: content, scope,
      values: [id, "token", null, null, "C1", scope, "online", null, 2700, true, null, null, null,
        null, "2021-03-14", 1_600_000_000_000],
    };
  return {
    row: { ...identity, recordVersion: Number(version), ...row }, rowNumber: i + 2, sheet: "",
  };
}

/** Runs one night; returns the stored rows as `id content` (`gone`, `standing`), in order. */
async function night(knownOn: string, files: readonly File[], shown = "rows") {
  const out = join(folder, knownOn);
  mkdirSync(out);
  const staging = new Staging(out);
  const nightFiles: NightFile[] = [];
  const isFull = files.every((file) => file.mode !== "delta");
  const parts: StagedPart[] = [];
  for (const [i, file] of files.entries()) {
    const { mode = "full", rows } = file;
    for (const [n, row] of rows.entries()) staging.append(i + 1, n + 1, staged(row, n));
    nightFiles.push({
      file: i + 1, system: "vendor-x", export: file.export ?? "courses", mode,
      landingDay: knownOn, fileId: `f${i}`, effectiveScopes: file.scopes ?? [""],
    });
  }
  parts.push(...staging.flush());
  const request = {
    connection: db.connection, knownOn, files: nightFiles, parts, earlier, outFolder: out,
    fetch: (key: string) => Promise.resolve(key),
  };
  const settled = await settleNight({ ...request, statePath: isStateLost ? undefined : statePath });
  statePath = settled.statePath;
  const stored: string[] = [];
  for (const { relation, system, path } of settled.outputs) {
    const read = await db.connection.runAndReadAll(
      `SELECT record_id, content_hash, is_retraction FROM read_parquet(${quoteText(path)})`);
    for (const [id, content, gone] of read.getRowsJS()) {
      stored.push(relation.name === "rejected_identity" ? `${id} standing`
        : `${id} ${gone === true ? "gone" : content}`);
    }
    if (relation.name !== "rejected_identity") {
      earlier.push({ relation: relation.name, system, knownOn, key: path, isFull });
    }
  }
  return shown === "rows" ? stored : Object.fromEntries(settled.unchanged);
}

describe.each([["from the state of the night before", false], ["from the lake alone", true]])(
  "a full export, %s", (_, isLost) => {
  beforeEach(() => { isStateLost = isLost; });

  it("stores what differs from the snapshot before and what is gone", async () => {
    expect(await night("2021-01-01", [{ rows: ["a:1", "b:1", "c:1"] }]))
      .toEqual(["a 1", "b 1", "c 1"]);
    expect(await night("2021-01-02", [{ rows: ["a:1", "b:2"] }])).toEqual(["c gone", "b 2"]);
    expect(await night("2021-01-03", [{ rows: ["a:1", "b:2"] }])).toEqual([]);
  });

  it("stores a record again that comes back unchanged", async () => {
    await night("2021-01-01", [{ rows: ["a:1", "b:1"] }]);
    await night("2021-01-02", [{ rows: ["a:1"] }]);
    expect(await night("2021-01-03", [{ rows: ["a:1", "b:1"] }])).toEqual(["b 1"]);
    expect(await night("2021-01-04", [{ rows: ["a:1", "b:1"] }])).toEqual([]);
  });

  it("leaves a record standing whose id can be read in a rejected row", async () => {
    await night("2021-01-01", [{ rows: ["a:1", "b:1"] }]);
    expect(await night("2021-01-02", [{ rows: ["a:1", "!b"] }])).toEqual(["b standing"]);
    expect(await night("2021-01-03", [{ rows: ["a:1"] }])).toEqual(["b gone"]);
  });

  it("stores nothing of a record that repeats its older and newest version", async () => {
    expect(await night("2021-01-01", [{ rows: ["a:1", "a:2"] }])).toEqual(["a 1", "a 2"]);
    expect(await night("2021-01-02", [{ rows: ["a:1", "a:2"] }])).toEqual([]);
    expect(await night("2021-01-03", [{ rows: ["a:2", "a:1"] }])).toEqual(["a 1"]);
  });

  it("decides for a record that comes once as for one that comes several times", async () => {
    await night("2021-01-01", [{ rows: ["a:1", "b:1", "b:2", "c:1", "d:1"] }]);
    // Once: same, changed, new. Several times: same, changed back, new.
    expect(await night("2021-01-02", [
      { rows: ["a:1", "b:1", "b:2", "c:2"] }, { rows: ["d:1", "d:3", "d:1", "e:1", "f:1", "f:2"] },
    ])).toEqual(["c 2", "e 1", "f 1", "f 2"]);
    expect(await night("2021-01-03", [
      { rows: ["a:1", "a:4", "b:2", "b:1", "c:1", "d:1", "e:1", "f:2"] },
    ])).toEqual(["a 4", "b 1", "c 1"]);
  });

  it("takes the records of all its files together", async () => {
    await night("2021-01-01", [{ rows: ["a:1"] }, { rows: ["b:1"] }]);
    expect(await night("2021-01-02", [{ rows: ["b:1"] }, { rows: ["a:1"] }])).toEqual([]);
  });

  it("leaves a scope standing that is not delivered", async () => {
    const both = { scopes: ["p", "q"], rows: ["a:1:0:p", "b:1:0:p", "c:1:0:q"] };
    await night("2021-01-01", [both]);
    expect(await night("2021-01-02", [{ scopes: ["p"], rows: ["a:1:0:p"] }])).toEqual(["b gone"]);
  });

  it("lets nothing of a held file take effect, but counts its unchanged rows", async () => {
    await night("2021-01-01", [{ rows: ["a:1", "b:1"] }]);
    expect(await night("2021-01-02", [{ scopes: [], rows: ["a:1", "z:1"] }], "unchanged"))
      .toEqual({ 1: 1 });
    expect(await night("2021-01-03", [{ rows: ["a:1", "b:1"] }])).toEqual([]);
  });
});

it("leaves nothing behind in the connection where it fails", async () => {
  const broken = join(folder, "broken.parquet");
  writeFileSync(broken, "no parquet");
  const file: NightFile = {
    file: 1, system: "vendor-x", export: "courses", mode: "full", landingDay: "2021-01-01",
    fileId: "f0", effectiveScopes: [""],
  };
  await expect(settleNight({
    connection: db.connection, knownOn: "2021-01-01", files: [file],
    parts: [{ relation: "training_record", path: broken }], earlier: [], statePath: undefined,
    outFolder: folder, fetch: (key) => Promise.resolve(key),
  })).rejects.toThrow("broken.parquet");
  expect(await night("2021-01-01", [{ rows: ["a:1"] }])).toEqual(["a 1"]);
});

it("keeps the same state from night to night as the lake gives from scratch", async () => {
  isStateLost = false;
  await night("2021-01-01", [{ scopes: ["p", "q"], rows: ["a:1:5:p", "b:1:1:p", "c:1:1:q"] }]);
  await night("2021-01-02", [{ scopes: ["p"], rows: ["a:0:4:p"] }]);
  const third = ["a:0:4:p", "b:1:1:p", "d:1:1:p", "d:2:2:p"];
  await night("2021-01-03", [{ scopes: ["p"], rows: third }]);
  await night("2021-01-04", [{ mode: "delta", export: "others", rows: [] }]);
  const kept = readFileSync(statePath ?? "");
  isStateLost = true;
  await night("2021-01-05", [{ mode: "delta", export: "others", rows: [] }]);
  expect(readFileSync(statePath ?? "").equals(kept)).toBe(true);
  const read = await db.connection.runAndReadAll(`SELECT record_id, content_hash, project, is_gone
    FROM read_parquet(${quoteText(statePath ?? "")}) ORDER BY record_id`);
  expect(read.getRowsJS()).toEqual([
    ["a", "1", "p", false], ["b", "1", "p", false], ["c", "1", "q", false], ["d", "2", "p", false],
  ]);
});

describe("a delta export", () => {
  it("stores versions that differ from the newest one before and takes nothing back", async () => {
    const mode = "delta" as const;
    await night("2021-01-01", [{ mode, rows: ["a:1", "b:1"] }]);
    expect(await night("2021-01-02", [{ mode, rows: ["a:1", "c:1"] }])).toEqual(["c 1"]);
    expect(await night("2021-01-03", [{ mode, rows: ["a:2", "a:1"] }])).toEqual(["a 2", "a 1"]);
    expect(await night("2021-01-04", [{ mode, rows: ["a:1"] }], "unchanged")).toEqual({ 1: 1 });
  });

  it("compares with the highest version of the source, not with the last to arrive", async () => {
    const mode = "delta" as const;
    await night("2021-01-01", [{ mode, rows: ["a:new:20"] }]);
    expect(await night("2021-01-02", [{ mode, rows: ["a:old:10"] }])).toEqual(["a old"]);
    expect(await night("2021-01-03", [{ mode, rows: ["a:new:20"] }])).toEqual([]);
  });
});

it("fills the envelope and repeats the person in a retraction", async () => {
  await night("2021-01-01", [{ rows: ["a:1"] }, { rows: ["b:1"] }]);
  await night("2021-01-02", [{ rows: ["b:1"] }]);
  const read = await db.connection.runAndReadAll(`SELECT system, export,
    known_on::VARCHAR AS known_on, file_id, row_number, export_seq, person_key, is_retraction, teacher_no, person_token,
    credit_seconds, event_on::VARCHAR AS event_on
    FROM read_parquet([${earlier.map((e) => quoteText(e.key)).join(", ")}])
    WHERE record_id = 'a' ORDER BY known_on`);
  expect(read.getRowObjectsJS()).toEqual([
    {
      system: "vendor-x", export: "courses", known_on: "2021-01-01", file_id: "f0", row_number: 2n,
      export_seq: 4_294_967_297n, person_key: "a", is_retraction: false, teacher_no: "a",
      person_token: "token", credit_seconds: 2700n, event_on: "2021-03-14",
    },
    {
      system: "vendor-x", export: "courses", known_on: "2021-01-02", file_id: "", row_number: 0n,
      export_seq: 1n, person_key: "a", is_retraction: true, teacher_no: "a",
      person_token: "token", credit_seconds: null, event_on: null,
    },
  ]);
});
