import { dayNumber } from "./calendar.ts";

/** A calendar day and, where the cell had one, the second of that day; Asia/Shanghai wall time. */
export interface DayReading {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Second of the day; undefined where the cell had no time. */
  readonly second: number | undefined;
}

const FIRST_DAY = dayNumber(2000, 1, 1) as number;
const LAST_DAY = dayNumber(2100, 12, 31) as number;
/** Day number of serial 0 of the 1900 system, for serials after its false leap day. */
const SERIAL_ORIGIN = dayNumber(1899, 12, 30) as number;
/** Days between the two systems of serials. */
const SHIFT_1904 = 1_462;
const SHANGHAI_OFFSET_SECONDS = 8 * 3600;

/**
 * Reads normalised text of a day, instant or event in the forms of rows.md (*Kinds of field*).
 * Undefined where it is none of them or its year is outside 2000-2100.
 */
export function parseDay(text: string, is1904: boolean): DayReading | undefined {
  const reading = readForms(text, is1904);
  if (!reading) return undefined;
  return isInRange(reading.day) ? reading : undefined;
}

export function isInRange(day: number): boolean {
  return day >= FIRST_DAY && day <= LAST_DAY;
}

function readForms(text: string, is1904: boolean): DayReading | undefined {
  const year = digits(text, 0, 4);
  if (year < 0) return undefined;
  const c = text.charCodeAt(4);
  if (c >= 0x30 && c <= 0x39) {
    if (text.length === 5 || text.charCodeAt(5) === 0x2e) return readSerial(text, is1904);
    const monthDay = digits(text, 4, 4);
    if (monthDay < 0) return undefined;
    return finish(text, 8, year, Math.floor(monthDay / 100), monthDay % 100, "compact");
  }
  const isHan = c === 0x5e74; // 年
  if (!isHan && c !== 0x2d && c !== 0x2f && c !== 0x2e) return undefined;
  const monthWidth = digitRun(text, 5);
  const month = digits(text, 5, monthWidth);
  const afterMonth = 5 + monthWidth;
  if (month < 0 || monthWidth > 2) return undefined;
  if (text.charCodeAt(afterMonth) !== (isHan ? 0x6708 : c)) return undefined; // 月
  const dayWidth = digitRun(text, afterMonth + 1);
  const day = digits(text, afterMonth + 1, dayWidth);
  let end = afterMonth + 1 + dayWidth;
  if (day < 0 || dayWidth > 2) return undefined;
  if (isHan && text.charCodeAt(end++) !== 0x65e5) return undefined; // 日
  const isIso = c === 0x2d && monthWidth === 2 && dayWidth === 2;
  return finish(text, end, year, month, day, isIso ? "extended" : "local");
}

/** Which ISO 8601 form the date has; only those may carry a zone. */
type DateForm = "compact" | "extended" | "local";

function finish(
  text: string, end: number, year: number, month: number, dayOfMonth: number, form: DateForm,
): DayReading | undefined {
  const day = dayNumber(year, month, dayOfMonth);
  if (day === undefined) return undefined;
  if (end === text.length) return { day, second: undefined };
  const c = text.charCodeAt(end);
  if (c !== 0x20 && c !== 0x54) return undefined;
  return readTime(text, end + 1, day, form);
}

function readTime(
  text: string, start: number, day: number, form: DateForm,
): DayReading | undefined {
  const hourWidth = digitRun(text, start);
  if (hourWidth === 6 && form === "compact") return readBasicTime(text, start, day);
  const hour = hourWidth <= 2 ? digits(text, start, hourWidth) : -1;
  let i = start + hourWidth;
  if (hour < 0 || hour > 23 || text.charCodeAt(i) !== 0x3a) return undefined;
  const minute = digitRun(text, i + 1) === 2 ? digits(text, i + 1, 2) : -1;
  if (minute < 0 || minute > 59) return undefined;
  i += 3;
  let second = 0;
  let hasSeconds = false;
  if (text.charCodeAt(i) === 0x3a) {
    second = digitRun(text, i + 1) === 2 ? digits(text, i + 1, 2) : -1;
    if (second < 0 || second > 59) return undefined;
    i += 3;
    hasSeconds = true;
  }
  const secondOfDay = hour * 3600 + minute * 60 + second;
  if (i === text.length) return { day, second: secondOfDay };
  if (form === "local" || hourWidth !== 2) return undefined;
  return readZone(text.slice(i), hasSeconds, day, secondOfDay);
}

/** `080509` of ISO 8601's basic form, which needs its zone to be told from a number. */
function readBasicTime(text: string, start: number, day: number): DayReading | undefined {
  const hour = digits(text, start, 2);
  const minute = digits(text, start + 2, 2);
  const second = digits(text, start + 4, 2);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return readZone(text.slice(start + 6), true, day, hour * 3600 + minute * 60 + second);
}

const zoneForm = /^(?:[.,]\d+)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)$/;

/** ISO 8601 zone after an optional fraction of a second, which is dropped. */
function readZone(
  rest: string, hasSeconds: boolean, day: number, second: number,
): DayReading | undefined {
  const match = zoneForm.exec(rest);
  if (!match || (!hasSeconds && /^[.,]/.test(rest))) return undefined;
  const hours = Number(match[2] ?? 0);
  const minutes = Number(match[3] ?? 0);
  if (hours > 23 || minutes > 59) return undefined;
  // ISO 8601 knows no negative zero offset.
  if (match[1] === "-" && hours === 0 && minutes === 0) return undefined;
  const offset = (match[1] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
  const wall = day * 86_400 + second - offset + SHANGHAI_OFFSET_SECONDS;
  const wallDay = Math.floor(wall / 86_400);
  return { day: wallDay, second: wall - wallDay * 86_400 };
}

const serialForm = /^\d{5}(?:\.\d+)?$/;

function readSerial(text: string, is1904: boolean): DayReading | undefined {
  if (!serialForm.test(text)) return undefined;
  const serial = Number(text);
  if (serial < 30_000 || serial > 60_000) return undefined;
  const whole = Math.floor(serial);
  let second = Math.round((serial - whole) * 86_400);
  let day = SERIAL_ORIGIN + whole + (is1904 ? SHIFT_1904 : 0);
  if (second === 86_400) {
    day += 1;
    second = 0;
  }
  return { day, second: second === 0 ? undefined : second };
}

/** Number of `width` digits at `start`; -1 where one of them is no digit or there are none. */
function digits(text: string, start: number, width: number): number {
  if (width === 0) return -1;
  let value = 0;
  for (let i = start; i < start + width; i++) {
    const c = text.charCodeAt(i);
    if (!(c >= 0x30 && c <= 0x39)) return -1;
    value = value * 10 + c - 0x30;
  }
  return value;
}

/** How many digits stand at `start`; a month of three digits is then no month. */
function digitRun(text: string, start: number): number {
  let i = start;
  while (text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) i++;
  return i - start;
}
