import type { Cell, CellStyle } from "hucre";

/** Text and numbers only: a text that begins with `=`, `+` or `@` stays text and never runs. */
export type WorkbookValue = string | number | null;
export type WorkbookMark = "title" | "heading" | "fault";
export interface WorkbookCell { readonly value: WorkbookValue; readonly mark: WorkbookMark }
export interface WorkbookSheet {
  readonly name: string;
  /** Widths of the columns in characters. */
  readonly widths: readonly number[];
  /** Rows that stay in view when scrolling. */
  readonly frozenRows: number;
  readonly rows: readonly (readonly (WorkbookValue | WorkbookCell)[])[];
}

/** Time inside every workbook and archive: bytes depend on the content alone. */
const fixedTime = new Date(Date.UTC(2020, 0, 1));

/** Excel's limit of characters in one cell. */
const cellCharacters = 32_767;

/** Bytes of an XLSX; the same content gives the same bytes. */
export async function writeWorkbook(
  title: string, sheets: readonly WorkbookSheet[],
): Promise<Uint8Array> {
  // Loaded with the first workbook: most files of a night need none.
  const { writeXlsx } = await import("hucre");
  return writeXlsx({
    properties: { title, creator: "Dudao", created: fixedTime, modified: fixedTime },
    defaultFont: { name: "Microsoft YaHei", size: 10 },
    sheets: sheets.map((sheet) => {
      const cells = new Map<string, Partial<Cell>>();
      const rows = sheet.rows.map((row, r) => row.map((entry, k) => {
        if (entry === null || typeof entry !== "object") return writable(entry);
        cells.set(`${r},${k}`, { style: styles[entry.mark] });
        return writable(entry.value);
      }));
      return {
        name: sheet.name,
        columns: sheet.widths.map((width) => ({ width })),
        rows,
        cells,
        freezePane: { rows: sheet.frozenRows },
        pageSetup: {
          paperSize: "a4" as const, orientation: "landscape" as const,
          fitToPage: true, fitToWidth: 1, fitToHeight: 0,
          printTitlesRow: `$1:$${sheet.frozenRows}`,
        },
      };
    }),
  });
}

function writable(value: WorkbookValue): WorkbookValue {
  if (typeof value !== "string") return value;
  // XML 1.0 has no other control characters; half a surrogate pair is no character either.
  // oxlint-disable-next-line no-control-regex
  const clean = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\uFFFD")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\uFFFD");
  return clean.slice(0, cellCharacters);
}

const styles: Readonly<Record<WorkbookMark, CellStyle>> = {
  title: { font: { bold: true, size: 14 } },
  heading: {
    font: { bold: true },
    fill: { type: "pattern", pattern: "solid", fgColor: { rgb: "E6EBF0" } },
  },
  fault: { fill: { type: "pattern", pattern: "solid", fgColor: { rgb: "FFE08A" } } },
};
