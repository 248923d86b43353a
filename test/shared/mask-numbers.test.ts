import { expect, test } from "vitest";
import { maskNumbers } from "../../functions/shared/mask-numbers.ts";

test.each([
  ["an identity number", "证明_000000198001010013.csv", "证明_******************.csv"],
  ["one that ends in x", "00000019851224003x", "******************"],
  ["one of 15 digits", "a000000850101001b", "a***************b"],
  ["a mobile number", "13900001234的名册.xlsx", "***********的名册.xlsx"],
  ["full-width digits", "１３９００００１２３４", "***********"],
  ["several", "13900001234,000000198001010013", "***********,******************"],
])("%s is masked", (_, text, masked) => {
  expect(maskNumbers(text)).toBe(masked);
});

test.each([
  "教师名册_20210301.csv", "510104_2021W05.csv", "导出20210301120000.xls", "1614556800000.json",
  "510104001001", "5101T00001", "99900001234",
])("%s stays as it is", (name) => {
  expect(maskNumbers(name)).toBe(name);
});
