import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayNumber, dayText } from "../../../functions/ingest/judge/calendar.ts";
import { normaliseText } from "../../../functions/shared/normalise-text.ts";
import {
  cellText, compactText, isEmptyText,
} from "../../../functions/ingest/judge/normalise-cell.ts";
import {
  parseCredit, parseDuration, parseMinutes, parseScore,
} from "../../../functions/ingest/judge/parse-amount.ts";
import { parseDay } from "../../../functions/ingest/judge/parse-day.ts";
import { isTeacherNo, parseIdNumber } from "../../../functions/ingest/judge/parse-identity.ts";

describe("cells", () => {
  /** The rules of rows.md word for word, without any fast path. */
  const slow = (text: string) => text.normalize("NFKC")
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "")
    .replace(/[\t\n\r \u3000]+/g, " ").replace(/^ | $/g, "");

  test("any text is normalised as the rules say, by the fast path too", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom("锦", "区", "A", "1", " ", "\u3000", "，", "\t",
      "\u200b", "ｘ", "、") }),
    );
    const isSame = fc.property(anyText, (text) => normaliseText(text) === slow(text));
    fc.assert(isSame, { numRuns: 2000 });
  });

  test.each(["", "-", "--", "—", "/", "无", "空", "null", "NULL", "N/A", "n/a", "#N/A", "#REF!",
  "#VALUE!"])(
    "%j stands for nothing", (text) => { expect(isEmptyText(text)).toBe(true); });
  test.each(["0", "---", "空白", "nil", "N", "a/b", "否"])(
    "%j is something", (text) => { expect(isEmptyText(text)).toBe(false); });

  test.each([
    ["'510104", "510104"], ['="510104"', "510104"], ["'=\"5\"", "5"], ["5 1", "51"],
    ["''5", "'5"], ['="', '="'], ["=5", "=5"],
  ])("%j of a code becomes %j", (from, to) => { expect(compactText(from)).toBe(to); });

  test.each<[number, string]>([
    [1.5, "1.5"], [5101040001, "5101040001"], [0.0000001, "0.0000001"],
    [1e21, "1000000000000000000000"],
    [987654321012345700, "987654321012345700"], [-2, "-2"],
  ])("the number %d reads %s", (value, text) => { expect(cellText(value)).toBe(text); });

  test("a date cell reads as day, with its time where it has one", () => {
    const at = (wall: string) => ({ kind: "date" as const, wallMs: Date.parse(`${wall}Z`) });
    expect(cellText(at("2021-03-01T00:00:00"))).toBe("2021-03-01");
    expect(cellText(at("2021-03-01T08:05:09"))).toBe("2021-03-01 08:05:09");
  });
});

describe("days", () => {
  const read = (text: string, is1904 = false) => {
    const reading = parseDay(text, is1904);
    if (!reading) return undefined;
    return reading.second === undefined
      ? dayText(reading.day)
      : `${dayText(reading.day)} ${reading.second}`;
  };
  test.each([
    ["2021-03-01", "2021-03-01"], ["2021-3-1", "2021-03-01"], ["2021/12/31", "2021-12-31"],
    ["2021.3.1", "2021-03-01"], ["20210301", "2021-03-01"], ["2021年3月1日", "2021-03-01"],
    ["2021-03-01 8:05", "2021-03-01 29100"], ["2021-03-01T08:05:09", "2021-03-01 29109"],
    ["2021年3月1日 13:24", "2021-03-01 48240"], ["20210301 08:05", "2021-03-01 29100"],
    ["2021-03-01 00:00", "2021-03-01 0"], ["2020-02-29", "2020-02-29"],
    ["2021-03-01T16:00:00Z", "2021-03-02 0"], ["2021-03-01T00:00:00+08:00", "2021-03-01 0"],
    ["2021-03-01T00:00:00.999-0500", "2021-03-01 46800"],
    ["2021-03-01T10:00+08", "2021-03-01 36000"],
    ["20210301T080000Z", "2021-03-01 57600"], ["2021-03-01 08:00:00+09:00", "2021-03-01 25200"],
    ["1999-12-31T20:00:00Z", "2000-01-01 14400"],
    ["44256", "2021-03-01"], ["44256.5", "2021-03-01 43200"], ["44256.999999999", "2021-03-02"],
    ["36526", "2000-01-01"],
  ])("%s is %s", (text, expected) => { expect(read(text)).toBe(expected); });

  test("serials of the 1904 system lie 1,462 days later", () => {
    expect(read("42794", true)).toBe("2021-03-01");
  });

  test.each([
    "", "2021", "2021-03", "2021-02-29", "2021-13-01", "2021-00-10", "2021-3/1", "2021-03-001",
    "21-03-01", "2021年3月1", "2021-03-01 24:00", "2021-03-01 8:5", "2021-03-01 8",
    "2021-03-01  8:05",
    "2021-03-01 08:60", "2021-03-01 08:05:60", "2021-03-01T08:00:00.5", "2021-03-01T08:00:00-00:00",
    "2021-03-01T08:00:00+24:00", "2021/03/01T08:00:00Z", "1999-12-31", "2101-01-01", "29999",
    "60001",
    "30000", "202103", "2021030", "202103011", "44256.", "44256.5.5", "昨天", "2021-03-01Z",
    "2021-03-01x", "2021-03-01 08:05 PM",
  ])("%j is no day", (text) => { expect(read(text)).toBeUndefined(); });

  test("day numbers agree with the calendar of the platform", () => {
    const anyDay = fc.integer({ min: -40_000, max: 60_000 });
    fc.assert(fc.property(anyDay, (day) => {
      const [y = 0, m = 0, d = 0] = new Date(day * 86_400_000).toISOString().slice(0, 10)
        .split("-").map(Number);
      return dayNumber(y, m, d) === day && dayText(day) === new Date(day * 86_400_000)
        .toISOString().slice(0, 10);
    }));
  });
});

