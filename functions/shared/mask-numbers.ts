// 18 characters of an identity card, its 15 digits of before 1999, a mobile number of 11 digits.
const personal = /(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9])/g;
// The same in full-width digits.
const personalWide = /(?<![０-９])(?:[０-９]{17}[０-９Ｘｘ]|[０-９]{15}|１[３-９][０-９]{9})(?![０-９])/g;

/**
 * A text with every run of digits masked that may be an identity number or a mobile number: for
 * names of files and titles of columns where logs, messages and pages show them. A number of
 * another meaning and the same length is masked too; names of persons cannot be told from words.
 */
export function maskNumbers(text: string): string {
  const mask = (number: string): string => "*".repeat(number.length);
  return text.replace(personal, mask).replace(personalWide, mask);
}
