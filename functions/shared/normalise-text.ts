// Invisible characters of rows.md; TAB, LF and CR are white space, not control characters here.
const invisible =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g;
const whiteSpace = /[\t\n\r \u3000]+/g;

/**
 * Text of a cell after the rules for every kind (rows.md, *Cells*): NFKC, invisible characters
 * out, white space to single spaces, trimmed. Plain ASCII and Han text comes back untouched.
 */
export function normaliseText(text: string): string {
  let afterSpace = true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c > 0x20 && c < 0x7f) || (c >= 0x4e00 && c <= 0x9fff) || (c > 0x3000 && c < 0x3012)) {
      afterSpace = false;
    } else if (c === 0x20 && !afterSpace) {
      afterSpace = true;
    } else {
      return normaliseSlowly(text);
    }
  }
  return afterSpace ? normaliseSlowly(text) : text;
}

function normaliseSlowly(text: string): string {
  const spaced = text.normalize("NFKC").replace(invisible, "").replace(whiteSpace, " ");
  const start = spaced.startsWith(" ") ? 1 : 0;
  const end = spaced.length > start && spaced.endsWith(" ") ? spaced.length - 1 : spaced.length;
  return start === 0 && end === spaced.length ? spaced : spaced.slice(start, end);
}
