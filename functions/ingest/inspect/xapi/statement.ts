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
  return checkObject(value, "statement", statementShape(value))
    ?? findVoidingFault(value as JsonObject);
}

const timestamp: Check = being("ISO 8601 timestamp", isTimestamp);

const verb: Check = (value, path) =>
  checkObject(value, path, { may: { id: iri, display: languageMap }, must: ["id"] });

const attachment: Check = (value, path) => {
  const fault = checkObject(value, path, {
    may: {
      usageType: iri, display: languageMap, description: languageMap,
      contentType: being("media type", isMediaType),
      length: being("whole number", (n) => Number.isInteger(n) && n as number >= 0),
      sha2: being("SHA-2", isSha2), fileUrl: being("IRL", isIri),
    },
    must: ["usageType", "display", "contentType", "length", "sha2"],
  });
  if (fault || !isJsonObject(value) || value["usageType"] !== SIGNATURE) return fault;
  return value["contentType"] === "application/octet-stream"
    ? undefined : `${path}.contentType: a signature is application/octet-stream`;
};

/** What a statement and a statement inside one have in common. */
function sharedProperties(value: unknown, object: Check): Shape["may"] {
  const inner = isJsonObject(value) ? value["object"] : undefined;
  return {
    actor: agentOrGroup, verb, object, result,
    context: contextOf(objectTypeOf(inner, "Activity") === "Activity"),
    timestamp, attachments: listOf(attachment),
  };
}

function statementShape(value: unknown): Shape {
  return {
    may: {
      ...sharedProperties(value, (object, path) =>
        (objectTypeOf(object, "Activity") === "SubStatement"
          ? subStatement(object, path) : objectOf(object, path))),
      id: being("UUID", isUuid), stored: timestamp, authority,
      version: being("version 1.0", isVersion),
    },
    must: ["actor", "verb", "object"],
  };
}

const subStatement: Check = (value, path) => checkObject(value, path, {
  may: {
    ...sharedProperties(value, objectOf),
    objectType: being("SubStatement", (type) => type === "SubStatement"),
  },
  must: ["objectType", "actor", "verb", "object"],
});

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
