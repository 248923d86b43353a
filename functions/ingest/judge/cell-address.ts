import type { Format } from "../raw.ts";
import type { RejectedRow } from "./verdict.ts";

/** `F12` in sheets, else the header text of the first reason; '' for a fault of the whole row. */
export function cellAddress(format: Format, row: RejectedRow, rowNumber: number): string {
  const isSheet = format === "xlsx" || format === "xls" || format === "spreadsheetml"
    || format === "html";
  if (!isSheet || row.columnIndex === undefined) return row.header;
  return `${columnLetters(row.columnIndex)}${rowNumber}`;
}

function columnLetters(index: number): string {
  let letters = "";
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  }
  return letters;
}
