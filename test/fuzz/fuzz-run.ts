import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { loadContracts } from "../../functions/ingest/contracts/load-contracts.ts";
import type { IngestPool } from "../../functions/ingest/ingest-pool.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { LedgerRow } from "../../functions/shared/ledger.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { brokenFile, type LandedFile } from "./broken-file.ts";
import { FuzzHome, openFuzzPool } from "./fuzz-home.ts";
import { madeFile, type MadeFile } from "./made-file.ts";
import { readSeedFiles } from "./seed-files.ts";

export interface FuzzReport {
  readonly seed: number;
  readonly seconds: number;
  readonly nights: number;
  readonly files: number;
  readonly files_by_format: Readonly<Record<string, number>>;
  /** Status, of a refused file the first word of its reason → files. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Sound files of dirty rows whose counts a second judge gave as well. */
  readonly files_judged_twice: number;
  /** Nights also judged in parts by two workers, with the same ledger and lake. */
  readonly nights_in_parts: number;
  readonly slowest_file: { readonly seconds: number; readonly what: string };
  readonly crashes: number;
  readonly unbalanced: number;
}

const days = ["2021-06-01", "2021-06-02", "2021-06-03"] as const;
/** A text larger than two of these is judged in parts. */
const partBytes = 1_000;
/** A failure is made smaller no longer than this. */
const shrinkMs = 60_000;

/**
 * Plays nights of broken and of sound files until the time is over. Throws at the first night that
 * dies, does not balance or holds a crashed file, with the seed and the smallest such night found.
 */
