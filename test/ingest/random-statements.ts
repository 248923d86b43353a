import fc from "fast-check";
import { people } from "./night/small-province.ts";

const ids = ["1c5c4e9a-77a1-4c77-8a10-00000000000", "5F0C1E2A-9B3D-4C77-8A10-00000000000"];
/** Good values first: most statements shall be sound. */
const mostly = <T>(good: readonly T[], ...others: readonly T[]) => fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...good) },
  { weight: 2, arbitrary: fc.constantFrom(...others) });
const verbs = "http://adlnet.gov/expapi/verbs/";
const account = fc.record({
  homePage: mostly(["https://registry.scdx.example"], "https://other.example", ""),
  name: mostly<unknown>(people.slice(0, 3).map((p) => p.teacherNo), "u 1", "\u2028", 17, null),
});

/** A statement of few values, so that statements repeat, differ and void one another. */
export const statement = fc.record({
  id: fc.tuple(fc.constantFrom(...ids), fc.nat({ max: 4 })).map(([id, n]) => id + n),
  actor: fc.oneof({ weight: 9, arbitrary: account.map((one) => ({ account: one })) },
    { weight: 1, arbitrary: fc.constantFrom({}, { account: {} }, { account: { name: "n" } }, 7) }),
  verb: mostly(["completed"], "voided", "opened").map((verb) => ({ id: verbs + verb })),
  object: fc.record({
    objectType: fc.constantFrom("Activity", "StatementRef"),
    id: mostly(["https://a.example/1", `${ids[0]}1`], "", null),
    definition: mostly<unknown>([{ name: { "zh-CN": "信息化" } }], { name: "课" }, {}, null, 7),
  }, { requiredKeys: ["id"] }),
  result: fc.record({
    success: mostly<unknown>([true, false], "yes"),
    completion: mostly<unknown>([true], false, 1),
    duration: mostly<unknown>(["PT1H", "PT5M2S"], "P1Y", 12, "", 1e300, null),
  }),
  timestamp: mostly(["2021-10-01T08:00:05.250+08:00", "2021-11-02"], "2031-01-01", "x"),
  stored: mostly(["2021-10-01T08:00:05Z"], ""),
}, { requiredKeys: ["id", "actor", "verb", "object", "timestamp"] })
  .map((value) => JSON.stringify(value));

/** Sound, unusual, broken, or no statement at all. */
export const statementLine = fc.oneof(
  { weight: 8, arbitrary: statement },
  { weight: 1, arbitrary: statement.map((json) => json.replace('"id"', '"\\u0069d"')) },
  { weight: 1, arbitrary: statement.map((json) => json.replace("{", `{"id":"${ids[0]}0",`)) },
  { weight: 1, arbitrary: statement.map((json) => json.slice(0, -5)) },
  { weight: 2, arbitrary: fc.constantFrom("", "", " \t", "\u200b", "{}", "[1]", '{"id":', "\uFEFF{}",
    `{"a":${"[".repeat(70)}${"]".repeat(70)}}`, '{"id":"合计"}') },
);
