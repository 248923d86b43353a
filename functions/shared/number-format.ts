import type { Language } from "./messages/catalogue.ts";

/** Shown where there is nothing to divide by, or no value. */
export const nothing = "—";

const minus = "−";

/** Whole count with thousands separated: 318,204. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, ",");
  return value < 0 && digits !== "0" ? minus + digits : digits;
}

/** Number with one decimal: 2.6; `nothing` for null. */
export function formatDecimal(value: number | null | undefined, decimals = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  const text = Math.abs(value).toFixed(decimals);
  const [whole = "0", part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return value < 0 && Number(text) !== 0 ? minus + grouped : grouped;
}

/**
 * Share (0–1) as percent with one decimal. Never rounds up to 100.0 % what is not all,
 * nor down to 0.0 % what is not none.
 */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return nothing;
  const percent = share * 100;
  if (share < 1 && percent > 99.9) return "99.9%";
  if (share > 0 && percent < 0.1) return "0.1%";
  return `${percent.toFixed(1)}%`;
}

/** Difference of two shares (0–1) in points with its sign: −18.8. */
export function formatPoints(gap: number | null | undefined): string {
  if (gap === null || gap === undefined || !Number.isFinite(gap)) return nothing;
  const text = Math.abs(gap * 100).toFixed(1);
  if (Number(text) === 0) return text;
  return (gap < 0 ? minus : "+") + text;
}

/** n / d with thousands separated. */
export function formatRatio(n: number | null | undefined, d: number | null | undefined): string {
  if (d === null || d === undefined || d === 0) return nothing;
  return `${formatCount(n)} / ${formatCount(d)}`;
}

const months = [
  "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/** `2021-11-30` → 2021年11月30日, 30 Nov 2021; `nothing` for null. */
export function formatDay(day: string | null | undefined, language: Language): string {
  const parts = splitDay(day);
  if (!parts) return nothing;
  const [year, month, date] = parts;
  return language === "zh"
    ? `${year}年${month}月${date}日`
    : `${date} ${months[month - 1]} ${year}`;
}

/** The day without its year where that is the year of `asOf`. */
export function formatNearDay(
  day: string | null | undefined, asOf: string, language: Language,
): string {
  const parts = splitDay(day);
  if (!parts || !day || day.slice(0, 4) !== asOf.slice(0, 4)) return formatDay(day, language);
  const [, month, date] = parts;
  return language === "zh" ? `${month}月${date}日` : `${date} ${months[month - 1]}`;
}

/** `2021-11-30` → 2021年11月, Nov 2021. */
export function formatMonth(day: string, language: Language): string {
  const parts = splitDay(day);
  if (!parts) return nothing;
  return language === "zh" ? `${parts[0]}年${parts[1]}月` : `${months[parts[1] - 1]} ${parts[0]}`;
}

function splitDay(day: string | null | undefined): [number, number, number] | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(day ?? "");
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

/** Days since 1970-01-01 of a day. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day.slice(0, 10)}T00:00:00Z`) / 86_400_000);
}

/** The day of a number of days since 1970-01-01. */
export function dayOfNumber(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** Seconds of one 学时 (45 minutes). */
export const secondsPerHour = 2700;

/** Credit seconds as 学时 without the unit: whole from 100 on, two decimals below 1; never 0 for some. */
export function formatHours(creditSeconds: number | null | undefined): string {
  if (creditSeconds === null || creditSeconds === undefined) return nothing;
  const hours = creditSeconds / secondsPerHour;
  if (Math.abs(hours) >= 100 || Number.isInteger(hours)) return formatCount(hours);
  return hours > 0 && hours < 1 ? formatDecimal(Math.max(0.01, hours), 2) : formatDecimal(hours);
}

/** Bytes as kB, MB, GB (decimal). */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return nothing;
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${formatDecimal(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${formatDecimal(bytes / 1e6)} MB` : `${formatDecimal(bytes / 1e9)} GB`;
}

/** Wall time in seconds with one decimal below a minute, else minutes and seconds. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return nothing;
  if (seconds < 60) return `${formatDecimal(seconds, seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