describe("amounts", () => {
  test.each<[string, number, boolean]>([
    ["1.5", 4050, false], ["1小时", 3600, false], ["90分钟", 5400, false], ["90分", 5400, false],
    ["2学时", 5400, false], ["0", 0, false], ["200", 540_000, false], ["150小时", 540_000, false],
    ["0.01分", 1, false], ["0.83分", 50, false], ["0.825分", 50, true], ["1.333", 3599, true],
    ["1.500", 4050, true], ["00012", 32_400, false],
  ])("credit %s is %d s, rounded: %s", (text, value, isRounded) => {
    expect(parseCredit(text)).toEqual({ value, isRounded });
  });
  test("credit of a million decimals is read in no time", () => {
    const zeros = "0".repeat(1_000_000);
    expect(parseCredit(`200.${zeros}`)).toEqual({ value: 540_000, isRounded: true });
    expect(parseCredit(`200.${zeros}1`)).toBeUndefined();
    expect(parseCredit(`1.${"3".repeat(1_000_000)}`)).toEqual({ value: 3600, isRounded: true });
  });
  test.each(["-1", "200.01", "200.00001", "1,5", "1课时", "", ".5", "1.", "1e2", "+1",
  "99999999999999", "1学时2分"])(
    "credit %j is invalid", (text) => { expect(parseCredit(text)).toBeUndefined(); });

  test.each<[string, number | undefined]>([
    ["45", 2700], ["40.5", 2430], ["0.01", 1], ["0.83", 50], ["1.005", undefined],
    ["45分钟", undefined],
    ["9000", 540_000], ["9000.01", undefined], ["-1", undefined],
  ])("%s minutes are %s s", (text, seconds) => { expect(parseMinutes(text)).toBe(seconds); });

  test.each<[string, number | undefined]>([
    ["PT1H5M2S", 3902], ["PT90M", 5400], ["P1D", 86_400], ["P1DT1S", 86_401], ["PT0S", 0],
    ["PT2.999S", 2], ["PT1.5H", 5400], ["PT0,5M", 30], ["PT100.9S", 100], ["P0W", 0],
    ["P1W", undefined], ["P6DT6H", 540_000], ["P6DT6H0.9S", 540_000], ["P6DT6H1S", undefined],
    ["P1M", undefined], ["P1Y", undefined], ["P4W1D", undefined], ["P", undefined],
    ["PT", undefined],
    ["P1DT", undefined], ["PT1.5H1M", undefined], ["1H", undefined], ["pt1h", undefined],
    ["-PT1H", undefined], ["PT1M1H", undefined], ["", undefined],
  ])("duration %j is %s s", (text, seconds) => { expect(parseDuration(text)).toBe(seconds); });

  test.each<[string, number | undefined]>([
    ["90.5", 9050], ["100", 10_000], ["100.00", 10_000], ["100.01", undefined],
    ["9.999", undefined],
    ["-0", undefined], ["0", 0],
  ])("score %s is %s hundredths", (text, n) => { expect(parseScore(text)).toBe(n); });
});

describe("persons", () => {
  test.each<[string, boolean]>([
    ["T00000001", true], ["123456", true], ["12345", false], ["A".repeat(20), true],
    ["A".repeat(21), false], ["T-000001", false], ["教师00001", false],
  ])("teacher number %s: %s", (text, is) => { expect(isTeacherNo(text)).toBe(is); });

  test.each<[string, boolean, string | null, string | null]>([
    ["000000198001010013", false, "000000198001010013", null],
    ["00000019851224003x", false, "00000019851224003X", null],
    ["000000198001010014", false, null, "invalid"],
    ["000000198002300013", false, null, "invalid"],
    ["000000700101001", false, "000000197001010019", null],
    ["000000701301001", false, null, "invalid"],
    ["0000**********0013", false, null, "ruined"],
    ["4.3E+17", false, null, "ruined"],
    ["4.30102198001010e+17", true, null, "ruined"],
    ["5E12345", true, "5E12345", null],
    ["5E12345", false, null, "ruined"],
    ["E12345(6)", true, "E12345(6)", null],
    ["E12345(6)", false, null, "invalid"],
    ["E-12345", true, null, "invalid"],
    ["1234", true, null, "invalid"],
  ])("%s (other document: %s) is %s, fault %s", (text, isOther, value, fault) => {
    expect(parseIdNumber(text, isOther)).toEqual({ value, fault });
  });
});
