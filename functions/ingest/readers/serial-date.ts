import type { RawDate } from "../raw.ts";

const DAY_MS = 86_400_000;
/** Days from 1970-01-01 back to the day of serial 0. */
const EPOCH_DAYS_1900 = 25_569;
const EPOCH_DAYS_1904 = 24_107;
/** 9999-12-31. */
const MAX_SERIAL = 2_958_465;

/** A serial of a workbook as wall time, `undefined` out of the calendar of spreadsheets. */
export function findSerialDate(serial: number, is1904: boolean): RawDate | undefined {
  if (!(serial >= 0) || serial >= MAX_SERIAL + 1) return undefined;
  if (is1904) return { kind: "date", wallMs: Math.round((serial - EPOCH_DAYS_1904) * DAY_MS) };
  // Spreadsheets count a 29 February 1900 that never was: serials before it lie a day later.
  const days = serial < 60 ? serial + 1 : serial;
  return { kind: "date", wallMs: Math.round((days - EPOCH_DAYS_1900) * DAY_MS) };
}

/** Wall time of an ISO date cell (`2021-08-19T13:24:00.000`), its zone left aside. */
export function findIsoDate(text: string): RawDate | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?\d*)?))?/.exec(text.trim());
  if (match === null) return undefined;
  const wallMs = Date.parse(`${match[1]}T${match[2] ?? "00:00"}Z`);
  return Number.isNaN(wallMs) ? undefined : { kind: "date", wallMs };
}

/** Dates among the built-in formats, those of East Asian locales (27–36, 50–58) too. */
export function isDateFormatId(id: number): boolean {
  return (
    (id >= 14 && id <= 22) ||
    (id >= 27 && id <= 36) ||
    (id >= 45 && id <= 47) ||
    (id >= 50 && id <= 58)
  );
}

/** Whether a number format shows a date or a time. */
export function isDateFormat(code: string): boolean {
  const plain = code
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\\.|_.|\*./g, "")
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "");
  if (/general/i.test(plain)) return false;
  return /[ymdhs]/i.test(plain.split(";")[0] ?? "");
}
