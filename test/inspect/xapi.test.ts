import { describe, expect, test } from "vitest";
import { findStatementFault } from "../../functions/ingest/inspect/xapi/statement.ts";

type Json = Readonly<Record<string, unknown>>;

const agent = { mbox: "mailto:someone@example.com" };
const statement: Json = {
  id: "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
  actor: agent,
  verb: { id: "http://adlnet.gov/expapi/verbs/completed", display: { "en-US": "completed" } },
  object: { id: "https://courses.example/c1" },
};
const activity = (definition: Json): Json => ({ object: { id: "https://c.example/1", definition } });
const result = (value: Json): Json => ({ result: value });
const context = (value: Json): Json => ({ context: value });
const group = { objectType: "Group", member: [agent, { mbox: "mailto:other@example.com" }] };
const sub = {
  objectType: "SubStatement", actor: agent, verb: statement["verb"], object: statement["object"],
};
const reference = { objectType: "StatementRef", id: "6690e6c9-3ef0-4ed3-8b37-7f3964730bee" };
const attachment = {
  usageType: "http://example.com/usage", display: { en: "file" }, contentType: "text/plain; charset=ascii",
  length: 27, sha2: "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
};

describe("statements that follow xAPI 1.0.3", () => {
  test.each<readonly [string, Json]>([
    ["nothing but actor, verb and object", {}],
    ["an anonymous group of agents", { actor: group }],
    ["a group with an account", { actor: {
      objectType: "Group", name: "g", account: { homePage: "http://a.example", name: "x" } } }],
    ["an agent by the hash of the address", { actor: {
      objectType: "Agent", mbox_sha1sum: "cd9b00a5611f94eaa7b1661edab976068e364975" } }],
    ["an agent by OpenID", { actor: { openid: "http://openid.example.org/12345" } }],
    ["an agent as object", { object: { objectType: "Agent", ...agent } }],
    ["a statement inside one", { object: sub }],
    ["a voiding of another", { verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: reference }],
    ["a score on its bounds", result({ score: { scaled: -1, raw: 5, min: 5, max: 6 } })],
    ["a duration in weeks", result({ duration: "P4W" })],
    ["a duration in years", result({ duration: "P3Y" })],
    ["a duration with everything", result({ duration: "P3Y1M29DT4H35M59.14S" })],
    ["a time in basic form", { timestamp: "20130518T053234Z" }],
    ["a time without zone", { timestamp: "2013-05-18T05:32:34.804" }],
    ["a positive zero offset", { timestamp: "2008-09-15T15:53:00.601+00:00" }],
    ["null inside extensions", result({ extensions: { "http://x.example/n": null } })],
    ["two context activities of a kind", context({ contextActivities: {
      parent: [{ id: "https://a.example" }, { id: "https://b.example" }] } })],
    ["one context activity without a list", context({ contextActivities: { other: { id: "urn:a:b" } } })],
    ["revision and platform beside an activity", context({ revision: "2", platform: "p" })],
    ["a language of four letters and a script", context({ language: "zh-Hans-CN" })],
    ["a choice with its choices", activity({
      interactionType: "choice", correctResponsesPattern: ["a"],
      choices: [{ id: "a", description: { zh: "甲" } }, { id: "b" }] })],
    ["a whole attachment", { attachments: [attachment] }],
    ["an authority of two agents", { authority: group }],
    ["a later patch of version 1.0", { version: "1.0.3" }],
  ])("%s", (_, change) => {
    expect(findStatementFault({ ...statement, ...change })).toBeUndefined();
  });
});

