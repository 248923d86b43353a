import type { Contract } from "../contracts/contract.ts";
import { findTableHeader } from "../judge/table-header.ts";
import type { RawCell, RawRow } from "../raw.ts";
import { HEADER_ROWS } from "../readers/open-options.ts";
import { isPersonalValue } from "./personal-columns.ts";
import { isFilled } from "./sheet-shape.ts";

/**
 * Index of the header among the first rows of a table: that of the contract of which most columns
 * are there (rows.md), else the first row that looks like one. Undefined where none does.
 */
export function findAnyHeader(
  contracts: readonly Contract[], rows: readonly RawRow[],
): number | undefined {
  return findContractHeader(contracts, rows) ?? guessHeader(rows);
}

/** Index of the header of the contract of which most columns are there. */
export function findContractHeader(
  contracts: readonly Contract[], rows: readonly RawRow[],
): number | undefined {
  let best: { index: number; nMatched: number } | undefined;
  for (const contract of contracts) {
    const header = findTableHeader(contract, rows);
    if (header && header.nMatched > (best?.nMatched ?? 0)) best = header;
  }
  return best?.index;
}

/**
 * First of the first 40 rows in which at least two and at least half of the table's columns are
 * filled, all with different texts that are no numbers, dates or times.
 */
export function guessHeader(rows: readonly RawRow[]): number | undefined {
  const head = rows.slice(0, HEADER_ROWS);
  const width = Math.max(0, ...head.map((row) => row.cells.filter(isFilled).length));
  const index = head.findIndex((row) => looksLikeHeader(row, width));
  return index === -1 ? undefined : index;
}

function looksLikeHeader(row: RawRow, width: number): boolean {
  if (row.fault) return false;
  const filled = row.cells.filter(isFilled);
  if (filled.length < 2 || filled.length * 2 < width) return false;
  if (!filled.every(isLabel)) return false;
  return new Set(filled.map((cell) => String(cell).trim())).size === filled.length;
}

const valueForm = /^[-+]?[\d.,\s/:%-]+$/;

/** A text that is no number, date or time, and tells no person. */
function isLabel(cell: RawCell): boolean {
  if (typeof cell !== "string") return false;
  const text = cell.trim();
  return !valueForm.test(text) && !isPersonalValue(text);
}

/** Header texts from the first to the last filled cell. */
export function headerColumns(row: RawRow | undefined): readonly string[] {
  const cells = row?.cells ?? [];
  const first = cells.findIndex(isFilled);
  if (first === -1) return [];
  let last = cells.length - 1;
  while (!isFilled(cells[last])) last--;
  return cells.slice(first, last + 1).map((cell) => cellLabel(cell));
}

function cellLabel(cell: RawCell): string {
  if (!isFilled(cell) || cell === null) return "";
  if (typeof cell === "object") return new Date(cell.wallMs).toISOString().slice(0, 10);
  return String(cell).trim();
}
