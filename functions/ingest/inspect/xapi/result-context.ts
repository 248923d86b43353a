import { isJsonObject } from "../../readers/json-columns.ts";
import { agentOrGroup, group } from "./actor.ts";
import { activity } from "./activity.ts";
import {
  being, boolean, checkObject, extensions, listOf, string, type Check, type Shape,
} from "./checks.ts";
import { isDuration, isLanguageTag, isUuid } from "./formats.ts";

const number: Check = being("number", (value) => typeof value === "number");

const scoreShape: Shape = { may: { scaled: number, raw: number, min: number, max: number } };

const score: Check = (value, path) => {
  const fault = checkObject(value, path, scoreShape);
  if (fault) return fault;
  const { scaled, raw, min, max } = value as Readonly<Record<string, number | undefined>>;
  if (scaled !== undefined && (scaled < -1 || scaled > 1)) return `${path}.scaled: not in -1 … 1`;
  if (min !== undefined && max !== undefined && min >= max) return `${path}.min: not below max`;
  if (raw !== undefined && min !== undefined && raw < min) return `${path}.raw: below min`;
  if (raw !== undefined && max !== undefined && raw > max) return `${path}.raw: above max`;
  return undefined;
};

const resultShape: Shape = {
  may: {
    score, success: boolean, completion: boolean, response: string,
    duration: being("ISO 8601 duration", isDuration), extensions,
  },
};

export const result: Check = (value, path) => checkObject(value, path, resultShape);

const referenceShape: Shape = {
  may: {
    objectType: being("StatementRef", (type) => type === "StatementRef"),
    id: being("UUID", isUuid),
  },
  must: ["objectType", "id"],
};

export const statementRef: Check = (value, path) => checkObject(value, path, referenceShape);

const activities: Check = (value, path) =>
  (Array.isArray(value) ? listOf(activity)(value, path) : activity(value, path));

const activitiesShape: Shape = {
  may: { parent: activities, grouping: activities, category: activities, other: activities },
};
const contextActivities: Check = (value, path) => checkObject(value, path, activitiesShape);

const contextShape: Shape = {
  may: {
    registration: being("UUID", isUuid), instructor: agentOrGroup, team: group,
    contextActivities, revision: string, platform: string,
    language: being("language tag", isLanguageTag), statement: statementRef, extensions,
  },
};

/** `isActivity`: the statement's object is one; only then revision and platform mean anything. */
export function contextOf(isActivity: boolean): Check {
  return (value, path) => {
    const fault = checkObject(value, path, contextShape);
    if (fault || isActivity || !isJsonObject(value)) return fault;
    const wrong = ["revision", "platform"].find((key) => Object.hasOwn(value, key));
    return wrong === undefined ? undefined : `${path}.${wrong}: only beside an activity`;
  };
}
