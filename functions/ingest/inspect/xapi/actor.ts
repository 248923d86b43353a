import { isJsonObject } from "../../readers/json-columns.ts";
import {
  being, checkObject, iri, listOf, objectTypeOf, string, type Check, type Fault,
  type Shape,
} from "./checks.ts";
import { isMailto, isSha1 } from "./formats.ts";

const accountShape: Shape = { may: { homePage: iri, name: string }, must: ["homePage", "name"] };
const account: Check = (value, path) => checkObject(value, path, accountShape);

/** The four ways to name somebody, of which exactly one is used (Data, 2.4.2.3). */
const identifiers: Readonly<Record<string, Check>> = {
  mbox: being("mailto IRI", isMailto),
  mbox_sha1sum: being("SHA-1", isSha1),
  openid: iri,
  account,
};

const identifierNames = Object.keys(identifiers);

function nIdentifiers(value: object): number {
  return identifierNames.filter((key) => Object.hasOwn(value, key)).length;
}

const agentShape: Shape = {
  may: {
    ...identifiers, name: string, objectType: being("Agent", (type) => type === "Agent"),
  },
};

/** One person or thing, named in exactly one way. */
export const agent: Check = (value, path) => {
  const fault = checkObject(value, path, agentShape);
  if (fault) return fault;
  const n = nIdentifiers(value as object);
  return n === 1 ? undefined : `${path}: ${n} identifiers; an agent has one`;
};

const groupShape: Shape = {
  may: {
    ...identifiers, name: string, member: listOf(agent),
    objectType: being("Group", (type) => type === "Group"),
  },
  must: ["objectType"],
};

/** A group: named in one way, or anonymous with its members; no groups inside. */
export const group: Check = (value, path) => {
  const fault = checkObject(value, path, groupShape);
  if (fault || !isJsonObject(value)) return fault;
  const n = nIdentifiers(value);
  if (n > 1) return `${path}: ${n} identifiers; a group has at most one`;
  const members = value["member"];
  const nMembers = Array.isArray(members) ? members.length : 0;
  return n === 0 && nMembers === 0 ? `${path}.member: missing` : undefined;
};

/** An agent, or a group where the object says so. */
export const agentOrGroup: Check = (value, path) =>
  (objectTypeOf(value, "Agent") === "Group" ? group(value, path) : agent(value, path));

/** An agent, or the anonymous group of an OAuth consumer and its user (Data, 2.4.9). */
export const authority: Check = (value, path): Fault => {
  const fault = agentOrGroup(value, path);
  if (fault || objectTypeOf(value, "Agent") !== "Group" || !isJsonObject(value)) return fault;
  if (nIdentifiers(value) > 0) return `${path}: identified group`;
  const members = value["member"] as readonly unknown[];
  if (members.length === 2) return undefined;
  return `${path}.member: ${members.length} members; two stand for OAuth`;
};
