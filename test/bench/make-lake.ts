// Writes the lake of a generated province straight as Parquet, with its nights and ledger, as if
// its files had been taken. Usage: make-lake.js HOME RECORDS; prints rows and bytes as JSON.
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { homeKeys } from "../../functions/shared/home.ts";
import { countyTable, lakeNights, listLakeParts, sizeLake, type LakePart } from "./lake-sql.ts";

const [home = "", records = "7500000"] = process.argv.slice(2);
const size = sizeLake(Number(records));
const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "2GB" });
const connection = await instance.connect();
await connection.run("SET TimeZone = 'Asia/Shanghai'");
await connection.run(countyTable);
await connection.run("SET preserve_insertion_order = false");

interface Stored {
  readonly key: string;
  readonly night: string;
  readonly part: LakePart;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

const objects: Stored[] = [];
for (const part of listLakeParts(size)) objects.push(...await writePart(part));
for (const night of lakeNights) writeNight(night, objects.filter((one) => one.night === night));
const rowsOf = (list: readonly Stored[]): number => list.reduce((sum, one) => sum + one.rows, 0);
put(homeKeys.description, '{"version":1}\n');
// Trainings that two systems report are one: a tenth of what vendor-a and credit have.
put(homeKeys.seed("training_crosswalk.csv"), ["source_system,source_training_id,training_id",
  ...[0, 1].flatMap((i) => [`vendor-a,A${400 + i},X-${i}`, `credit,CR-${2 * i},X-${i}`])]
  .join("\n") + "\n");
process.stdout.write(JSON.stringify({
  teachers: size.nTeachers, schools: size.nSchools, rows: rowsOf(objects),
  bytes: objects.reduce((sum, one) => sum + one.bytes, 0), files: objects.length,
  rows_by_system: Object.fromEntries([...new Set(objects.map((one) => one.part.system))].sort()
    .map((system) => [system, rowsOf(objects.filter((one) => one.part.system === system))])),
}));

/** One file a night, in the lake's layout. */
async function writePart(part: LakePart): Promise<readonly Stored[]> {
  const { relation, system } = part;
  const folder = join(home, dirname(dirname(homeKeys.lake(relation, system, "x", "x"))));
  mkdirSync(folder, { recursive: true });
  await connection.run(`COPY (${part.sql}) TO '${folder}' (FORMAT parquet, COMPRESSION zstd,
    PARTITION_BY (known_on), WRITE_PARTITION_COLUMNS true, FILENAME_PATTERN 'part-{i}')`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return Promise.all(files.map(async (entry): Promise<Stored> => {
    const path = join(entry.parentPath, entry.name);
    const night = /known_on=([\d-]+)/.exec(path)?.[1] ?? "";
    const counted = await connection.runAndReadAll(`SELECT count(*)::INT FROM '${path}'`);
    return {
      key: homeKeys.lake(relation, system, night, entry.name.replace(/\.parquet$/, "")), night, part,
      rows: Number(counted.getRowsJson()[0]?.[0]), bytes: statSync(path).size,
      sha256: await hashFile(path),
    };
  }));
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function writeNight(night: string, own: readonly Stored[]): void {
  const listed = own.map(({ key, sha256, rows }) => ({ key, sha256, rows }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const ledger = own.map(({ part, rows, bytes }) => ({
    system: part.system, export: part.exportName, landing_day: night, known_on: night,
    file_name: `${part.exportName}-${night}`, sha256: "", bytes, status: "accepted", reason: null,
    file_id: createHash("md5").update(part.exportName + night).digest("hex").slice(0, 16),
    reason_zh: null, format: "csv", encoding: "utf-8", rows_skipped: 0, rows_read: rows,
    rows_accepted: rows, rows_rejected: 0, rows_duplicate: 0, rows_unchanged: 0, reasons: {},
    warnings: {}, column_remarks: [], scopes: {}, seconds: 0,
  }));
  put(homeKeys.ledger(night), ledger.map((row) => `${JSON.stringify(row)}\n`).join(""));
  put(homeKeys.night(night), JSON.stringify({ day: night, objects: listed, files: ledger.length }));
}

function put(key: string, body: string): void {
  mkdirSync(dirname(join(home, key)), { recursive: true });
  writeFileSync(join(home, key), body);
}
