import { decodeHtmlText, walkPage } from "./html-tags.ts";

export interface HtmlTableCensus {
  /** Rows up to the last one in whose cells anything stands. */
  readonly rows: number;
  /** Rows in whose cells anything stands. */
  readonly filled: number;
}

export interface HtmlCensus {
  /** In order of the opening tags. */
  readonly tables: readonly HtmlTableCensus[];
  /** Tables that are opened and not closed at the end of the page. */
  readonly nOpen: number;
}

interface Count {
  seen: number;
  rows: number;
  filled: number;
  hasRow: boolean;
  hasCell: boolean;
}

/**
 * Counts the rows of the tables of a page without building a cell: the witness against which the
 * reader of tables must balance.
 */
export function countHtmlRows(page: string): HtmlCensus {
  const tables: Count[] = [];
  const stack: Count[] = [];
  for (const { name, isClose, from, to } of walkPage(page)) {
    const table = stack.at(-1);
    if (name === "#text") {
      if (table?.hasCell !== true || table.rows === table.seen) continue;
      if (decodeHtmlText(page.slice(from, to)).trim() === "") continue;
      table.rows = table.seen;
      table.filled++;
    } else if (name === "table") {
      if (isClose) stack.pop();
      else {
        const count = { seen: 0, rows: 0, filled: 0, hasRow: false, hasCell: false };
        tables.push(count);
        stack.push(count);
      }
    } else if (table === undefined) continue;
    else if (name === "tr") {
      table.hasCell = false;
      table.hasRow = !isClose;
      if (!isClose) table.seen++;
    } else if (name === "td" || name === "th") {
      if (!isClose && !table.hasRow) table.seen++;
      if (!isClose) table.hasRow = true;
      table.hasCell = !isClose;
    } else if (name === "thead" || name === "tbody" || name === "tfoot") {
      table.hasCell = false;
      table.hasRow = false;
    }
  }
  return { tables, nOpen: stack.length };
}
