import { expect, test } from "vitest";
import { UsageError } from "../../functions/shared/errors.ts";
import { formatDay, parseDay, planNights, type Night } from "../../functions/simulate/calendar.ts";
import { isMonthly, isWeekly } from "../../functions/simulate/exports/table.ts";

const until = parseDay("2021-12-20");
const days = (nights: readonly Night[]): readonly string[] => nights.map((n) => formatDay(n.day));

test("43 daily nights to the end make sixty with the base landing and the month ends", () => {
  const nights = planNights(until, 43);
  expect(nights).toHaveLength(60);
  expect(days(nights).slice(15, 19)).toEqual([
    "2021-09-30", "2021-10-31", "2021-11-08", "2021-11-09",
  ]);
  expect(days(nights)).toEqual([...days(nights)].sort());
});

test("daily nights before the fortnight bring weekly exports every seventh night", () => {
  const nights = planNights(until, 43).slice(16);
  expect(days(nights.filter(isWeekly))).toEqual([
    "2021-10-31", "2021-11-09", "2021-11-16", "2021-11-23", "2021-11-30", "2021-12-07",
    "2021-12-13", "2021-12-20",
  ]);
  expect(days(nights.filter(isMonthly))).toEqual(["2021-10-31", "2021-11-30", "2021-12-20"]);
});

test("the last fortnight is the same however many nights are daily", () => {
  expect(planNights(until, 43).slice(-14)).toEqual(planNights(until).slice(-14));
  expect(planNights(until, 14)).toEqual(planNights(until));
});

test.each([13, 14.5, 9999])("%d daily nights are refused as misuse", (dailyNights) => {
  expect(() => planNights(until, dailyNights)).toThrow(UsageError);
});
