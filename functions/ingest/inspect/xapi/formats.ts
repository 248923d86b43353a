/** Formats of single values that xAPI 1.0.3 asks for (Data, part 4 and the RFCs it names). */

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUID in its standard string form (RFC 4122). */
export function isUuid(value: unknown): boolean {
  return typeof value === "string" && uuidForm.test(value);
}

/** Scheme, colon and at least one more character, none of those that no IRI may hold. */
const iriForm = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\p{Cc}]+$/u;

/** An IRI with a scheme (RFC 3987). */
export function isIri(value: unknown): boolean {
  return typeof value === "string" && iriForm.test(value);
}

const mailtoForm = /^mailto:[^\s@<>,;:()[\]\\"]+@[^\s@<>,;:()[\]\\"]+$/;

/** `mailto:` and one address. */
export function isMailto(value: unknown): boolean {
  return typeof value === "string" && mailtoForm.test(value);
}

/** 40 hex digits. */
export function isSha1(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{40}$/i.test(value);
}

/** Hex digits of SHA-224, -256, -384 or -512. */
export function isSha2(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]+$/i.test(value)
    && [56, 64, 96, 128].includes(value.length);
}

const mediaForm = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"]*"|[^\s";]+))*$/;

/** An Internet media type with its parameters (RFC 2046). */
export function isMediaType(value: unknown): boolean {
  return typeof value === "string" && mediaForm.test(value);
}

/** `1.0` or `1.0.` with anything behind (Data, 2.4.10). */
export function isVersion(value: unknown): boolean {
  return typeof value === "string" && /^1\.0(?:\.\d+[\w.+-]*)?$/.test(value);
}

const subtags = [
  "(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})", // language, extended language
  "(?:-[a-z]{4})?", // script
  "(?:-(?:[a-z]{2}|\\d{3}))?", // region
  "(?:-(?:[a-z0-9]{5,8}|\\d[a-z0-9]{3}))*", // variants
  "(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*", // extensions
  "(?:-x(?:-[a-z0-9]{1,8})+)?", // private use
].join("");
const irregular = [
  "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux",
  "i-mingo", "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de",
];
const languageForm = new RegExp(
  `^(?:${subtags}|x(?:-[a-z0-9]{1,8})+|${irregular.join("|")})$`, "i");

/** A well-formed language tag (RFC 5646). */
export function isLanguageTag(value: unknown): boolean {
  return typeof value === "string" && languageForm.test(value);
}

const amount = "\\d+(?:[.,]\\d+)?";
const dateParts = `(?:${amount}Y)?(?:${amount}M)?(?:${amount}D)?`;
const timeParts = `(?:${amount}H)?(?:${amount}M)?(?:${amount}S)?`;
const durationForm = new RegExp(`^P(?=.)(?:${amount}W|${dateParts}(?:T(?=\\d)${timeParts})?)$`);

/** An ISO 8601 duration: weeks stand alone, only the smallest part has a fraction. */
export function isDuration(value: unknown): boolean {
  if (typeof value !== "string" || !durationForm.test(value)) return false;
  return !/[.,]\d+[A-Z].*\d/.test(value);
}

const extendedForm =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?(.*)$/;
const basicForm = /^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(?:(\d\d)(?:(\d\d)(?:[.,]\d+)?)?)?(.*)$/;
const zoneForm = /^(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** An ISO 8601 date with its time; a zone of -00, -0000 or -00:00 is none (Data, 4.5). */
export function isTimestamp(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const match = extendedForm.exec(value) ?? basicForm.exec(value);
  if (!match) return false;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((n) => Number(n ?? 0));
  if (!isDay(year as number, month as number, day as number)) return false;
  if (hour as number > 23 || minute as number > 59 || second as number > 60) return false;
  return isZone(match[7] ?? "");
}

function isZone(text: string): boolean {
  const zone = zoneForm.exec(text);
  if (!zone) return false;
  const [hours, minutes] = [Number(zone[2] ?? 0), Number(zone[3] ?? 0)];
  if (hours > 23 || minutes > 59) return false;
  return !(zone[1] === "-" && hours === 0 && minutes === 0);
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}
