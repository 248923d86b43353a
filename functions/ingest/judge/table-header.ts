import { maskNumbers } from "../../shared/mask-numbers.ts";
import type { Contract } from "../contracts/contract.ts";
import type { RawRow } from "../raw.ts";
import { headerText } from "./normalise-cell.ts";

/** The header stands in the first 40 rows (rows.md). */
export const HEADER_ROWS = 40;

/** Where the columns of a contract stand in one table. */
export interface TableHeader {
  /** 0-based among the rows given; -1 where the table's columns are the keys of its objects. */
  readonly index: number;
  /** Column of each field of the contract, -1 where the table has none. */
  readonly columnOf: readonly number[];
  /** Column that tells a voiding statement, -1 where there is none. */
  readonly objectTypeColumn: number;
  /** Header texts as they stand, for people. */
  readonly headers: readonly string[];
  /** The same as compared: normalised, without spaces. */
  readonly texts: readonly string[];
  /** Columns with a header text. */
  readonly nColumns: number;
  /** Columns of the contract that are there. */
  readonly nMatched: number;
  /** `added column: X`, `missing optional column: Y`. */
  readonly remarks: readonly string[];
}

/**
 * First of the rows that holds every required column of the contract, of *person* at least one;
 * undefined where none does.
 */
export function findTableHeader(
  contract: Contract, rows: readonly RawRow[],
): TableHeader | undefined {
  const end = Math.min(rows.length, HEADER_ROWS);
  for (let i = 0; i < end; i++) {
    const row = rows[i] as RawRow;
    if (row.fault || row.cells.length === 0) continue;
    const texts = row.cells.map(headerText);
    if (listMissing(contract, new Set(texts)).length > 0) continue;
    return buildHeader(contract, i, texts, row.cells.map((c) => String(c ?? "").trim()));
  }
  return undefined;
}

/** The header of a table of JSON objects, whose columns are its keys. */
export function findKeysHeader(
  contract: Contract, keys: readonly string[],
): TableHeader | undefined {
  const texts = keys.map(headerText);
  return listMissing(contract, new Set(texts)).length > 0
    ? undefined
    : buildHeader(contract, -1, texts, keys);
}

/** Required columns missing from the row that has most of the contract's columns. */
export function listMissingColumns(
  contract: Contract, rows: readonly (readonly string[])[],
): { readonly missing: readonly string[]; readonly nMatched: number } {
  let best = { missing: listMissing(contract, new Set()), nMatched: 0 };
  for (const texts of rows) {
    const there = new Set(texts);
    const nMatched = contract.fields.filter((f) => there.has(headerText(f.header))).length;
    if (nMatched > best.nMatched) best = { missing: listMissing(contract, there), nMatched };
  }
  return best;
}

/** Header texts of rows as they are compared, for `listMissingColumns`. */
export function listRowTexts(rows: readonly RawRow[]): readonly (readonly string[])[] {
  return rows.slice(0, HEADER_ROWS).map((r) => r.cells.map(headerText));
}

const isOne = (headers: readonly string[]) => headers.join(" / ");

function listMissing(contract: Contract, there: ReadonlySet<string>): string[] {
  const missing: string[] = [];
  let isPersonSeen = false;
  for (const field of contract.fields) {
    if (field.kind === "person") {
      const persons = contract.fields.filter((f) => f.kind === "person").map((f) => f.header);
      if (!isPersonSeen && !persons.some((h) => there.has(headerText(h)))) {
        missing.push(isOne(persons));
      }
      isPersonSeen = true;
    } else if (field.required === "yes" && !there.has(headerText(field.header))) {
      missing.push(field.header);
    }
  }
  return missing;
}

function buildHeader(
  contract: Contract, index: number, texts: readonly string[], headers: readonly string[],
): TableHeader {
  const columnOf = contract.fields.map((f) => texts.indexOf(headerText(f.header)));
  const path = contract.voiding?.object_type_path;
  const objectTypeColumn = path === undefined ? -1 : texts.indexOf(headerText(path));
  const used = new Set([...columnOf, objectTypeColumn]);
  const added = texts.flatMap((t, i) => (t !== "" && !used.has(i) ? [headers[i] ?? t] : []));
  const absent = contract.fields.filter((f, i) => columnOf[i] === -1 && f.kind !== "ignored");
  return {
    index, columnOf, objectTypeColumn, headers, texts,
    nColumns: texts.filter((t) => t !== "").length,
    nMatched: columnOf.filter((c) => c >= 0).length,
    remarks: [
      // Nobody knows what a column that was added holds; a list turned on its side has persons there.
      ...added.map((h) => `added column: ${maskNumbers(h)}`),
      ...absent.map((f) => `missing optional column: ${f.header}`),
    ],
  };
}
