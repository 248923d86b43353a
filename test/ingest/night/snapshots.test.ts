import { describe, expect, it } from "vitest";
import { findHeldFiles } from "../../../functions/ingest/hold-files.ts";
import { findRepeated } from "../../../functions/ingest/find-repeated.ts";
import { decideFullExport } from "../../../functions/ingest/night-scopes.ts";
import { buildExportHistory } from "../../../functions/ingest/snapshots.ts";
import type { LedgerRow } from "../../../functions/shared/ledger.ts";

/** `night[/landing day] sha status scopes…`, a scope as `name=rows`. */
function row(text: string): LedgerRow {
  const [days = "", sha256 = "", status = "", ...scopes] = text.split(" ");
  const [knownOn = "", landingDay = knownOn] = days.split("/");
  return {
    system: "vendor-a", export: "courses", known_on: knownOn, landing_day: landingDay, sha256,
    status, scopes: Object.fromEntries(scopes.map((s) => {
      const [name = "", rows] = s.split("=");
      return [name, Number(rows)];
    })),
  } as unknown as LedgerRow;
}
const held = (files: readonly Record<string, number>[], last: Record<string, number>) =>
  [...findHeldFiles(
    files.map((scopes, file) => ({ file, scopes })), new Map(), new Map(Object.entries(last)), 80,
  ).keys()];

describe("findHeldFiles", () => {
  it("holds below 80 % and not at it", () => {
    expect(held([{ "": 79 }], { "": 100 })).toEqual([0]);
    expect(held([{ "": 80 }], { "": 100 })).toEqual([]);
  });
  it("adds up the files of a scope", () => {
    expect(held([{ "": 40 }, { "": 40 }], { "": 100 })).toEqual([]);
    expect(held([{ "": 40 }, { "": 39 }], { "": 100 })).toEqual([0, 1]);
  });
  it("holds no scope that is new, and none that is not delivered", () => {
    expect(held([{ p: 1 }], { q: 100 })).toEqual([]);
  });
  it("holds the files that share a scope with a held file, through any number of files", () => {
    expect(held([{ p: 10 }, { p: 10, q: 90 }, { q: 10, r: 5 }, { s: 5 }], { p: 100, q: 100 }))
      .toEqual([0, 1, 2]);
  });
  it("holds an export that has become empty", () => {
    expect(held([{ "": 0 }], { "": 1 })).toEqual([0]);
  });
});

describe("buildExportHistory", () => {
  it("keeps the last accepted rows of each scope and skips held and refused files", () => {
    const history = buildExportHistory([
      row("2021-01-01 a accepted p=100 q=50"), row("2021-01-02 b partly p=90"),
      row("2021-01-03 c held p=10"), row("2021-01-03 d refused"),
    ]);
    expect(Object.fromEntries(history.scopeRows)).toEqual({ p: 90, q: 50 });
    expect(history.newest?.files.map((f) => f.sha256)).toEqual(["b"]);
  });
  it("lets a repeated file belong to the snapshot of a new one beside it", () => {
    const history = buildExportHistory([
      row("2021-01-01 a accepted =60"), row("2021-01-01 b accepted =40"),
      row("2021-01-02 a repeated"), row("2021-01-02 c accepted =45"),
      row("2021-01-03 c repeated"),
    ]);
    expect(history.newest?.files.map((f) => f.sha256)).toEqual(["a", "c"]);
    expect(history.scopeRows.get("")).toBe(105);
  });
  it("joins a late file to the newest snapshot of its landing day", () => {
    const history = buildExportHistory([
      row("2021-01-01 a accepted =60"), row("2021-01-02/2021-01-01 b accepted =40"),
    ]);
    expect(history.newest?.files.map((f) => f.sha256)).toEqual(["a", "b"]);
  });
});

describe("findRepeated", () => {
  const ledger = [
    row("2021-01-01 old accepted =1"), row("2021-01-02 new partly =1"),
    row("2021-01-03 bad held =1"),
  ];
  const find = (sha256: string, isFull: boolean) =>
    findRepeated({ system: "vendor-a", sha256 }, ledger, () => isFull)?.sha256;
  it("knows every accepted file of a delta export", () => {
    expect(find("old", false)).toBe("old");
  });
  it("knows only the newest accepted snapshot of a full export", () => {
    expect(find("old", true)).toBeUndefined();
    expect(find("new", true)).toBe("new");
  });
  it("never takes a held file for a delivered one", () => {
    expect(find("bad", false)).toBeUndefined();
  });
  it("looks at the own system only", () => {
    expect(findRepeated({ system: "ntms", sha256: "new" }, ledger, () => false)).toBeUndefined();
  });
});

describe("decideFullExport", () => {
  const decide = (earlier: readonly string[], tonight: readonly string[]) => {
    const decision = decideFullExport(
      earlier.map(row), tonight.map((text, i) => ({ file: i, row: row(text) })), 80,
    );
    return {
      held: [...decision.held.keys()],
      effective: Object.fromEntries(decision.effective),
      standing: decision.standing.map((s) => s.row.sha256),
    };
  };
  it("lets only the newest landing day of a scope take effect in one night", () => {
    expect(decide([], [
      "2021-01-09/2021-01-02 a accepted p=10 q=10", "2021-01-09/2021-01-05 b accepted p=10",
    ])).toEqual({ held: [], effective: { 0: ["q"], 1: ["p"] }, standing: [] });
  });
  it("falls back to the earlier landing day where the newest is held", () => {
    expect(decide(["2021-01-01 z accepted =100"], [
      "2021-01-09/2021-01-02 a accepted =100", "2021-01-09 b accepted =20",
    ])).toEqual({ held: [1], effective: { 0: [""] }, standing: [] });
  });
  it("counts a repeated file into the snapshot of the new one beside it", () => {
    expect(decide(["2021-01-01 a accepted =60", "2021-01-01 b accepted =40"], [
      "2021-01-02 a repeated", "2021-01-02 c accepted =30",
    ])).toEqual({ held: [], effective: { 1: [""] }, standing: ["a"] });
  });
  it("makes no snapshot of repeated files alone", () => {
    expect(decide(["2021-01-01 a accepted =60"], ["2021-01-02 a repeated"]))
      .toEqual({ held: [], effective: {}, standing: [] });
  });
});
