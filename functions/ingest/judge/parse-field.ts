import type { RawCell } from "../raw.ts";
import type { ContractField } from "../contracts/contract.ts";
import { dayText } from "./calendar.ts";
import { normaliseText } from "../../shared/normalise-text.ts";
import { compactText, isEmptyText, RUINED_FROM, wallTime } from "./normalise-cell.ts";
import { parseCredit, parseDuration, parseMinutes, parseScore } from "./parse-amount.ts";
import { isInRange, parseDay, type DayReading } from "./parse-day.ts";
import { ownText } from "./own-text.ts";
import { isDigits, isIdentityNumber, isTeacherNo, parseIdNumber } from "./parse-identity.ts";
import type { JudgeSeeds } from "./seeds.ts";
import type { Tokens } from "./tokens.ts";

export type FaultWord = "unknown" | "invalid" | "ruined";

/** What a cell means to its field. `value` is null where it is empty or cannot be read. */
export interface Parsed {
  readonly value: string | number | boolean | null;
  readonly fault: FaultWord | null;
  /** Kept, but not as written: a warning (cut text, rounded credit). */
  readonly isChanged: boolean;
  /** Milliseconds of wall time, where the cell of an event had a time. */
  readonly atMs: number | null;
  /** Token of an identity number. */
  readonly token: string | null;
}

/** One shape for all: the engine slows down where objects differ in their keys. */
export function parsedOf(
  value: Parsed["value"], fault: FaultWord | null, isChanged = false, atMs: number | null = null,
  token: string | null = null,
): Parsed {
  return { value, fault, isChanged, atMs, token };
}

export interface ParseContext {
  readonly tokens: Tokens;
  readonly seeds: JudgeSeeds;
  readonly is1904: boolean;
  /** Last day number that an event may have. */
  readonly landingDay: number;
}
/** From a cell and its normalised text, '' where it is empty. */
export type ParseField = (cell: RawCell | undefined, text: string) => Parsed;

export const EMPTY = parsedOf(null, null);
export const UNKNOWN = parsedOf(null, "unknown");
export const INVALID = parsedOf(null, "invalid");
export const RUINED = parsedOf(null, "ruined");

const ok = (value: string | number | boolean): Parsed => parsedOf(value, null);
const okOr = (value: string | number | undefined, fault: Parsed): Parsed =>
  value === undefined ? fault : ok(value);

/**
 * A teacher's number as it is kept. Somebody's identity number is a valid one by its form
 * (rows.md), but must not lie in the lake: its token stands for it, one for each, in every system.
 */
export function teacherNoToKeep(text: string, tokens: Tokens): string {
  return isIdentityNumber(text) ? tokens.token("teacher_no", text) : text;
}

/** Parser of a field whose meaning does not depend on other fields of the row. */
export function buildFieldParser(field: ContractField, context: ParseContext): ParseField {
  switch (field.kind) {
    case "text": return (_cell, text) => parseText(text);
    case "boolean": return parseBoolean;
    case "day": return guarded(memoDay(context, (r) => ok(dayText(r.day))));
    case "event": return guarded((cell, text) => parseEvent(cell, text, context));
    case "instant":
      return guarded((cell, text) => {
        const reading = readDay(cell, text, context);
        return reading ? ok((reading.day * 86_400 + (reading.second ?? 0)) * 1000) : INVALID;
      });
    case "yes_no": return guarded(memo((text) => parseYesNo(text)));
    case "list": {
      const codes = Object.fromEntries(
        Object.entries(field.values ?? {}).map(([value, code]) => [normaliseText(value), code]),
      );
      return guarded(memo((text) => okOr(codeOf(codes, text), UNKNOWN)));
    }
    case "identifier": return compacted(parseIdentifier);
    case "uuid": return compacted((t) => (uuidForm.test(t) ? ok(t.toLowerCase()) : INVALID));
    case "teacher_no":
      return compacted((t) => (isTeacherNo(t) ? ok(teacherNoToKeep(t, context.tokens)) : INVALID));
    case "school_code": return compacted((t) => (isDigits(t, 10) ? ok(t) : INVALID));
    default: return remembered(textParser(field, context));
  }
}

