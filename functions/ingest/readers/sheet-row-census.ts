/** What marks a row, and a value inside a row, in one kind of sheet XML. */
export interface RowMarks {
  /** Global, matching the open tag of a row up to its `>`. */
  readonly row: RegExp;
  /** Attribute with the 1-based row number, and one with rows that are skipped behind it. */
  readonly rowNumber: RegExp;
  readonly span?: RegExp;
  readonly value: RegExp;
}

export const XLSX_MARKS: RowMarks = {
  row: /<(?:[\w.-]+:)?row(?=[\s>/])[^>]*>/g,
  rowNumber: /\sr\s*=\s*["'](\d+)["']/,
  value: /<(?:[\w.-]+:)?v(?:\s[^>]*)?>(?!<\/)|<(?:[\w.-]+:)?is[\s>/]/,
};

/**
 * Counts the rows of a sheet up to the last one that holds a value, by walking the open tags of
 * rows in the bytes, without the scanner of cells: the witness against which it must balance.
 */
export class SheetRowCensus {
  readonly #marks: RowMarks;
  #rest = "";
  #row = 0;
  #lastWithValue = 0;
  #rowIsOpen = false;
  #skipBehind = 0;

  constructor(marks: RowMarks) {
    this.#marks = marks;
  }

  get rows(): number {
    return this.#lastWithValue;
  }

  /** `latin1` text: only ASCII is looked at, so that nothing needs decoding. */
  write(latin1: string): void {
    const text = withoutHidden(this.#rest + latin1);
    // A tag, comment or the look behind a value tag may continue in the next chunk.
    const hidden = text.lastIndexOf("<!");
    const lastTag = text.lastIndexOf("<", text.lastIndexOf("<") - 1);
    const cut = hidden === -1 ? Math.max(lastTag, 0) : Math.min(hidden, Math.max(lastTag, 0));
    this.#walk(text.slice(0, cut));
    this.#rest = text.slice(cut);
  }

  end(): void {
    this.#walk(this.#rest);
    this.#rest = "";
  }

  #walk(text: string): void {
    const pattern = this.#marks.row;
    pattern.lastIndex = 0;
    let from = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      this.#lookForValue(text, from, match.index);
      const tag = match[0];
      const given = this.#marks.rowNumber.exec(tag)?.[1];
      this.#row = given === undefined ? this.#row + 1 + this.#skipBehind : Number(given);
      this.#skipBehind = Number((this.#marks.span?.exec(tag) ?? ["", "0"])[1]);
      this.#rowIsOpen = !tag.endsWith("/>");
      from = pattern.lastIndex;
    }
    this.#lookForValue(text, from, text.length);
  }

  #lookForValue(text: string, from: number, to: number): void {
    if (!this.#rowIsOpen || this.#row <= this.#lastWithValue || from === to) return;
    if (this.#marks.value.test(text.slice(from, to))) this.#lastWithValue = this.#row;
  }
}

/** Without comments and CDATA: what stands in them is no tag. */
function withoutHidden(text: string): string {
  if (!text.includes("<!")) return text;
  return text.replace(/<!--[\s\S]*?-->/g, "").replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "\u0001");
}
