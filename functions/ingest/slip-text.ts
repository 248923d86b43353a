/** Excel's limit of characters (UTF-16 units) in one cell. */
export const cellCharacters = 32_767;

/** Ends a text that had to be cut. */
export const cutMark = "…（过长，已截断）";

// XML 1.0 has no other control characters; half a surrogate pair is no character either.
// oxlint-disable-next-line no-control-regex
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/;
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
const halves = new RegExp("[\\ufffe\\uffff]|[\\ud800-\\udbff](?![\\udc00-\\udfff])" +
  "|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]", "g");
const controlPictures = 0x2400;

/**
 * A text as every slip shows it, in XLSX and CSV alike: control characters that XML does not have
 * as their visible pictures (NUL → ␀), half surrogate pairs as U+FFFD, cut at Excel's limit.
 */
export function slipText(text: string): string {
  let shown = text;
  if (unwritable.test(shown)) {
    shown = shown
      .replace(controls, (c) => String.fromCharCode(controlPictures + c.charCodeAt(0)))
      .replace(halves, "\uFFFD");
  }
  if (shown.length <= cellCharacters) return shown;
  const kept = cellCharacters - cutMark.length;
  const isPair = (shown.charCodeAt(kept - 1) & 0xfc00) === 0xd800;
  return shown.slice(0, isPair ? kept - 1 : kept) + cutMark;
}

/**
 * Whether a spreadsheet could take the text for a formula when a CSV is opened or the cell edited:
 * it begins with = + - @ (also full-width), TAB, CR or LF.
 */
export function isFormulaLike(text: string): boolean {
  switch (text.charCodeAt(0)) {
    case 0x3d: case 0x2b: case 0x2d: case 0x40: case 0x09: case 0x0a: case 0x0d:
    case 0xff1d: case 0xff0b: case 0xff0d: case 0xff20:
      return true;
    default:
      return false;
  }
}
