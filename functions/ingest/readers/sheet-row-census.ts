/** What marks sheets, rows and values in one kind of sheet XML. */
export interface RowMarks {
  /** Local name of the element of a sheet, where several stand in one XML. */
  readonly sheetName?: string;
  /** Local name of the element of a row. */
  readonly rowName: string;
  /** Attribute with the 1-based row number, and one with rows that are skipped behind it. */
  readonly rowNumber: RegExp;
  readonly span?: RegExp;
  readonly value: RegExp;
  /** Local name of an element whose content is no part of any row. */
  readonly hiddenName?: string;
}

export interface SheetRows {
  /** Open tag of the sheet as it stands, '' where the XML is one sheet. */
  readonly tag: string;
  /** Rows up to the last one that holds a value. */
  rows: number;
  /** Rows stand in ascending order, as they should. */
  isOrdered: boolean;
}

export const XLSX_MARKS: RowMarks = {
  rowName: "row",
  rowNumber: /\sr\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?v(?:\s[^>]*)?>(?!<\/)|<(?:[\w.-]+:)?is[\s>/]/,
};

export const SPREADSHEETML_MARKS: RowMarks = {
  sheetName: "Worksheet",
  rowName: "Row",
  rowNumber: /[\s:]Index\s*=\s*["'](\d+)["']/,
  span: /[\s:]Span\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?Data[\s>/]/,
  // Comments of cells hold `Data` too.
  hiddenName: "Comment",
};

/**
 * Counts the rows of sheets up to the last one that holds a value, by walking the open tags of
 * rows in the bytes, without the scanner of cells: the witness against which it must balance.
 */
export class SheetRowCensus {
  readonly sheets: SheetRows[] = [];
  readonly #marks: RowMarks;
  readonly #tags: RegExp;
  readonly #hidden: RegExp;
  readonly #hiddenOpen: RegExp;
  #rest = "";
  #row = 0;
  #rowIsOpen = false;
  #skipBehind = 0;

  constructor(marks: RowMarks) {
    this.#marks = marks;
    const prefix = "(?:[\\w.-]+:)?";
    const names = marks.sheetName === undefined ? "" : `|${marks.sheetName}`;
    this.#tags = new RegExp(`<${prefix}(${marks.rowName}${names})(?=[\\s>/])[^>]*>`, "g");
    const element = `<${prefix}${marks.hiddenName}(?=[\\s>])`;
    const hidesElement = marks.hiddenName !== undefined;
    this.#hidden = new RegExp(
      `<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>${
        hidesElement ? `|${element}[^]*?</${prefix}${marks.hiddenName}\\s*>` : ""
      }`,
      "g",
    );
    this.#hiddenOpen = new RegExp(`<!${hidesElement ? `|${element}` : ""}`);
    if (marks.sheetName === undefined) this.sheets.push({ tag: "", rows: 0, isOrdered: true });
  }

  /** `latin1` text: only ASCII is looked at, so that nothing needs decoding. */
  write(latin1: string): void {
    const text = this.#withoutHidden(this.#rest + latin1);
    // A tag, or the look behind a value's tag, may continue in the next chunk.
    const lastTags = Math.max(text.lastIndexOf("<", text.lastIndexOf("<") - 1), 0);
    const hidden = text.search(this.#hiddenOpen);
    const cut = hidden === -1 ? lastTags : Math.min(hidden, lastTags);
    this.#walk(text.slice(0, cut));
    this.#rest = text.slice(cut);
  }

  end(): void {
    this.#walk(this.#rest);
    this.#rest = "";
  }

  #walk(text: string): void {
    let from = 0;
    for (const match of text.matchAll(this.#tags)) {
      const tag = match[0];
      this.#lookForValue(text, from, match.index);
      from = match.index + tag.length;
      if (match[1] === this.#marks.rowName) this.#takeRow(tag);
      else this.#takeSheet(tag);
    }
    this.#lookForValue(text, from, text.length);
  }

  #takeSheet(tag: string): void {
    this.sheets.push({ tag, rows: 0, isOrdered: true });
    this.#row = 0;
    this.#skipBehind = 0;
    this.#rowIsOpen = false;
  }

  #takeRow(tag: string): void {
    const given = this.#marks.rowNumber.exec(tag)?.[1];
    const row = given === undefined ? this.#row + 1 + this.#skipBehind : Number(given);
    const sheet = this.sheets.at(-1);
    if (sheet !== undefined && row < this.#row) sheet.isOrdered = false;
    this.#row = row;
    this.#skipBehind = Number(this.#marks.span?.exec(tag)?.[1] ?? 0);
    this.#rowIsOpen = !tag.endsWith("/>");
  }

  #lookForValue(text: string, from: number, to: number): void {
    const sheet = this.sheets.at(-1);
    if (sheet === undefined || !this.#rowIsOpen || this.#row <= sheet.rows || from === to) return;
    if (this.#marks.value.test(text.slice(from, to))) sheet.rows = this.#row;
  }

  /** Without comments; CDATA is data whatever it looks like. */
  #withoutHidden(text: string): string {
    if (!this.#hiddenOpen.test(text)) return text;
    return text.replace(this.#hidden, (part) => (part.startsWith("<![CDATA[") ? "\u0001" : ""));
  }
}