/** Parsers that need nothing but compact text, few enough distinct values to remember them. */
function textParser(field: ContractField, { seeds }: ParseContext): (text: string) => Parsed {
  const { areas, abilityCodes } = seeds;
  switch (field.kind) {
    case "area": return (t) => okOr(areas.findCounty(t), UNKNOWN);
    case "city": return (t) => okOr(areas.findCity(t), UNKNOWN);
    case "area_any": return (t) => okOr(areas.findAny(t), UNKNOWN);
    case "credit":
      return (t) => {
        const amount = parseCredit(t);
        return amount ? parsedOf(amount.value, null, amount.isRounded) : INVALID;
      };
    case "minutes": return (t) => okOr(parseMinutes(t), INVALID);
    case "duration": return (t) => okOr(parseDuration(t), INVALID);
    case "score": return (t) => okOr(parseScore(t), INVALID);
    case "count": return (t) => (countForm.test(t) ? ok(Number(t)) : INVALID);
    case "year": return (t) => (yearForm.test(t) ? ok(Number(t)) : INVALID);
    case "email": return (t) => (emailForm.test(t) ? ok(t) : INVALID);
    case "ability":
      return (t) => (abilityCodes.has(t) || isLocalPoint(t) ? ok(t) : UNKNOWN);
    case "local_ability": return (t) => (isLocalPoint(t) ? ok(t) : UNKNOWN);
    default: throw new Error(`kind: unknown: ${field.kind}; see parse-field.ts`);
  }
  function isLocalPoint(text: string): boolean {
    const match = localForm.exec(text);
    return match !== null && areas.isCity(match[1] as string);
  }
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const countForm = /^0*[1-9]\d{0,14}$/;
const yearForm = /^(?:20\d\d|2100)$/;
const emailForm = /^[^\s@<>(),;:"]+@[^\s@<>(),;:".]+(?:\.[^\s@<>(),;:".]+)+$/;
const localForm = /^L(\d{4})-\d\d$/;

/** Unit by the value of the level field; undefined where the level itself cannot be read. */
export function parseUnit(text: string, level: unknown, { areas }: JudgeSeeds): Parsed {
  const unit = compactText(text);
  if (isEmptyText(unit)) return EMPTY;
  if (level === "city") return okOr(areas.findCity(unit), UNKNOWN);
  if (level === "county") return okOr(areas.findCounty(unit), UNKNOWN);
  if (level === "school") return isDigits(unit, 10) ? ok(unit) : INVALID;
  return EMPTY;
}

export type ParseId = (text: string, isOtherDocument: boolean) => Parsed;

/**
 * Parser of identity numbers, valid ones with their tokens. `isOtherDocument` as the row's
 * 身份证件类型 says. A person has many rows in a file, so numbers are remembered.
 */
export function buildIdParser(tokens: Tokens): ParseId {
  const token = (value: string): string => tokens.token("id_number", value);
  const ofCard = memoText((text) => readId(text, false, token), MAX_PERSONS);
  const ofOther = memoText((text) => readId(text, true, token), MAX_PERSONS);
  return (text, isOtherDocument) => (isOtherDocument ? ofOther : ofCard)(text);
}

/** The same for whoever remembers it himself. */
export function buildIdReader(tokens: Tokens): ParseId {
  const token = (value: string): string => tokens.makeToken("id_number", value);
  return (text, isOtherDocument) => readId(text, isOtherDocument, token);
}

function readId(text: string, isOtherDocument: boolean, token: (value: string) => string): Parsed {
  const compact = compactText(text);
  if (isEmptyText(compact)) return EMPTY;
  const { value, fault } = parseIdNumber(compact, isOtherDocument);
  if (value === null) return fault === "ruined" ? RUINED : INVALID;
  return parsedOf(value, null, false, null, token(value));
}
/** Persons that a table remembers. */
const MAX_PERSONS = 200_000;

/** A number that a double has ruined, in any kind but text. */
export function isRuined(cell: RawCell | undefined): boolean {
  return typeof cell === "number" && Math.abs(cell) >= RUINED_FROM;
}

function parseText(text: string): Parsed {
  if (text === "") return EMPTY;
  if (text.length <= MAX_TEXT) return ok(text);
  const end = indexOfPoint(text, MAX_TEXT);
  return end === text.length ? ok(text) : parsedOf(text.slice(0, end), null, true);
}
/** Code points of a text field. */
const MAX_TEXT = 4_000;

function parseIdentifier(text: string): Parsed {
  return indexOfPoint(text, 100) === text.length ? ok(text) : INVALID;
}

/** Index behind that many code points, or the length of a shorter text. */
function indexOfPoint(text: string, nPoints: number): number {
  if (text.length <= nPoints) return text.length;
  let index = 0;
  for (let i = 0; i < nPoints && index < text.length; i++) {
    index += (text.codePointAt(index) as number) > 0xffff ? 2 : 1;
  }
  return index;
}

function parseBoolean(cell: RawCell | undefined, text: string): Parsed {
  if (typeof cell === "boolean") return ok(cell);
  if (text === "") return EMPTY;
  return isRuined(cell) ? RUINED : UNKNOWN;
}

function parseYesNo(text: string): Parsed {
  if (text === "是" || text === "1" || text === "true" || text === "Y") return ok(true);
  if (text === "否" || text === "0" || text === "false" || text === "N") return ok(false);
  return UNKNOWN;
}

function codeOf(codes: Readonly<Record<string, string>>, text: string): string | undefined {
  if (Object.hasOwn(codes, text)) return codes[text];
  const bare = text.replace(/^\d+-/, "");
  return Object.hasOwn(codes, bare) ? codes[bare] : undefined;
}

function readDay(
  cell: RawCell | undefined, text: string, context: ParseContext,
): DayReading | undefined {
  if (typeof cell === "object" && cell !== null) {
    const { day, second } = wallTime(cell);
    return isInRange(day) ? { day, second: second === 0 ? undefined : second } : undefined;
  }
  return parseDay(text, context.is1904);
}

function parseEvent(cell: RawCell | undefined, text: string, context: ParseContext): Parsed {
  const reading = readDay(cell, text, context);
  if (!reading || reading.day > context.landingDay) return INVALID;
  const { day, second } = reading;
  if (second === undefined) return ok(dayText(day));
  return parsedOf(dayText(day), null, false, (day * 86_400 + second) * 1000);
}

function memoDay(context: ParseContext, use: (reading: DayReading) => Parsed): ParseField {
  const read = memo((text) => {
    const reading = parseDay(text, context.is1904);
    return reading ? use(reading) : INVALID;
  });
  return (cell, text) => {
    if (typeof cell !== "object" || cell === null) return read(cell, text);
    const reading = readDay(cell, text, context);
    return reading ? use(reading) : INVALID;
  };
}

/** Empty cells and ruined numbers are the same to every kind but text. */
function guarded(parse: ParseField): ParseField {
  return (cell, text) => {
    if (text === "") return EMPTY;
    return isRuined(cell) ? RUINED : parse(cell, text);
  };
}

function compacted(parse: (text: string) => Parsed): ParseField {
  return guarded((_cell, text) => {
    const compact = compactText(text);
    return isEmptyText(compact) ? EMPTY : parse(compact);
  });
}

/** For fields of few distinct values: the whole way from normalised text is remembered. */
function remembered(parse: (text: string) => Parsed): ParseField {
  return guarded(memo((text) => {
    const compact = compactText(text);
    return isEmptyText(compact) ? EMPTY : parse(compact);
  }));
}

/** Distinct values that one column remembers. */
const MAX_REMEMBERED = 20_000;

function memoText(
  parse: (text: string) => Parsed, limit = MAX_REMEMBERED,
): (text: string) => Parsed {
  const known = new Map<string, Parsed>();
  let lastText = "";
  let lastParsed: Parsed | undefined;
  return (text) => {
    // Neighbours in a column are often equal; comparing is cheaper than looking up.
    if (lastParsed && text === lastText) return lastParsed;
    let parsed = known.get(text);
    if (!parsed) {
      const own = ownText(text);
      parsed = parse(own);
      if (known.size >= limit) known.clear();
      known.set(own, parsed);
    }
    lastText = text;
    lastParsed = parsed;
    return parsed;
  };
}

function memo(parse: (text: string) => Parsed): ParseField {
  const known = memoText(parse);
  return (_cell, text) => known(text);
}
