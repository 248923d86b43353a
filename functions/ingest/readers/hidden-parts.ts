/** Fillers of the same length, so that offsets stay. */
export const NOTHING = "\x7f";
const DATA = "\u0001";

const CDATA = "<![CDATA[";

export interface PaintedText {
  readonly text: string;
  /** Where a part begins whose end is not there yet; the length of the text where none does. */
  readonly openFrom: number;
}

/**
 * Paints over what is no element of a sheet: comments, instructions, elements named `hiddenName`;
 * CDATA becomes data whatever it looks like. In one pass, each end sought once.
 */
export function paintHiddenParts(text: string, hiddenName: string | undefined): PaintedText {
  const bang = new Cursor(text, "!");
  const question = new Cursor(text, "?");
  const name = hiddenName === undefined ? undefined : new Cursor(text, hiddenName);
  let painted = "";
  let from = 0;
  for (;;) {
    const lt = Math.min(bang.next(from), question.next(from), name?.next(from) ?? text.length);
    if (lt === text.length) break;
    const end = findEnd(text, lt, hiddenName);
    if (end === -1) return { text: painted + text.slice(from), openFrom: lt };
    const isData = text.startsWith(CDATA, lt) && end - lt > CDATA.length + 3;
    painted += text.slice(from, lt) + (isData ? DATA : NOTHING).repeat(end - lt);
    from = end;
  }
  return { text: from === 0 ? text : painted + text.slice(from), openFrom: text.length };
}

/** Index of the `<` of the next tag with one mark; the mark is sought, for `<` is everywhere. */
class Cursor {
  readonly #text: string;
  readonly #mark: string;
  #found = -1;

  constructor(text: string, mark: string) {
    this.#text = text;
    this.#mark = mark;
  }

  next(from: number): number {
    if (this.#found >= from) return this.#found;
    const text = this.#text;
    for (let at = text.indexOf(this.#mark, from); at !== -1;) {
      const lt = findTagStart(text, at);
      if (lt >= from && text[lt + 1] !== "/") return (this.#found = lt);
      at = text.indexOf(this.#mark, at + this.#mark.length);
    }
    return (this.#found = text.length);
  }
}

/** Longest prefix of a name that is looked at, characters. */
const MAX_PREFIX = 64;

/** Index of the `<` whose name holds the character at `at`, -1 where there is none. */
export function findTagStart(text: string, at: number): number {
  const stop = Math.max(at - MAX_PREFIX, 0);
  for (let index = at - 1; index >= stop; index--) {
    const character = text[index] as string;
    if (character === "<") return index;
    if (!/[\w.:/-]/.test(character)) return -1;
  }
  return -1;
}

function findEnd(text: string, lt: number, hiddenName: string | undefined): number {
  const behind = (mark: string, from: number) => {
    const index = text.indexOf(mark, from);
    return index === -1 ? -1 : index + mark.length;
  };
  if (text[lt + 1] === "?") return behind("?>", lt + 2);
  if (text[lt + 1] === "!") {
    if (text.length < lt + CDATA.length) return -1;
    if (text.startsWith("<!--", lt)) return behind("-->", lt + 4);
    return text.startsWith(CDATA, lt) ? behind("]]>", lt + CDATA.length) : behind(">", lt);
  }
  const gt = text.indexOf(">", lt);
  if (gt === -1) return -1;
  // A longer name that only begins or ends alike is no hidden part: its tag alone is passed.
  const isWhole = new RegExp(`^<(?:[\\w.-]+:)?${hiddenName}(?=[\\s>])`)
    .test(text.slice(lt, gt + 1));
  if (!isWhole || text[gt - 1] === "/") return gt + 1;
  for (let at = text.indexOf(`${hiddenName}`, gt); at !== -1;) {
    const close = findTagStart(text, at);
    if (close !== -1 && text[close + 1] === "/") return behind(">", close);
    at = text.indexOf(`${hiddenName}`, at + 1);
  }
  return -1;
}
