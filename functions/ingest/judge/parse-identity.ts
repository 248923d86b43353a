import { dayNumber } from "./calendar.ts";

/** 6-20 ASCII letters or digits. */
export function isTeacherNo(text: string): boolean {
  return text.length >= 6 && text.length <= 20 && hasOnly(text, isLetterOrDigit);
}

/** Whether a text is somebody's identity number of 18 characters, in whatever column it stands. */
export function isIdentityNumber(text: string): boolean {
  return text.length === 18 && isCheckedNumber(text);
}

/** 18-character number, `ruined`, or `invalid`. */
export type IdReading =
  | { readonly value: string; readonly fault: null }
  | { readonly value: null; readonly fault: "invalid" | "ruined" };

const invalid: IdReading = { value: null, fault: "invalid" };
const ruined: IdReading = { value: null, fault: "ruined" };
const found = (value: string): IdReading => ({ value, fault: null });
const floatForm = /^\d(?:\.\d+)?E\+?\d+$/i;

/**
 * Identity number from compact text. `isOtherDocument`: the row names a document other than the
 * 身份证; then 5-20 letters, digits and brackets pass.
 */
export function parseIdNumber(text: string, isOtherDocument: boolean): IdReading {
  if (text.length === 18 && !isOtherDocument && isCheckedNumber(text)) {
    return found(text.endsWith("x") ? `${text.slice(0, 17)}X` : text);
  }
  // Before the test for floats: a passport's number can read 5E12345.
  if (isOtherDocument && text.length >= 5 && text.length <= 20
    && hasOnly(text, isLetterDigitOrBracket)) return found(text);
  if (text.includes("*") || floatForm.test(text)) return ruined;
  if (isOtherDocument) return invalid;
  if (text.length === 15 && hasOnly(text, isDigit)) {
    const body = `${text.slice(0, 6)}19${text.slice(6)}`;
    return isBirthDate(body) ? found(body + checkDigit(body)) : invalid;
  }
  return invalid;
}

function isCheckedNumber(text: string): boolean {
  for (let i = 0; i < 17; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return isBirthDate(text) && text.slice(17).toUpperCase() === checkDigit(text);
}

function isBirthDate(text: string): boolean {
  const pair = (at: number) => (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
  const year = pair(6) * 100 + pair(8);
  return year >= 1800 && year <= 2100 && dayNumber(year, pair(10), pair(12)) !== undefined;
}

// GB 11643: weights 2^(17-i) mod 11.
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function checkDigit(text: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (text.charCodeAt(i) - 0x30) * (weights[i] as number);
  return "10X98765432"[sum % 11] as string;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
function isLetterOrDigit(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}
function isLetterDigitOrBracket(c: number): boolean {
  return isLetterOrDigit(c) || c === 0x28 || c === 0x29;
}
function hasOnly(text: string, test: (c: number) => boolean): boolean {
  for (let i = 0; i < text.length; i++) if (!test(text.charCodeAt(i))) return false;
  return true;
}

/** Whether every character is an ASCII digit and there are `length` of them. */
export function isDigits(text: string, length: number): boolean {
  return text.length === length && hasOnly(text, isDigit);
}