export async function runFuzz(seed: number, seconds: number): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), "dudao-fuzz-pools-"));
  const store = createFolderStore(join(folder, "home"));
  await store.put(homeKeys.tokenKey, "ab".repeat(32), { mode: 0o600 });
  const whole = await openFuzzPool(store, join(folder, "whole"), undefined);
  const inParts = await openFuzzPool(store, join(folder, "parts"), { partBytes });
  try {
    return await new FuzzRun(seed, whole, inParts).run(seconds);
  } finally {
    await whole.close();
    await inParts.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class FuzzRun {
  readonly #seed: number;
  readonly #whole: IngestPool;
  readonly #inParts: IngestPool;
  readonly #formats = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  #nights = 0;
  #nightsInParts = 0;
  #files = 0;
  #twice = 0;
  #slowest = { seconds: 0, what: "" };

  constructor(seed: number, whole: IngestPool, inParts: IngestPool) {
    this.#seed = seed;
    this.#whole = whole;
    this.#inParts = inParts;
  }

  async run(seconds: number): Promise<FuzzReport> {
    const started = performance.now();
    const broken = brokenFile(await readSeedFiles());
    const night = fc.array(broken, { minLength: 1, maxLength: 24, size: "max" });
    const history = fc.array(night, { minLength: 1, maxLength: days.length, size: "max" });
    const made = fc.array(
      // lrs has a person by account, which the second judge does not know.
      madeFile(loadContracts().filter((c) => c.system !== "lrs"), days[0]),
      { minLength: 1, maxLength: 24, size: "max" });
    for (let round = 0; performance.now() - started < seconds * 1000; round++) {
      if (round % 3 === 2) await this.#check(made, round, (files) => this.#playMade(files));
      else {
        await this.#check(history, round, (nights) => this.#playBroken(nights, round % 6 === 0));
      }
    }
    return {
      seed: this.#seed, seconds: Math.round((performance.now() - started) / 1000),
      nights: this.#nights, files: this.#files,
      files_by_format: sorted(this.#formats), outcomes: sorted(this.#outcomes),
      files_judged_twice: this.#twice, nights_in_parts: this.#nightsInParts,
      slowest_file: this.#slowest, crashes: 0, unbalanced: 0,
    };
  }

  async #check<T>(
    values: fc.Arbitrary<T>, round: number, play: (value: T) => Promise<void>,
  ): Promise<void> {
    let failedAt: number | undefined;
    await fc.assert(fc.asyncProperty(values, async (value) => {
      if (failedAt !== undefined && performance.now() - failedAt > shrinkMs) return;
      try {
        await play(value);
      } catch (cause) {
        failedAt ??= performance.now();
        throw cause;
      }
    }), {
      seed: (this.#seed * 1_000_003 + round) | 0, numRuns: 1,
      reporter: (run) => {
        if (run.failed) throw new Error(this.#describe(run, round), { cause: run.errorInstance });
      },
    });
  }

  #describe<T>(run: fc.RunDetails<[T]>, round: number): string {
    const smallest: unknown = run.counterexample?.[0];
    return `DUDAO_FUZZ_SEED=${this.#seed}, round ${round}: ${
      run.errorInstance instanceof Error ? run.errorInstance.message : String(run.errorInstance)
    }\n${describeFiles([smallest].flat(3) as LandedFile[])}`;
  }

  async #playBroken(nights: readonly (readonly LandedFile[])[], isTwice: boolean): Promise<void> {
    const home = new FuzzHome();
    const again = isTwice ? new FuzzHome() : undefined;
    try {
      for (const [i, all] of nights.entries()) {
        const day = days[i] as string;
        const files = withOwnNames(all);
        const ledger = await home.night(day, files, this.#whole);
        this.#count(files, ledger);
        if (!again) continue;
        const other = await again.night(day, files, this.#inParts);
        expectSame(`ledger of ${day}`, ledger.map(withoutSeconds), other.map(withoutSeconds));
        expectSame(`lake of ${day}`, await lakeOf(home, day), await lakeOf(again, day));
        this.#nightsInParts++;
      }
    } finally {
      home.remove();
      again?.remove();
    }
  }

  async #playMade(all: readonly MadeFile[]): Promise<void> {
    const home = new FuzzHome();
    try {
      const files = withOwnNames(all);
      const ledger = await home.night(days[0], files, this.#whole);
      this.#count(files, ledger);
      const expectedIds = new Map<string, Set<string>>();
      for (const file of files) {
        const row = ledger.find((r) => r.system === file.system && r.file_name === file.fileName);
        if (row?.status === "repeated") continue;
        const { recordIds, ...counts } = file.expected;
        expectSame(`${file.system}/${file.fileName} (${file.family}) ${row?.reason ?? ""}`, row && {
          accepted: row.rows_accepted, rejected: row.rows_rejected, duplicate: row.rows_duplicate,
          reasons: row.reasons, warnings: row.warnings,
        }, counts);
        this.#twice++;
        const ids = expectedIds.get(`${row?.system}/${row?.export}`) ?? new Set();
        expectedIds.set(`${row?.system}/${row?.export}`, ids);
        for (const id of recordIds) ids.add(id);
      }
      const inLake = (await home.query(`SELECT regexp_extract(filename, '(lake|private)/([^/]+)', 2),
        system, count(DISTINCT record_id) FROM lake GROUP BY ALL`));
      const nExpected = [...expectedIds.values()].reduce((sum, ids) => sum + ids.size, 0);
      expectSame("records in the lake",
        inLake.reduce((sum, [, , n]) => sum + Number(n), 0), nExpected);
    } finally {
      home.remove();
    }
  }

  #count(files: readonly LandedFile[], ledger: readonly LedgerRow[]): void {
    this.#nights++;
    this.#files += files.length;
    for (const { family } of files) add(this.#formats, family);
    for (const row of ledger) {
      add(this.#outcomes, row.status === "refused"
        ? `refused ${(row.reason ?? "").split(":")[0]}` : row.status);
      if (row.seconds <= this.#slowest.seconds) continue;
      const family = files.find((f) =>
        f.system === row.system && f.fileName === row.file_name)?.family;
      this.#slowest = {
        seconds: row.seconds, what: `${family ?? row.format}, ${row.bytes} bytes, ${row.status}`,
      };
    }
  }
}

/** Files of one night need names of their own; the number goes where the patterns have `*`. */
function withOwnNames<T extends LandedFile>(files: readonly T[]): readonly T[] {
  return files.map((file, i) => {
    const dot = file.fileName.lastIndexOf(".");
    const at = dot <= 0 ? file.fileName.length : dot;
    return { ...file, fileName: `${file.fileName.slice(0, at)}~${i}${file.fileName.slice(at)}` };
  });
}

async function lakeOf(home: FuzzHome, day: string): Promise<readonly unknown[]> {
  const night = await home.store.get(homeKeys.night(day));
  const text = Buffer.from(night?.body ?? []).toString();
  return (JSON.parse(text) as { readonly objects: readonly unknown[] }).objects;
}

function withoutSeconds(row: LedgerRow): LedgerRow {
  return { ...row, seconds: 0 };
}

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  const [a, b] = [found, expected].map((value) => JSON.stringify(value)) as [string, string];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 200);
  throw new Error(`${what}: ${a.slice(from, at + 200)}\nbut expected ${b.slice(from, at + 200)}`);
}

function describeFiles(files: readonly LandedFile[]): string {
  return files.slice(0, 6).map(({ system, fileName, family, bytes }) =>
    `${system}/${fileName} (${family}, ${bytes.length} bytes) base64 ${
      bytes.toString("base64").slice(0, 4000)}`).join("\n");
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
