import type { ContractField } from "../../../functions/ingest/contracts/contract.ts";
import { readShippedSeed } from "../../../functions/shared/seeds.ts";

/**
 * The cells and kinds of rows.md once more, written from that page alone and as plainly as it
 * reads: slow, without caches, sharing nothing with functions/ingest/judge.
 */
export interface Reading {
  readonly value: string | number | boolean | null;
  readonly fault?: "unknown" | "invalid" | "ruined";
  /** Kept, but not as written. */
  readonly isChanged?: true;
  /** `13:24:05` of an event with a time. */
  readonly time?: string;
}

const nothing: Reading = { value: null };
const invalid: Reading = { value: null, fault: "invalid" };
const unknown: Reading = { value: null, fault: "unknown" };
const given = (value: string | number | boolean): Reading => ({ value });

const gone = /[\u200B-\u200F\u202A-\u202E\u2060\uFEFF]/gu;
const controls = /(?![\t\n\r])\p{Cc}/gu;

export function normalise(text: string): string {
  return text.normalize("NFKC").replace(gone, "").replace(controls, "")
    .replace(/[\t\r\n \u3000]+/gu, " ").trim();
}
export function isNothing(text: string): boolean {
  return ["", "-", "--", "—", "/", "无", "空", "NULL", "N/A", "#N/A", "#REF!", "#VALUE!"]
    .includes(text.toUpperCase());
}
/** A code or number: without apostrophe, `="…"` and spaces. */
function bare(text: string): string {
  return text.replace(/^'/u, "").replace(/^="(.*)"$/su, "$1").replaceAll(" ", "");
}

const divisions = readShippedSeed("divisions.csv").rows;
const aliases = readShippedSeed("division_aliases.csv").rows;
const points = new Set(readShippedSeed("ability_points.csv").rows.map((r) => r["ability_code"]));

const cut = (text: string) => (/^\d{9}$|^\d{12}$/.test(text) ? text.slice(0, 6) : text);

function countyOfCode(text: string): string | undefined {
  const six = cut(text);
  const own = divisions.find((d) => d["county_code"] === six);
  return own ? six : aliases.find((a) => a["alias_code"] === six)?.["code"];
}
function countiesOfName(name: string): readonly string[] {
  const wanted = name.replaceAll(" ", "");
  const fits = (full = "") => full === wanted || full.replace(/[县区市]$/u, "") === wanted;
  return [...new Set([
    ...divisions.filter((d) => fits(d["county_name"])).map((d) => d["county_code"] ?? ""),
    ...aliases.filter((a) => fits(a["alias_name"])).map((a) => a["code"] ?? ""),
  ])];
}
const cityOf = (county: string) =>
  divisions.find((d) => d["county_code"] === county)?.["city_code"]?.slice(0, 4);

function city(text: string): string | undefined {
  // Long codes of the statistics office are cut for cities as for counties.
  const name = cut(text.replaceAll(" ", ""));
  return divisions.find((d) => d["city_code"] === name || d["city_code"]?.slice(0, 4) === name
    || d["city_name"] === name)?.["city_code"]?.slice(0, 4);
}
export function countyByNames(county: string, cityName: string): string | undefined {
  const inside = countiesOfName(county)
    .filter((code) => cityName === "" || cityOf(code) === city(cityName));
  return inside.length === 1 ? inside[0] : undefined;
}
export function isWitness(code: string, county: string, cityName: string): boolean {
  return (county === "" || countiesOfName(county).includes(code))
    && (cityName === "" || cityOf(code) === city(cityName));
}

function checkDigit(first17: string): string {
  const sum = [...first17].reduce((s, c, i) => s + Number(c) * (2 ** (17 - i) % 11), 0);
  return "10X98765432"[sum % 11] ?? "";
}
function isDate(year: string, month: string, day: string): boolean {
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  at.setUTCFullYear(Number(year));
  return at.getUTCMonth() + 1 === Number(month) && at.getUTCDate() === Number(day);
}
export function readId(text: string, documentName: string | null): Reading {
  const id = bare(text);
  if (isNothing(id)) return nothing;
  const isOther = documentName !== null && !documentName.includes("身份证");
  if (isOther && /^[A-Za-z0-9()]{5,20}$/.test(id)) return given(id);
  if (id.includes("*") || /^\d(\.\d+)?E\+?\d+$/i.test(id)) return { value: null, fault: "ruined" };
  if (isOther) return invalid;
  const long = /^\d{15}$/.test(id) ? `${id.slice(0, 6)}19${id.slice(6)}` : id.slice(0, 17);
  if (!/^\d{17}$/.test(long)) return invalid;
  if (!isDate(long.slice(6, 10), long.slice(10, 12), long.slice(12, 14))) return invalid;
  const whole = long + checkDigit(long);
  return id.length === 15 || id.toUpperCase() === whole ? given(whole) : invalid;
}

/** Milliseconds of wall time and whether a time was written. */
function readDay(text: string): { readonly ms: number; readonly hasTime: boolean } | undefined {
  const found = findDay(text);
  const year = found && new Date(found.ms).getUTCFullYear();
  return year !== undefined && year >= 2000 && year <= 2100 ? found : undefined;
}
function findDay(text: string): { readonly ms: number; readonly hasTime: boolean } | undefined {
  if (/^\d{5}(\.\d+)?$/.test(text)) {
    const serial = Number(text);
    if (serial < 30_000 || serial > 60_000) return undefined;
    const ms = Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1000;
    return { ms, hasTime: ms % 86_400_000 !== 0 };
  }
  const [, written = "", clock] = /^([^ T]+)(?:[ T](.+))?$/u.exec(text) ?? [];
  const date = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(written)
    ?? /^(\d{4})()(\d\d)(\d\d)$/.exec(written)
    ?? /^(\d{4})(年)(\d{1,2})月(\d{1,2})日$/u.exec(written);
  if (!date) return undefined;
  const [, year = "", , month = "", day = ""] = date;
  if (!isDate(year, month, day)) return undefined;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (clock === undefined) return { ms: midnight, hasTime: false };
  const time = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(clock);
  if (!time) return undefined;
  const [h, m, s] = [Number(time[1]), Number(time[2]), Number(time[3] ?? 0)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  return { ms: midnight + ((h * 60 + m) * 60 + s) * 1000, hasTime: true };
}
const dayText = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Amount × seconds a unit, rounded half up, of plain decimal text. */
function seconds(number: string, unit: bigint): bigint | undefined {
  const [whole = "", decimals = ""] = number.split(".");
  const scale = 10n ** BigInt(decimals.length);
  const exact = BigInt(whole + decimals) * unit;
  if (exact > 540_000n * scale) return undefined;
  return (exact * 2n + scale) / (scale * 2n);
}
function credit(text: string): Reading {
  const found = /^(\d+(?:\.(\d+))?)(学时|小时|分钟|分|)$/u.exec(text);
  if (!found) return invalid;
  const unit = { "": 2_700n, 学时: 2_700n, 小时: 3_600n }[found[3] ?? ""] ?? 60n;
  const value = seconds(found[1] ?? "", unit);
  if (value === undefined) return invalid;
  return { value: Number(value), ...((found[2] ?? "").length > 2 ? { isChanged: true } : {}) };
}
function minutes(text: string): Reading {
  const value = /^\d+(\.\d{1,2})?$/.test(text) ? seconds(text, 60n) : undefined;
  return value === undefined ? invalid : given(Number(value));
}
function duration(text: string): Reading {
  const weeks = /^P(\d+)W$/.exec(text);
  const found = /^P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/
    .exec(text);
  if (!weeks && !found) return invalid;
  const parts = weeks ? [Number(weeks[1]) * 7] : (found ?? []).slice(1).map((n) => Number(n ?? 0));
  const [d = 0, h = 0, m = 0, s = 0] = parts;
  const total = ((d * 24 + h) * 60 + m) * 60 + s;
  return total <= 540_000 ? given(total) : invalid;
}

/** A cell of a kind that hangs on no other field; `text` is normalised and not nothing. */
export function readKind(field: ContractField, text: string, landingDay: string): Reading {
  const code = bare(text);
  const area = (value: string | undefined) => (value === undefined ? unknown : given(value));
  switch (field.kind) {
    case "text": {
      const characters = [...text];
      return characters.length <= 4000
        ? given(text)
        : { value: characters.slice(0, 4000).join(""), isChanged: true };
    }
    case "list": {
      const value = Object.entries(field.values ?? {})
        .find(([written]) => text.replace(/^\d+-/, "") === written.normalize("NFKC"));
      return value ? given(value[1]) : unknown;
    }
    case "yes_no":
      if (["是", "1", "true", "Y"].includes(text)) return given(true);
      return ["否", "0", "false", "N"].includes(text) ? given(false) : unknown;
    case "boolean": return unknown;
    case "day": case "instant": case "event": {
      const day = readDay(text);
      if (!day) return invalid;
      if (field.kind === "instant") return given(day.ms);
      if (field.kind === "day") return given(dayText(day.ms));
      if (dayText(day.ms) > landingDay) return invalid;
      return {
        value: dayText(day.ms),
        ...(day.hasTime ? { time: new Date(day.ms).toISOString().slice(11, 19) } : {}),
      };
    }
    default: break;
  }
  if (isNothing(code)) return nothing;
  switch (field.kind) {
    case "teacher_no": case "person":
      return /^[A-Za-z0-9]{6,20}$/.test(code) ? given(code) : invalid;
    case "school_code": return /^\d{10}$/.test(code) ? given(code) : invalid;
    case "area": return area(countyOfCode(code));
    case "city": return area(city(code));
    case "area_any":
      return ["51", "510000"].includes(cut(code))
        ? given("51") : area(/^\d+$/.test(code) ? city(code) ?? countyOfCode(code) : undefined);
    case "credit": return credit(code);
    case "minutes": return minutes(code);
    case "duration": return duration(code);
    case "identifier": return [...code].length <= 100 ? given(code) : invalid;
    case "ability": return points.has(code) ? given(code) : localPoint(code);
    case "local_ability": return localPoint(code);
    case "score":
      return /^\d+(\.\d{1,2})?$/.test(code) && Number(code) <= 100
        ? given(Math.round(Number(code) * 100)) : invalid;
    case "count":
      // The lake holds what a double holds exactly.
      return /^\d+$/.test(code) && Number(code) >= 1 && Number(code) < 1e15
        ? given(Number(code)) : invalid;
    case "year":
      return /^\d{4}$/.test(code) && Number(code) >= 2000 && Number(code) <= 2100
        ? given(Number(code)) : invalid;
    case "uuid":
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(code)
        ? given(code.toLowerCase()) : invalid;
    case "email": return /^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(code) ? given(code) : invalid;
    default: throw new Error(`kind: unknown: ${field.kind}`);
  }
}
function localPoint(code: string): Reading {
  const found = /^L(\d{4})-\d\d$/.exec(code);
  return found && divisions.some((d) => d["city_code"] === `${found[1]}00`) ? given(code) : unknown;
}

export function readUnit(text: string, level: unknown): Reading {
  const code = bare(text);
  if (isNothing(code)) return nothing;
  const found = level === "city" ? city(code) : countyOfCode(code);
  if (level === "school") return /^\d{10}$/.test(code) ? given(code) : invalid;
  if (level === null) return nothing;
  return found === undefined ? unknown : given(found);
}
