/** A cell as an exporter writes it; booleans occur in JSON only. */
export type Cell = string | number | boolean | null | DateCell | FormulaCell;

/** A real date cell of a workbook (serial of the 1900 system). */
export interface DateCell { readonly kind: "date"; readonly serial: number }

/** A formula with the value the spreadsheet last computed. */
export interface FormulaCell {
  readonly kind: "formula";
  readonly formula: string;
  readonly value: string
}

export interface SheetRows {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
  /** Merged ranges such as `A1:N1`. */
  readonly merges?: readonly string[];
}

/** Text of a cell in a format that has only text. */
export function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  return cell.kind === "date" ? String(cell.serial) : cell.value;
}

const letters: string[] = [];

/** `A`, `B` … `AA` of a 0-based column. */
export function columnLetters(column: number): string {
  let text = letters[column];
  if (text === undefined) {
    text = "";
    for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) {
      text = String.fromCharCode(65 + ((n - 1) % 26)) + text;
    }
    letters[column] = text;
  }
  return text;
}

/** Escapes text for XML; control characters that XML 1.0 cannot hold are dropped. */
export function escapeXml(text: string): string {
  if (!/[&<>"]|\p{Cc}/u.test(text)) return text;
  return text
    .replace(
      /\p{Cc}/gu, (ch) => (ch === "\t" || ch === "\n" || ch === "\r" || ch >= "\u007f" ? ch : "")
    )
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
