import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingestNight } from "../../functions/ingest/ingest-night.ts";
import { openIngestPool, type IngestPool } from "../../functions/ingest/ingest-pool.ts";
import { planNight } from "../../functions/plan/plan-night.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { LedgerRow } from "../../functions/shared/ledger.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { openDuckDb, quoteText } from "../../functions/shared/sql-engine-duckdb-open.ts";
import type { LandedFile } from "./broken-file.ts";

/** Longest time of one file, seconds: a worker that needs more is ended and its file crashed. */
const deadlineSeconds = 60;
const tokenKey = "ab".repeat(32);

/** Workers that serve all homes; texts above `partBytes` are judged in parts, by both of two. */
export async function openFuzzPool(
  store: ObjectStore, scratch: string, parts: { readonly partBytes: number } | undefined,
): Promise<IngestPool> {
  return openIngestPool({
    store, scratch, log: silentLog, deadlineSeconds, memoryMb: 1024,
    workers: parts ? 2 : 1, ...parts,
  });
}

/** A home that is thrown away; nights of it go the way of all nights. */
export class FuzzHome {
  readonly folder = mkdtempSync(join(tmpdir(), "dudao-fuzz-"));
  readonly store: ObjectStore = createFolderStore(join(this.folder, "home"));

  async land(day: string, files: readonly LandedFile[]): Promise<void> {
    await this.store.put(homeKeys.tokenKey, tokenKey, { ifNoneMatch: true, mode: 0o600 });
    for (const { system, fileName, bytes } of files) {
      await this.store.put(homeKeys.landing(system, day, fileName), bytes);
    }
  }

  /** Ledger of the night; what must hold of any night is checked, a fault is thrown. */
  async night(
    day: string, files: readonly LandedFile[], pool: IngestPool,
  ): Promise<readonly LedgerRow[]> {
    await this.land(day, files);
    const scratch = join(this.folder, "scratch");
    const plan = await planNight({ store: this.store, day, scratch, log: silentLog });
    const { ledger } = await ingestNight({
      store: this.store, plan, scratch, log: silentLog, pool,
    });
    const faults = [
      ...findLedgerFaults(day, files, ledger),
      ...await this.#findRejectFaults(ledger),
      ...await this.#findLakeFaults(ledger),
    ];
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return ledger;
  }

  /** What lies in quarantine and on the slip, line by line, against the ledger. */
  async #findRejectFaults(ledger: readonly LedgerRow[]): Promise<readonly string[]> {
    const faults: string[] = [];
    for (const row of ledger) {
      const { system, landing_day: day, file_name: name } = row;
      for (const key of [
        homeKeys.quarantine(system, day, name), homeKeys.slip(system, day, name, "json"),
      ]) {
        const found = await this.store.get(key);
        const lines = Buffer.from(found?.body ?? []).toString("utf8").split("\n")
          .filter((line) => line !== "").map((line) => JSON.parse(line) as { reasons: string[] });
        const reasons: Record<string, number> = {};
        for (const { reasons: [first = ""] } of lines) reasons[first] = (reasons[first] ?? 0) + 1;
        if (sortedJson(reasons) === sortedJson(row.reasons)) continue;
        faults.push(`${nameOf(row)}: ${key} says ${sortedJson(reasons)}, the ledger ${
          sortedJson(row.reasons)}`);
      }
    }
    return faults;
  }

  /** Rows of tonight's files in the lake: none of a file that was not taken, none too many. */
  async #findLakeFaults(ledger: readonly LedgerRow[]): Promise<readonly string[]> {
    const stored = new Map((await this.query(`
      SELECT file_id, count(*) FROM lake WHERE NOT is_retraction GROUP BY file_id`))
      .map(([file, rows]) => [String(file), Number(rows)]));
    const allowed = new Map<string, number>();
    for (const row of ledger) {
      const rows = row.status === "accepted" || row.status === "partly" ? row.rows_accepted : 0;
      allowed.set(row.file_id, (allowed.get(row.file_id) ?? 0) + (rows ?? 0));
    }
    const tooMany = [...allowed].filter(([file, rows]) => (stored.get(file) ?? 0) > rows);
    return tooMany.map(([file, rows]) =>
      `${file}: ${stored.get(file)} rows in the lake, ${rows} accepted`);
  }

  /** Asks `lake`: envelope of all rows of the lake, private relations too. */
  async query(select: string): Promise<readonly (readonly unknown[])[]> {
    const root = join(this.folder, "home");
    const keys = (await this.store.list("")).map((object) => object.key).filter((key) =>
      /^(?:lake|private)\/(?!rejected_identity).*\.parquet$/.test(key));
    if (keys.length === 0) return [];
    const db = await openDuckDb({
      threads: 1, memoryLimit: "300MB", tempDir: join(this.folder, "spill"), allowed: [root],
    });
    try {
      const paths = keys.map((key) => quoteText(join(root, key))).join(", ");
      return (await db.connection.runAndReadAll(`WITH lake AS (
        SELECT system, file_id, is_retraction, record_id, known_on, filename
        FROM read_parquet([${paths}], union_by_name = true, hive_partitioning = false,
          filename = true)) ${select}`)).getRowsJS();
    } finally {
      db.close();
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const refusals = /^(?:empty|unreadable|unknown_export|header_missing|unclosed_quote|too_large): /;

function findLedgerFaults(
  day: string, files: readonly LandedFile[], ledger: readonly LedgerRow[],
): readonly string[] {
  const faults: string[] = [];
  const landed = new Set(files.map((file) => `${file.system}/${file.fileName.normalize("NFC")}`));
  const found = ledger.filter((row) => row.landing_day === day)
    .map((row) => `${row.system}/${row.file_name.normalize("NFC")}`);
  if (new Set(found).size !== found.length) faults.push("a file stands twice in the ledger");
  for (const name of landed) if (!found.includes(name)) faults.push(`${name}: not in the ledger`);
  for (const row of ledger) {
    const {
      rows_read: read, rows_accepted: accepted, rows_rejected: rejected, rows_duplicate: duplicate,
    } = row;
    const say = (what: string): number => faults.push(`${nameOf(row)}: ${what}`);
    if (row.status === "refused") {
      if (!refusals.test(row.reason ?? "")) say(`refused: ${row.reason}`);
      if (read !== null || accepted !== null) say("refused and counted");
    } else if (row.status !== "repeated") {
      if (read === null || read !== (accepted ?? 0) + (rejected ?? 0) + (duplicate ?? 0)) {
        say(`${read} read, ${accepted} + ${rejected} + ${duplicate}`);
      }
      const reasons = Object.values(row.reasons).reduce((sum, rows) => sum + rows, 0);
      if (reasons !== rejected) say(`${rejected} rejected, ${reasons} by reason`);
      if (row.status !== "held" && (row.status === "partly") !== ((rejected ?? 0) > 0)) {
        say(`${row.status} with ${rejected} rejected`);
      }
    }
    if (row.seconds > deadlineSeconds) say(`${row.seconds} seconds`);
  }
  return faults;
}

function nameOf(row: LedgerRow): string {
  return `${row.system}/${row.landing_day}/${row.file_name}`;
}

function sortedJson(counts: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
