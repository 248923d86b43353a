import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { closeSharedWorkers, TrialHome } from "./trial-home.ts";

/** `test/cases/nights/<behaviour>.json`; see `test/cases/nights/README.md`. */
interface NightCase {
  readonly note: string;
  /** Lines that files name as `@name`. */
  readonly lines?: Readonly<Record<string, string>>;
  readonly nights: readonly {
    readonly day: string;
    /** `<system>/<landing day>/<file name>` → lines. */
    readonly land?: Readonly<Record<string, readonly string[]>>;
    /** Ledger rows in order: file, status, read=accepted+rejected+duplicate, unchanged. */
    readonly ledger: readonly string[];
    /** Part of the reason of a file that is not taken. */
    readonly reasons?: Readonly<Record<string, string>>;
  }[];
  /** What lies in the lake after the last night, in order of nights and of export_seq. */
  readonly lake: Readonly<Record<string, {
    readonly columns: string;
    readonly rows: readonly (readonly unknown[])[];
  }>>;
}

afterAll(closeSharedWorkers);

const casesFolder = join(import.meta.dirname, "..", "..", "cases", "nights");
const names = readdirSync(casesFolder).filter((name) => name.endsWith(".json")).sort();

describe("night cases", () => {
  for (const name of names) {
    const nightCase =
      JSON.parse(readFileSync(join(casesFolder, name), "utf8")) as NightCase;
    it(`${name.replace(/\.json$/, "")}: ${nightCase.note}`, async () => {
      const home = new TrialHome();
      try {
        await runNights(home, nightCase);
      } finally {
        home.remove();
      }
    });
  }
});

async function runNights(home: TrialHome, { lines = {}, nights, lake }: NightCase): Promise<void> {
  for (const { day, land = {}, ledger, reasons = {} } of nights) {
    for (const [key, text] of Object.entries(land)) {
      await home.store.put(`landing/${key}`, text.flatMap((line) => expand(line, lines))
        .map((line) => `${line}\n`).join(""));
    }
    const { ledger: rows } = await home.night(day);
    expect(rows.map((r) => `${r.system}/${r.file_name} ${r.status}` + (r.rows_read === null ? ""
      : ` ${r.rows_read}=${r.rows_accepted}+${r.rows_rejected}+${r.rows_duplicate}`
        + ` u${r.rows_unchanged}`)), day).toEqual(ledger);
    for (const [file, reason] of Object.entries(reasons)) {
      expect(rows.find((r) => `${r.system}/${r.file_name}` === file)?.reason).toContain(reason);
    }
  }
  for (const [relation, { columns, rows }] of Object.entries(lake)) {
    const found = (await home.rows(relation, columns)).map((row) => Object.values(row)
      .map((value) => (typeof value === "bigint" ? Number(value) : value)));
    expect(found, relation).toEqual(rows);
  }
}

/** `@name` is a named line, `{01-10}` in a line makes a line of each number. */
function expand(line: string, lines: Readonly<Record<string, string>>): readonly string[] {
  const named = line.startsWith("@") ? lines[line.slice(1)] : line;
  if (named === undefined) throw new Error(`line: unknown: ${line}; see lines of the case`);
  const range = /\{(\d+)-(\d+)\}/.exec(named);
  if (!range) return [named];
  const [whole, from = "", to = ""] = range;
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) =>
    named.replaceAll(whole, String(Number(from) + i).padStart(from.length, "0")));
}
