import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ContractError } from "./errors.ts";
import { packageRoot } from "./package-root.ts";

/** A seed as read: header and rows of text; empty cells are ''. */
export interface Seed {
  readonly name: string;
  /** Whole text, for hashing into the run's manifest. */
  readonly text: string;
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Names of the seeds that the product ships, e.g. `divisions.csv`. */
export function listSeedNames(): readonly string[] {
  return readdirSync(join(packageRoot, "sql", "seeds")).filter((n) => n.endsWith(".csv")).sort();
}

/**
 * Parses a seed (RFC 4180 CSV, UTF-8, header line).
 * Throws ContractError naming file and line for a row whose number of fields is not the header's.
 */
export function parseSeed(name: string, text: string): Seed {
  const broken = text.split("\n").findIndex((line) => line.includes("\uFFFD"));
  if (broken >= 0) {
    throw new ContractError(`seeds/${name} line ${broken + 1}: invalid encoding; accepted: UTF-8`);
  }
  const open = findOpenQuote(text);
  if (open !== undefined) {
    throw new ContractError(
      `seeds/${name} line ${open}: unclosed quote; accepted: every " in a field with its pair`);
  }
  const records = parseCsvText(text.replace(/^\uFEFF/, ""));
  const columns = records[0] ?? [];
  const rows = records.slice(1).map((fields, i) => {
    if (fields.length !== columns.length) {
      throw new ContractError(
        `seeds/${name} line ${i + 2}: invalid number of fields: ${fields.length}; ` +
        `accepted: ${columns.length} (${columns.join(",")})`,
      );
    }
    return Object.fromEntries(columns.map((c, k) => [c, fields[k] ?? ""]));
  });
  return { name, text, columns, rows };
}

/** Line of the quote that is never closed. */
function findOpenQuote(text: string): number | undefined {
  let line = 1;
  let opened: number | undefined;
  for (const ch of text) {
    if (ch === "\n") line++;
    else if (ch === '"') opened = opened === undefined ? line : undefined;
  }
  return opened;
}

/** A seed as shipped with the product. */
export function readShippedSeed(name: string): Seed {
  return parseSeed(name, readFileSync(join(packageRoot, "sql", "seeds", name), "utf8"));
}

/** Records of an RFC 4180 text; for our own seeds only, never for a sender's file. */
export function parseCsvText(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const ch = text[i];
    if (quoted) {
      if (ch !== '"') field += ch;
      else if (text[i + 1] === '"') { field += '"'; i++; }
      else quoted = false;
    } else if (ch === '"') quoted = true;
    else if (ch === ",") { record.push(field); field = ""; }
    else if (ch === "\n") {
      record.push(field);
      if (record.length > 1 || record[0] !== "") records.push(record);
      record = []; field = "";
    } else if (ch !== "\r") field += ch;
  }
  record.push(field);
  if (record.length > 1 || record[0] !== "") records.push(record);
  return records;
}
