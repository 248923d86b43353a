import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseCsvText } from "../../../functions/shared/seeds.ts";

/** A CSV of a case: header and rows; line numbers count data rows from 1. */
export interface CaseTable {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}
export interface CaseExpectation {
  readonly relation: string;
  readonly asOf: string;
  readonly table: CaseTable;
}
export interface SqlCase {
  readonly name: string;
  readonly about: string;
  /** File name without `.csv` → its rows. */
  readonly inputs: ReadonlyMap<string, CaseTable>;
  readonly expectations: readonly CaseExpectation[];
  /** Relation → column → accepted values. */
  readonly only: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Folders with a case.json below test/cases/sql, by name. */
export function listCases(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && f.name === "case.json")
    .map((f) => f.parentPath)
    .sort();
}

export function readCase(folder: string, name: string): SqlCase {
  const json = JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) as {
    about?: string; as_of?: string; only?: SqlCase["only"];
  };
  for (const key of Object.keys(json)) {
    if (!["about", "as_of", "only"].includes(key)) {
      throw new Error(`${name}/case.json: unknown key: ${key}; accepted: about, as_of, only`);
    }
  }
  if (!json.about) throw new Error(`${name}/case.json: missing about`);
  const inputs = new Map<string, CaseTable>();
  const expectations: CaseExpectation[] = [];
  for (const file of readdirSync(folder).filter((f) => f.endsWith(".csv")).sort()) {
    const table = readCaseTable(join(folder, file), `${name}/${file}`);
    const expected = /^expect\.([a-z0-9_]+)(?:@(\d{4}-\d{2}-\d{2}))?\.csv$/.exec(file);
    if (!expected) {
      inputs.set(file.slice(0, -".csv".length), table);
      continue;
    }
    const asOf = expected[2] ?? json.as_of;
    if (!asOf) throw new Error(`${name}/${file}: missing as_of in case.json`);
    expectations.push({ relation: expected[1]!, asOf, table });
  }
  if (expectations.length === 0) throw new Error(`${name}: missing expect.<relation>.csv`);
  return { name, about: json.about, inputs, expectations, only: json.only ?? {} };
}

function readCaseTable(path: string, name: string): CaseTable {
  const text = readFileSync(path, "utf8").split("\n").filter((l) => !l.startsWith("#")).join("\n");
  const [columns = [], ...records] = parseCsvText(text);
  const rows = records.map((fields, i) => {
    if (fields.length !== columns.length) {
      throw new Error(`${name} row ${i + 1}: ${fields.length} cells; accepted: ${columns.length}`);
    }
    return Object.fromEntries(columns.map((c, k) => [c, fields[k] ?? ""]));
  });
  return { columns, rows };
}
