import { expect, it } from "vitest";
import { isLastOfWeek } from "../../functions/plan/open-nights.ts";

it.each([
  ["2021-12-19", "2021-12-20", true, "a Sunday before a Monday"],
  ["2021-12-17", "2021-12-20", true, "a Friday, nothing landed on the weekend"],
  ["2021-12-18", "2021-12-19", false, "a Saturday before the Sunday"],
  ["2021-12-13", "2021-12-19", false, "a Monday before the Sunday of its week"],
  ["2021-10-31", "2021-11-30", true, "a month end before the next"],
  ["2020-12-31", "2021-01-01", false, "a Thursday before the Friday of another year"],
  ["2021-12-16", undefined, true, "the last day of a call"],
])("%s before %s leaves its figures: %s (%s)", (day, next, expected, _why) => {
  expect(isLastOfWeek(day, next)).toBe(expected);
});
