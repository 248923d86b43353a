import { RefusalError } from "./open-options.ts";

export interface XmlHandler {
  /** Local name (no prefix). A self-closing tag is opened and closed. */
  open(name: string, tag: XmlScanner): void;
  close(name: string): void;
  /** Text or CDATA between two tags; may come in several parts. */
  text(value: string): void;
}

/** Characters of one tag or text that may wait for their end. */
const MAX_TOKEN_LENGTH = 64 * 1024 ** 2;

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const COLON = 0x3a;
const EQUALS = 0x3d;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const SPACE = 0x20;

/** One-letter names come once for every cell. */
const LETTERS = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/**
 * Streams XML as events, without trees, declared entities or validation. Document types are no part
 * of any workbook and are refused, so nothing expands. Unclosed tokens at the end are refused as `unreadable`.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  #source = "";
  /** Attributes of the tag that is being opened: index range in the source. */
  #from = 0;
  #to = 0;
  #isParsed = false;
  /** Of each attribute: start and end of its local name, start and end of its value. */
  readonly #places: number[] = [];
  #depth = 0;

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  write(text: string): void {
    const source = this.#source === "" ? text : this.#source + text;
    this.#source = source;
    let at = 0;
    for (;;) {
      const lt = source.indexOf("<", at);
      if (lt === -1) break;
      if (lt > at && this.#depth > 0) this.#handler.text(decodeEntities(source.slice(at, lt)));
      const next = this.#readMarkup(source, lt);
      if (next === -1) {
        at = lt;
        break;
      }
      at = next;
    }
    this.#source = source.slice(at);
    if (this.#source.length > MAX_TOKEN_LENGTH) {
      throw new RefusalError("too_large", "XML text or tag over 64 M characters");
    }
  }

  end(): void {
    if (this.#depth > 0 || this.#source.includes("<")) {
      throw new RefusalError("unreadable", "XML ends inside an element");
    }
  }

  /** Value of an attribute of the tag being opened, by local name. */
  attribute(name: string): string | undefined {
    if (!this.#isParsed) this.#parseAttributes();
    const source = this.#source;
    const places = this.#places;
    for (let i = 0; i < places.length; i += 4) {
      const start = places[i] as number;
      if ((places[i + 1] as number) - start !== name.length) continue;
      if (!source.startsWith(name, start)) continue;
      return decodeEntities(source.slice(places[i + 2] as number, places[i + 3] as number));
    }
    return undefined;
  }

  #parseAttributes(): void {
    const source = this.#source;
    const to = this.#to;
    const places = this.#places;
    places.length = 0;
    this.#isParsed = true;
    let at = this.#from;
    while (at < to) {
      while (at < to && source.charCodeAt(at) <= SPACE) at++;
      if (at === to) return;
      let start = at;
      let code = source.charCodeAt(at);
      while (at < to && code !== EQUALS && code > SPACE) {
        if (code === COLON) start = at + 1;
        else if (code === DOUBLE || code === SINGLE) throw damagedTag();
        code = source.charCodeAt(++at);
      }
      const nameEnd = at;
      while (at < to && source.charCodeAt(at) <= SPACE) at++;
      if (source.charCodeAt(at) !== EQUALS) throw damagedTag();
      at++;
      while (at < to && source.charCodeAt(at) <= SPACE) at++;
      const quote = source.charCodeAt(at);
      if (quote !== DOUBLE && quote !== SINGLE) throw damagedTag();
      const close = source.indexOf(quote === DOUBLE ? '"' : "'", at + 1);
      if (close === -1 || close > to) throw damagedTag();
      places.push(start, nameEnd, at + 1, close);
      at = close + 1;
    }
  }

  /** Index behind the markup at `lt`, -1 where its end is not there yet. */
  #readMarkup(source: string, lt: number): number {
    const first = source.charCodeAt(lt + 1);
    if (first === BANG) return this.#readDeclaration(source, lt);
    if (first === QUESTION) return findBehind(source, "?>", lt + 2);
    if (first === SLASH) {
      const gt = source.indexOf(">", lt + 2);
      if (gt === -1) return -1;
      if (source.lastIndexOf("<", gt) !== lt) throw damagedTag();
      this.#depth--;
      this.#handler.close(localName(source, lt + 2, gt));
      return gt + 1;
    }
    const gt = findTagEnd(source, lt + 1);
    if (gt === -1) return -1;
    if (source.lastIndexOf("<", gt) !== lt) throw damagedTag();
    const isSelfClosing = source.charCodeAt(gt - 1) === SLASH;
    const end = isSelfClosing ? gt - 1 : gt;
    let nameEnd = lt + 1;
    for (let code = 0; nameEnd < end; nameEnd++) {
      code = source.charCodeAt(nameEnd);
      if (code <= SPACE) break;
      if (code === DOUBLE || code === SINGLE) throw damagedTag();
    }
    if (nameEnd < end && !/\s/.test(source[nameEnd] as string)) throw damagedTag();
    const name = localName(source, lt + 1, nameEnd);
    this.#from = nameEnd;
    this.#to = end;
    this.#isParsed = false;
    this.#depth++;
    this.#handler.open(name, this);
    if (isSelfClosing) {
      this.#depth--;
      this.#handler.close(name);
    }
    return gt + 1;
  }

  #readDeclaration(source: string, lt: number): number {
    if (source.length < lt + 9) return -1;
    if (source.startsWith("<!--", lt)) return findBehind(source, "-->", lt + 4);
    if (source.startsWith("<![CDATA[", lt)) {
      const end = source.indexOf("]]>", lt + 9);
      if (end === -1) return -1;
      this.#handler.text(source.slice(lt + 9, end));
      return end + 3;
    }
    throw new RefusalError("unreadable", "XML holds a document type");
  }
}

function damagedTag(): RefusalError {
  return new RefusalError("unreadable", "XML tag is damaged");
}

function findBehind(source: string, mark: string, from: number): number {
  const index = source.indexOf(mark, from);
  return index === -1 ? -1 : index + mark.length;
}

/** Index of the `>` that ends a tag; one inside an attribute's value does not. */
function findTagEnd(source: string, from: number): number {
  const gt = source.indexOf(">", from);
  if (gt === -1) return -1;
  const before = source.charCodeAt(gt - 1);
  const endsValue = before === DOUBLE || before === SINGLE;
  if ((endsValue || before === SLASH) && source.charCodeAt(gt - 2) !== EQUALS) {
    // `"…">` and `/>`: the usual ends. A slash may still stand inside a value.
    if (endsValue || source.charCodeAt(gt - 2) === DOUBLE) return gt;
  }
  let quote = 0;
  for (let at = from; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === DOUBLE || code === SINGLE) quote = code;
    else if (code === GT) return at;
    else if (code === LT) throw damagedTag();
  }
  return -1;
}

function localName(source: string, from: number, to: number): string {
  if (to - from === 1) return LETTERS[source.charCodeAt(from)] ?? source.slice(from, to);
  const name = source.slice(from, to).trimEnd();
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** The five names of XML and character numbers; anything else stays as it stands. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return NAMED[name] ?? whole;
    const isHex = name[1] === "x" || name[1] === "X";
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
