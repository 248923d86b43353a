/** An amount as whole units; `isRounded` where the text had more decimals than allowed. */
export interface Amount {
  readonly value: number;
  readonly isRounded: boolean;
}

/** Seconds of 200 学时, the most that one record can credit. */
const MAX_SECONDS = 540_000;
/** Seconds a unit; 2,700 a 学时 (systems.md). */
const unitSeconds: Readonly<Record<string, number>> = {
  "": 2_700, 学时: 2_700, 小时: 3_600, 分钟: 60, 分: 60,
};
const creditForm = /^(\d+)(?:\.(\d+))?(学时|小时|分钟|分)?$/;
const decimalForm = /^(\d+)(?:\.(\d+))?$/;

/** Credit with its optional unit as seconds, rounded half up; undefined where it is invalid. */
export function parseCredit(text: string): Amount | undefined {
  const match = creditForm.exec(text);
  if (!match) return undefined;
  const decimals = match[2] ?? "";
  const unit = unitSeconds[match[3] ?? ""] as number;
  const seconds = scaledSeconds(match[1] as string, decimals, unit);
  if (seconds === undefined) return undefined;
  return { value: seconds, isRounded: decimals.length > 2 };
}

/** Minutes with at most two decimals as seconds, rounded half up. */
export function parseMinutes(text: string): number | undefined {
  const match = decimalForm.exec(text);
  if (!match || (match[2] ?? "").length > 2) return undefined;
  return scaledSeconds(match[1] as string, match[2] ?? "", 60);
}

/** Score × 100; 0-100 with at most two decimals. */
export function parseScore(text: string): number | undefined {
  const match = decimalForm.exec(text);
  const decimals = match?.[2] ?? "";
  if (!match || decimals.length > 2) return undefined;
  const hundredths = Number(match[1]) * 100 + Number(decimals.padEnd(2, "0"));
  return hundredths <= 10_000 ? hundredths : undefined;
}

/** A cell may hold millions of decimals: those far behind only say "a little more". */
function cutDecimals(written: string): string {
  if (written.length <= MAX_DECIMALS) return written;
  const rest = written.slice(MAX_DECIMALS);
  return written.slice(0, MAX_DECIMALS) + (/[1-9]/.test(rest) ? "1" : "");
}
const MAX_DECIMALS = 1_000;

/** Exact decimal × seconds a unit, rounded half up; undefined above the bound. */
function scaledSeconds(whole: string, written: string, unit: number): number | undefined {
  const digits = whole.replace(/^0+(?=\d)/, "");
  if (digits.length > 9) return undefined;
  const decimals = cutDecimals(written);
  const scale = 10n ** BigInt(decimals.length);
  const exact = BigInt(digits + decimals) * BigInt(unit);
  if (exact > BigInt(MAX_SECONDS) * scale) return undefined;
  return Number((2n * exact + scale) / (2n * scale));
}

const number = String.raw`\d+(?:[.,]\d+)?`;
const durationForm = new RegExp(
  `^P(?:(${number})W|(?:(${number})D)?(T(?:(${number})H)?(?:(${number})M)?(?:(${number})S)?)?)$`,
);

/**
 * Whole seconds of an ISO 8601 duration, fractions of a second dropped. Weeks only alone, years
 * and months have no fixed length: undefined, as is anything above 540,000 s.
 */
export function parseDuration(text: string): number | undefined {
  const match = durationForm.exec(text);
  if (!match) return undefined;
  const [, weeks, days, time, hours, minutes, seconds] = match;
  const parts = [
    [weeks, 604_800], [days, 86_400], [hours, 3_600], [minutes, 60], [seconds, 1],
  ] as const;
  const written = parts.filter((p) => p[0] !== undefined);
  if (written.length === 0 || time === "T") return undefined;
  // ISO 8601 allows a fraction in the smallest part only.
  if (written.slice(0, -1).some(([n]) => /[.,]/.test(n as string))) return undefined;
  let total = 0n;
  for (const [n, unit] of written) {
    const [whole = "", decimals = ""] = (n as string).split(/[.,]/);
    if (whole.length > 12 || decimals.length > 30) return undefined;
    const scale = 10n ** BigInt(decimals.length);
    total += (BigInt(whole + decimals) * BigInt(unit) * SUB) / scale;
  }
  const whole = total / SUB;
  return whole <= BigInt(MAX_SECONDS) ? Number(whole) : undefined;
}
/** Parts of a second kept while adding; more than any real fraction has. */
const SUB = 10n ** 12n;
