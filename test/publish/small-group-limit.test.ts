import { expect, test } from "vitest";
import { readSmallGroupLimit } from "../../functions/publish/small-group-limit.ts";
import { ContractError } from "../../functions/shared/errors.ts";
import { parseSeed, readShippedSeed } from "../../functions/shared/seeds.ts";

const header = "area_code,parameter,valid_from,value,unit,note\n";
const limitOf = (rows: string, asOf = "2021-12-20") =>
  readSmallGroupLimit(parseSeed("parameters.csv", header + rows), asOf);

test("the shipped limit is five teachers everywhere", () => {
  expect(readSmallGroupLimit(readShippedSeed("parameters.csv"), "2021-12-20")("510104")).toBe(5);
});

test("the nearest area's row applies, of its rows the latest that is valid", () => {
  const limit = limitOf([
    "51,small_group_teachers,2020-01-01,5,,", "5101,small_group_teachers,2021-01-01,10,,",
    "5101,small_group_teachers,2021-06-01,8,,", "5101,small_group_teachers,2022-01-01,20,,",
    "510104,small_group_teachers,2021-01-01,6,,",
  ].join("\n"));
  expect(["51", "5103", "5101", "510105", "510104"].map(limit)).toEqual([5, 5, 8, 8, 6]);
});

test("a limit that is no whole number of teachers, or none at all, is a fault of the seed", () => {
  expect(() => limitOf("51,small_group_teachers,2020-01-01,many,,")).toThrow(ContractError);
  expect(() => limitOf("51,small_group_teachers,2020-01-01,0,,")).toThrow(ContractError);
  expect(() => limitOf("51,small_group_teachers,2022-01-01,5,,")("510104")).toThrow(ContractError);
});
