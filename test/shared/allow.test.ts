import { describe, expect, test } from "vitest";
import {
  allow, buildPolicy, findAreaOfPath, readSession, sessionCookie, signSession,
} from "../../functions/shared/allow.ts";

const key = Buffer.alloc(32, 7);
const now = new Date("2021-12-20T08:00:00Z");
const check = { key, now };
const later = new Date("2021-12-20T20:00:00Z");
const cookiesOf = (...areas: string[]) =>
  ({ [sessionCookie]: signSession(buildPolicy("someone", areas, later), key) });
const run = "2021-12-20-0a1b2c";
const files = {
  province: `/51/${run}/overview.arrow`,
  city: `/51/5101/${run}/overview.arrow`,
  otherCity: `/51/5103/${run}/overview.arrow`,
  county: `/51/5101/510104/${run}/scorecard.pdf`,
  sibling: `/51/5101/510105/${run}/scorecard.pdf`,
  cousin: `/51/5103/510302/${run}/scorecard.pdf`,
  otherProvince: `/52/${run}/overview.arrow`,
};

describe("who may see what", () => {
  const wordOf = (path: string, areas: string[]): string => {
    const decision = allow(path, cookiesOf(...areas), check);
    return decision.kind === "refused" ? decision.why : decision.kind;
  };
  const words = (areas: string[]) => Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, wordOf(path, areas)]));

  test("the province sees all of its own", () => {
    expect(words(["51"])).toEqual({
      province: "allowed", city: "allowed", otherCity: "allowed", county: "allowed",
      sibling: "allowed", cousin: "allowed", otherProvince: "area",
    });
  });
  test("a city sees itself and its counties", () => {
    expect(words(["5101"])).toEqual({
      province: "area", city: "allowed", otherCity: "area", county: "allowed",
      sibling: "allowed", cousin: "area", otherProvince: "area",
    });
  });
  test("a county sees itself alone", () => {
    expect(words(["510104"])).toEqual({
      province: "area", city: "area", otherCity: "area", county: "allowed",
      sibling: "area", cousin: "area", otherProvince: "area",
    });
  });
  test("two areas open both", () => {
    expect(words(["510104", "5103"])).toMatchObject(
      { county: "allowed", otherCity: "allowed", cousin: "allowed", sibling: "area" });
  });
  test("no area opens nothing", () => {
    expect(new Set(Object.values(words([])))).toEqual(new Set(["area"]));
  });
  test("a refusal names the area", () => {
    expect(allow(files.sibling, cookiesOf("510104"), check))
      .toEqual({ kind: "refused", why: "area", area: "510105" });
  });
  test("a whole URL counts as its path, the query does not matter", () => {
    expect(allow(`https://dudao.example${files.county}?x=/51/`, cookiesOf("510104"), check).kind)
      .toBe("allowed");
    expect(allow(`https://dudao.example${files.sibling}`, cookiesOf("510104"), check).kind)
      .toBe("refused");
  });
});

test.each(["/", "/login", "/app/", "/app/current.json", "/app/index.html",
  "/app/assets/main-BxY_1-z.js"])("%s is public", (path) => {
  expect(allow(path, {}, check)).toEqual({ kind: "public" });
});

describe("tricks with paths are refused for everybody, the province too", () => {
  test.each([
    `/51/../51/${run}/overview.arrow`, `/51/5101/../${run}/overview.arrow`,
    `/51/5101/510104/../510105/${run}/overview.arrow`, `/51/./${run}/overview.arrow`,
    `/51/5101/510104/%2e%2e/510105/${run}/overview.arrow`,
    `/51/5101/510104/%2E%2E/${run}/overview.arrow`, `/51/5101%2f510104/${run}/overview.arrow`,
    `/51/5101\\510104/${run}/overview.arrow`, `/51//5101/510104/${run}/overview.arrow`,
    `//51/5101/510104/${run}/overview.arrow`, `/51/5101/510104/${run}//overview.arrow`,
    `/51/5101/510104/${run}/overview.ARROW`, `/51/5101/510104/${run.toUpperCase()}/overview.arrow`,
    `/51/5101/510104/${run}/overview.arrow\0`, `/51/5101/510104/${run}/overview.arrow%00.js`,
    `/51/5101/510104/${run}/overview.arrow\n`, `/51/5101/510104/${run}/..`,
    `/51/5101/510104/${run}/`, `/51/5101/510104/${run}`, "/51/", "/51", "/51/5101/510104/",
    `/51/5103/510104/${run}/overview.arrow`, `/52/5101/510104/${run}/overview.arrow`,
    `/51/510104/${run}/overview.arrow`, `/5101/${run}/overview.arrow`,
    `/51/5101/510104/510105/${run}/overview.arrow`, `/51/5101/510104/${run}/a/overview.arrow`,
    `/51/5101/510104/${run}/.hidden`, `/51/5101/510104/latest/overview.arrow`,
    `51/5101/510104/${run}/overview.arrow`, "", "/private/users.json", "/publish/app/index.html",
    "/app/../private/users.json", "/app/%2e%2e/private/session.key", "/app//index.html",
    "/app/.env", "/app/..", "/application", "/login/../51", "/LOGIN",
  ])("%j", (path) => {
    expect(allow(path, cookiesOf("51", "52"), check)).toEqual({ kind: "refused", why: "path" });
  });

  test("a path's area is read from an exact spelling only", () => {
    expect(findAreaOfPath(files.county)).toBe("510104");
    expect(findAreaOfPath(files.city)).toBe("5101");
    expect(findAreaOfPath(files.province)).toBe("51");
    expect(findAreaOfPath("/app/index.html")).toBeUndefined();
  });
});

describe("a session", () => {
  const good = cookiesOf("510104")[sessionCookie] ?? "";
  const [text = "", signature = ""] = good.split(".");
  const province = Buffer.from(JSON.stringify(buildPolicy("someone", ["51"], later)));

  test.each([
    ["none", ""], ["no signature", text], ["an empty signature", `${text}.`],
    ["another policy under the signature", `${province.toString("base64url")}.${signature}`],
    ["a cut signature", good.slice(0, -2)], ["a third part", `${good}.x`], ["words", "a.b"],
    ["another key's", signSession(buildPolicy("someone", ["51"], later), Buffer.alloc(32, 8))],
  ])("%s opens nothing", (_, value) => {
    expect(allow(files.county, { [sessionCookie]: value }, check))
      .toEqual({ kind: "refused", why: "session" });
  });

  test("ends at its moment", () => {
    const at = (moment: Date) => readSession(good, { key, now: moment });
    expect(at(new Date(later.getTime() - 1000))?.areas).toEqual(["510104"]);
    expect(at(later)).toBeUndefined();
  });
});
