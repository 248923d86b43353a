// Makes large exports of a generated province for benches. Usage:
//   make-exports.js night HOME DAY 0|1 SCALE   every file of a first or of the following night
//   make-exports.js roll FILE crlf|lf SCALE    the roll of teachers alone, with these line ends
//   make-exports.js statements FILE ROWS       xAPI statements, one in a hundred to be rejected
// Prints what it made as JSON.
import { createWriteStream, mkdirSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { homeKeys } from "../../functions/shared/home.ts";
import type { DraftFile } from "../../functions/simulate/exports/table.ts";
import { csvLine, encodeLines } from "../../functions/simulate/formats/csv.ts";
import { encodeFile } from "../../functions/simulate/formats/write-table.ts";
import {
  buildCourses, buildNews, buildRolls, buildTasks, sizeProvince, statementLine,
} from "./full-province.ts";

const [mode, path = "", ...rest] = process.argv.slice(2);
const makers = { night: makeNight, roll: makeRoll, statements: makeStatements };
const make = makers[mode as keyof typeof makers];
if (!make) throw new Error(`make-exports: unknown: ${mode}; accepted: ${Object.keys(makers).join()}`);
process.stdout.write(JSON.stringify(await make(path, rest)));

async function makeNight(home: string, [day = "", index = "0", scale = "1"]: readonly string[]) {
  const size = sizeProvince(Number(scale));
  const night = Number(index);
  const made = { files: 0, rows: 0, bytes: 0 };
  const land = (file: DraftFile): void => {
    const bytes = encodeFile(file);
    const target = join(home, homeKeys.landing(file.system, day, file.fileName));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
    made.files += 1;
    made.rows += file.tables.reduce((n, table) => n + table.rows.length, 0);
    made.bytes += bytes.length;
  };
  // One after another: all drafts together would take gigabytes.
  for (const build of [buildRolls, buildTasks, buildNews]) build(size, night).forEach(land);
  land(buildCourses(size, night));
  const target = join(home, homeKeys.landing("lrs", day, `statements-${night}.ndjson`));
  mkdirSync(dirname(target), { recursive: true });
  await writeStatements(target, night * size.nStatements, size.nStatements, size.nTeachers);
  made.files += 1;
  made.rows += size.nStatements;
  made.bytes += statSync(target).size;
  return made;
}

function makeRoll(file: string, [ends = "crlf", scale = "1"]: readonly string[]) {
  const [roll] = buildRolls(sizeProvince(Number(scale)), 0);
  const table = roll?.tables[0];
  if (!table) throw new Error("make-exports: missing roll");
  const lines = [csvLine(table.header), ...table.rows.map((row) => csvLine(row.cells))];
  mkdirSync(dirname(file), { recursive: true });
  const bytes = encodeLines(lines, "gb18030", ends === "lf" ? "\n" : "\r\n");
  writeFileSync(file, bytes);
  return { rows: table.rows.length, bytes: bytes.length };
}

async function makeStatements(file: string, [rows = "0"]: readonly string[]) {
  await writeStatements(file, 0, Number(rows), 826_000);
  const bad = Array.from({ length: Number(rows) }, (_, i) => i).filter((i) => i % 100 === 57).length;
  return { rows: Number(rows), expected_rejected: bad, bytes: statSync(file).size };
}

async function writeStatements(
  file: string, from: number, rows: number, nTeachers: number,
): Promise<void> {
  const out = createWriteStream(file);
  let chunk = "";
  for (let i = from; i < from + rows; i++) {
    chunk += `${statementLine(i, nTeachers)}\n`;
    if (chunk.length < 1 << 20 && i < from + rows - 1) continue;
    if (!out.write(chunk)) await once(out, "drain");
    chunk = "";
  }
  out.end();
  await once(out, "finish");
}
