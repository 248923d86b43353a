/** A tag of a page or the text between two of them. */
export interface HtmlPiece {
  /** Index of its first character, and of the one behind it. */
  readonly from: number;
  readonly to: number;
  /** Lower-case name of a tag, `#text`, '' for comments and declarations. */
  readonly name: string;
  readonly isClose: boolean;
}

/** Longest tag whose quotes are heeded, characters; in longer ones the first `>` ends it. */
const MAX_QUOTED_TAG = 65_536;

/** Walks a page in order; the content of `script` and `style` is passed over. */
export function* walkPage(page: string): Generator<HtmlPiece> {
  let behind = 0;
  for (let lt = page.indexOf("<"); lt !== -1;) {
    const tag = readTag(page, lt);
    if (tag === undefined) {
      lt = page.indexOf("<", lt + 1);
      continue;
    }
    if (lt > behind) yield { from: behind, to: lt, name: "#text", isClose: false };
    yield tag;
    const isRaw = !tag.isClose && (tag.name === "script" || tag.name === "style");
    behind = isRaw ? findRawEnd(page, tag) : tag.to;
    lt = page.indexOf("<", behind);
  }
  if (behind < page.length) yield { from: behind, to: page.length, name: "#text", isClose: false };
}

function readTag(page: string, from: number): HtmlPiece | undefined {
  const next = page.charCodeAt(from + 1);
  // `!` and `?`: comments, declarations, instructions.
  if (next === 0x21 || next === 0x3f) {
    const isComment = page.startsWith("<!--", from);
    const end = page.indexOf(isComment ? "-->" : ">", isComment ? from + 4 : from);
    const to = end === -1 ? page.length : end + (isComment ? 3 : 1);
    return { from, to, name: "", isClose: false };
  }
  const isClose = next === 0x2f;
  const nameFrom = from + (isClose ? 2 : 1);
  let nameTo = nameFrom;
  while (isNameCharacter(page.charCodeAt(nameTo))) nameTo++;
  // A `<` without a name is text.
  if (nameTo === nameFrom) return undefined;
  const name = page.slice(nameFrom, nameTo).toLowerCase();
  return { from, to: findTagEnd(page, nameTo), name, isClose };
}

function isNameCharacter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39)
    || code === 0x3a || code === 0x2d;
}

function findTagEnd(page: string, from: number): number {
  let quote = 0;
  const limit = Math.min(page.length, from + MAX_QUOTED_TAG);
  for (let at = from; at < limit; at++) {
    const code = page.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) return at + 1;
    else if (code === 0x22 || code === 0x27) quote = code;
  }
  const gt = page.indexOf(">", from);
  return gt === -1 ? page.length : gt + 1;
}

function findRawEnd(page: string, { name, to }: HtmlPiece): number {
  const close = new RegExp(`</${name}`, "gi");
  close.lastIndex = to;
  return close.exec(page)?.index ?? page.length;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&", apos: "'", gt: ">", lt: "<", quot: '"', nbsp: " ", ensp: " ", emsp: " ", thinsp: " ",
  ldquo: "“", rdquo: "”", lsquo: "‘", rsquo: "’", mdash: "—", ndash: "–", hellip: "…",
  middot: "·", times: "×", deg: "°", yen: "¥",
};

/** Text of a page with its character references resolved; unknown ones stay as they stand. */
export function decodeHtmlText(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-f]{1,8}|#\d{1,8}|\w{1,16});?/gi, (whole, name: string) => {
    if (!name.startsWith("#")) {
      return whole.endsWith(";") ? (ENTITIES[name.toLowerCase()] ?? whole) : whole;
    }
    const isHex = name[1] === "x" || name[1] === "X";
    const code = Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