describe("statements that break a rule of xAPI 1.0.3", () => {
  test.each<readonly [string, Json, string]>([
    ["an id that is no UUID", { id: "AA97B177-9383-4934-8543-0F91A7A028368" }, "statement.id"],
    ["a null value", { actor: { ...agent, name: null } }, "statement.actor.name"],
    ["a property that is not known", { extra: 1 }, "statement.extra"],
    ["a property in another case", { Timestamp: "2013-05-18T05:32:34Z" }, "statement.Timestamp"],
    ["an agent without identifier", { actor: { name: "x" } }, "0 identifiers"],
    ["an agent with two identifiers", { actor: { ...agent, openid: "http://o.example" } }, "2 identifiers"],
    ["an address without mailto", { actor: { mbox: "someone@example.com" } }, "actor.mbox"],
    ["a hash that is too short", { actor: { mbox_sha1sum: "cd9b00" } }, "mbox_sha1sum"],
    ["an account without home page", { actor: { account: { name: "x" } } }, "homePage"],
    ["a home page without scheme", { actor: { account: { homePage: "a.example", name: "x" } } }, "homePage"],
    ["an agent with members", { actor: { ...agent, member: [agent] } }, "member"],
    ["an anonymous group without members", { actor: { objectType: "Group" } }, "member"],
    ["a group inside a group", { actor: { ...group, member: [group] } }, "member"],
    ["a type in another case", { actor: { ...agent, objectType: "agent" } }, "objectType"],
    ["a verb without IRI", { verb: { id: "completed" } }, "verb.id"],
    ["an empty language map", { verb: { id: "http://v.example", display: {} } }, "verb.display"],
    ["no language tag", { verb: { id: "http://v.example", display: { a12345: "x" } } }, "a12345"],
    ["two regions in a language tag", { verb: { id: "http://v.example", display: { "de-419-DE": "x" } } }, "de-419-DE"],
    ["an activity without id", { object: { objectType: "Activity" } }, "object.id"],
    ["an object of an unknown type", { object: { objectType: "Thing", id: "http://a.example" } }, "objectType"],
    ["a voiding of an activity", { verb: { id: "http://adlnet.gov/expapi/verbs/voided" } }, "voiding"],
    ["a reference that is no UUID", { object: { ...reference, id: "x" } }, "object.id"],
    ["an id inside a statement inside one", { object: { ...sub, id: statement["id"] } }, "object.id"],
    ["a statement two levels inside", { object: { ...sub, object: sub } }, "objectType"],
    ["a scaled score above 1", result({ score: { scaled: 1.01 } }), "scaled"],
    ["a raw score above max", result({ score: { raw: 7, max: 6 } }), "raw"],
    ["min that is not below max", result({ score: { min: 6, max: 6 } }), "min"],
    ["a number as text", result({ score: { max: "100" } }), "max"],
    ["a boolean as text", result({ completion: "false" }), "completion"],
    ["weeks beside days", result({ duration: "P4W1D" }), "duration"],
    ["a duration of nothing", result({ duration: "P" }), "duration"],
    ["a duration that ends with T", result({ duration: "P1DT" }), "duration"],
    ["a fraction that is not the last part", result({ duration: "PT1.5H3M" }), "duration"],
    ["a key of extensions that is no IRI", result({ extensions: { n: 1 } }), "extensions"],
    ["an offset of -00", { timestamp: "2008-09-15T15:53:00.601-00" }, "timestamp"],
    ["an offset of -0000", { timestamp: "2008-09-15T15:53:00.601-0000" }, "timestamp"],
    ["an offset of -00:00", { stored: "2008-09-15T15:53:00.601-00:00" }, "stored"],
    ["a day that is none", { timestamp: "2021-02-29T10:00:00Z" }, "timestamp"],
    ["a day without time", { timestamp: "2021-02-28" }, "timestamp"],
    ["revision beside an agent", { object: { objectType: "Agent", ...agent }, ...context({ revision: "2" }) }, "revision"],
    ["a team that is no group", context({ team: agent }), "team"],
    ["a registration that is no UUID", context({ registration: "x" }), "registration"],
    ["an agent among context activities", context({ contextActivities: { parent: [agent] } }), "parent"],
    ["a kind of context activity that is not known", context({ contextActivities: { child: [] } }), "child"],
    ["an interaction type that is not known", activity({ interactionType: "essay" }), "interactionType"],
    ["choices without interaction type", activity({ choices: [{ id: "a" }] }), "interactionType"],
    ["steps beside a likert scale", activity({ interactionType: "likert", steps: [{ id: "a" }] }), "steps"],
    ["two choices of one id", activity({ interactionType: "choice", choices: [{ id: "a" }, { id: "a" }] }), "choices"],
    ["attachments that are no list", { attachments: attachment }, "attachments"],
    ["an attachment without length", { attachments: [{ ...attachment, length: undefined }] }, "length"],
    ["no media type", { attachments: [{ ...attachment, contentType: "should fail" }] }, "contentType"],
    ["a signature that is text", { attachments: [{ ...attachment,
      usageType: "http://adlnet.gov/expapi/attachments/signature" }] }, "signature"],
    ["an authority of one member", { authority: { ...group, member: [agent] } }, "authority"],
    ["an identified group as authority", { authority: { ...group, ...agent } }, "authority"],
    ["another version", { version: "2.0.0" }, "version"],
  ])("%s", (_, change, place) => {
    expect(findStatementFault({ ...statement, ...change })).toContain(place);
  });

  test.each(["actor", "verb", "object"])("no %s", (key) => {
    const { [key]: _, ...rest } = statement;
    expect(findStatementFault(rest)).toBe(`statement.${key}: missing`);
  });

  test.each([null, [], "x", 1])("no object: %j", (value) => {
    expect(findStatementFault(value)).toBe("statement: no object");
  });
});
