import { RefusalError } from "./open-options.ts";
import {
  BANG, cdataText, findMarkupEnd, findTagEnd, isCdata, localNameStart, LT, QUESTION, SLASH,
  SPACE, textOf,
} from "./xml-tags.ts";

/** Strings that are kept once decoded; of larger tables every use is decoded anew. */
const MAX_KEPT = 2_000_000;

/** More than a sheet of a million rows has in fifteen columns of unique texts. */
const MAX_STRINGS = 2 ** 24;

/**
 * The strings of a workbook by number: places in the UTF-8 bytes of the table, decoded when a
 * cell asks for them. Throws `RefusalError` where the XML is damaged.
 */
export class SharedStrings {
  readonly #bytes: Buffer;
  /** Of each string: start and end of its content. */
  #places = new Int32Array(1_024);
  #count = 0;
  readonly #kept: string[] = [];
  readonly #maxCount: number;

  constructor(bytes: Buffer, maxCount = MAX_STRINGS) {
    this.#bytes = bytes;
    this.#maxCount = maxCount;
    this.#findPlaces();
  }

  get(index: number): string | undefined {
    const kept = this.#kept[index];
    if (kept !== undefined) return kept;
    if (!(index >= 0 && index < this.#count)) return undefined;
    const text = this.#decode(
      this.#places[index * 2] as number, this.#places[index * 2 + 1] as number,
    );
    if (this.#count <= MAX_KEPT) this.#kept[index] = text;
    return text;
  }

  #findPlaces(): void {
    const bytes = this.#bytes;
    let open = -1;
    let depth = 0;
    for (let lt = bytes.indexOf(LT); lt !== -1; ) {
      const first = bytes[lt + 1];
      let gt: number;
      if (first === BANG || first === QUESTION) gt = findMarkupEnd(bytes, lt) - 1;
      else {
        const isClose = first === SLASH;
        const from = isClose ? lt + 2 : lt + 1;
        gt = findTagEnd(bytes, from);
        if (gt >= 0) {
          const isEmpty = bytes[gt - 1] === SLASH;
          if (isClose) depth--;
          else if (!isEmpty) depth++;
          if (isItem(bytes, from, gt)) {
            if (isClose) {
              if (open === -1) throw new RefusalError("unreadable", "shared strings are damaged");
              this.#add(open, lt);
              open = -1;
            } else if (open !== -1) {
              throw new RefusalError("unreadable", "shared strings are damaged");
            } else if (isEmpty) this.#add(gt, gt);
            else open = gt + 1;
          }
        }
      }
      if (gt < 0) throw new RefusalError("unreadable", "XML ends inside an element");
      lt = gt + 1;
      while (lt < bytes.length && bytes[lt] !== LT) lt++;
      if (lt >= bytes.length) break;
    }
    if (depth !== 0) throw new RefusalError("unreadable", "XML ends inside an element");
  }

  #add(from: number, to: number): void {
    if (this.#count === this.#maxCount) {
      throw new RefusalError("too_large", `more than ${this.#maxCount} shared strings`);
    }
    if (this.#count * 2 === this.#places.length) {
      const larger = new Int32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#count * 2] = from;
    this.#places[this.#count * 2 + 1] = to;
    this.#count++;
  }

  /** Text of one `si`: its runs joined, phonetic runs left out. */
  #decode(start: number, end: number): string {
    const bytes = this.#bytes;
    let text = "";
    let phoneticDepth = 0;
    let inText = false;
    for (let at = start; at < end; ) {
      let lt = at;
      while (lt < end && bytes[lt] !== LT) lt++;
      if (inText && lt > at) {
        const piece = textOf(bytes, at, lt);
        text = text === "" ? piece : text + piece;
      }
      if (lt === end) break;
      const first = bytes[lt + 1];
      if (first === BANG || first === QUESTION) {
        at = findMarkupEnd(bytes, lt);
        if (inText && first === BANG && isCdata(bytes, lt)) text += cdataText(bytes, lt, at);
        continue;
      }
      const isClose = first === SLASH;
      const from = isClose ? lt + 2 : lt + 1;
      const gt = findTagEnd(bytes, from);
      const isEmpty = bytes[gt - 1] === SLASH;
      let to = from;
      while (to < gt && (bytes[to] as number) > SPACE && bytes[to] !== SLASH) to++;
      const name = localNameStart(bytes, from, to);
      if (to - name === 1 && bytes[name] === 0x74) {
        inText = !isClose && !isEmpty && phoneticDepth === 0;
      } else if (to - name === 3 && bytes.toString("latin1", name, to) === "rPh" && !isEmpty) {
        phoneticDepth += isClose ? -1 : 1;
      }
      at = gt + 1;
    }
    return decodeEscapes(text);
  }
}

/** Whether the name that begins at `from` is `si`, with any prefix. */
function isItem(bytes: Buffer, from: number, to: number): boolean {
  let end = from;
  while (end < to && (bytes[end] as number) > SPACE && bytes[end] !== SLASH) end++;
  if (bytes[end - 1] !== 0x69 || bytes[end - 2] !== 0x73) return false;
  return localNameStart(bytes, from, end) === end - 2;
}

/** Workbooks write control characters as `_x000D_`. */
export function decodeEscapes(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
