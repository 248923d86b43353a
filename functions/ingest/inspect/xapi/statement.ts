import { isJsonObject, type JsonObject } from "../../readers/json-columns.ts";
import { activity } from "./activity.ts";
import { agent, agentOrGroup, authority, group } from "./actor.ts";
import {
  being, checkObject, iri, languageMap, listOf, objectTypeOf, type Check, type Fault, type Shape,
} from "./checks.ts";
import { isIri, isMediaType, isSha2, isTimestamp, isUuid, isVersion } from "./formats.ts";
import { contextOf, result, statementRef } from "./result-context.ts";

const VOIDED = "http://adlnet.gov/expapi/verbs/voided";
const SIGNATURE = "http://adlnet.gov/expapi/attachments/signature";

/**
 * First fault of a statement by the MUST rules of xAPI 1.0.3 (part two, Data), as
 * `statement.actor.mbox: no mailto IRI`; undefined where it follows them all. What only a
 * store can know (ids sent before, bodies of attachments) is not asked.
 */
export function findStatementFault(value: unknown): Fault {
  return checkObject(value, "statement", shapeOf(value, statementShapes))
    ?? findVoidingFault(value as JsonObject);
}

const timestamp: Check = being("ISO 8601 timestamp", isTimestamp);

const verbShape: Shape = { may: { id: iri, display: languageMap }, must: ["id"] };
const verb: Check = (value, path) => checkObject(value, path, verbShape);

const attachmentShape: Shape = {
  may: {
    usageType: iri, display: languageMap, description: languageMap,
    contentType: being("media type", isMediaType),
    length: being("whole number", (n) => Number.isInteger(n) && n as number >= 0),
    sha2: being("SHA-2", isSha2), fileUrl: being("IRL", isIri),
  },
  must: ["usageType", "display", "contentType", "length", "sha2"],
};

const attachment: Check = (value, path) => {
  const fault = checkObject(value, path, attachmentShape);
  if (fault || !isJsonObject(value) || value["usageType"] !== SIGNATURE) return fault;
  return value["contentType"] === "application/octet-stream"
    ? undefined : `${path}.contentType: a signature is application/octet-stream`;
};

/** What a statement and a statement inside one have in common. */
function sharedProperties(object: Check, isActivity: boolean): Shape["may"] {
  return {
    actor: agentOrGroup, verb, object, result, context: contextOf(isActivity), timestamp,
    attachments: listOf(attachment),
  };
}

/** The shape of a statement about an activity, and of one about anything else. */
function buildShapes(object: Check, more: Shape["may"], must: readonly string[]): {
  readonly activity: Shape; readonly other: Shape;
} {
  return {
    activity: { may: { ...sharedProperties(object, true), ...more }, must },
    other: { may: { ...sharedProperties(object, false), ...more }, must },
  };
}

function shapeOf(value: unknown, shapes: ReturnType<typeof buildShapes>): Shape {
  const object = isJsonObject(value) ? value["object"] : undefined;
  return objectTypeOf(object, "Activity") === "Activity" ? shapes.activity : shapes.other;
}

const subStatementShapes = buildShapes(objectOf, {
  objectType: being("SubStatement", (type) => type === "SubStatement"),
}, ["objectType", "actor", "verb", "object"]);

function anyObject(value: unknown, path: string): Fault {
  return objectTypeOf(value, "Activity") === "SubStatement"
    ? checkObject(value, path, shapeOf(value, subStatementShapes)) : objectOf(value, path);
}

const statementShapes = buildShapes(anyObject, {
  id: being("UUID", isUuid), stored: timestamp, authority,
  version: being("version 1.0", isVersion),
}, ["actor", "verb", "object"]);

/** Anything that may be an object also inside a statement inside one. */
function objectOf(value: unknown, path: string): Fault {
  const type = objectTypeOf(value, "Activity");
  switch (type) {
    case "Activity": return activity(value, path);
    case "Agent": return agent(value, path);
    case "Group": return group(value, path);
    case "StatementRef": return statementRef(value, path);
    default: return `${path}.objectType: not allowed: ${String(type)}`;
  }
}

/** Voiding points to a statement, never to a thing (Data, 2.3.2). */
function findVoidingFault(statement: JsonObject): Fault {
  const verbId = (statement["verb"] as JsonObject | undefined)?.["id"];
  if (verbId !== VOIDED || objectTypeOf(statement["object"], "Activity") === "StatementRef") {
    return undefined;
  }
  return "statement.object: voiding needs a StatementRef";
}
