import { cellText, escapeXml, type SheetRows } from "./cell.ts";

/** Writes SpreadsheetML 2003 (the XML that some exporters name `.xls`), UTF-8. */
export function buildSpreadsheetMl(sheets: readonly SheetRows[]): Buffer {
  const parts: string[] = [
    `<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n` +
    `<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" ` +
    `xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n`,
  ];
  for (const sheet of sheets) {
    parts.push(`<Worksheet ss:Name="${escapeXml(sheet.name)}"><Table>\n`);
    for (const cells of sheet.rows) {
      let row = "<Row>";
      let skipped = false;
      cells.forEach((cell, c) => {
        if (cell === null || cell === "") { skipped = true; return; }
        const at = skipped ? ` ss:Index="${c + 1}"` : "";
        skipped = false;
        if (
          typeof cell === "number"
        ) row += `<Cell${at}><Data ss:Type="Number">${cell}</Data></Cell>`;
        else {
          row += `<Cell${at}><Data ss:Type="String">${escapeXml(cellText(cell))}</Data></Cell>`;
        }
      });
      parts.push(`${row}</Row>\n`);
    }
    parts.push("</Table></Worksheet>\n");
  }
  parts.push("</Workbook>\n");
  return Buffer.from(parts.join(""), "utf8");
}
