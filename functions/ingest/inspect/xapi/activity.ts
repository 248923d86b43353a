import { isJsonObject } from "../../readers/json-columns.ts";
import {
  being, checkObject, extensions, iri, languageMap, listOf, string, type Check, type Shape,
} from "./checks.ts";

/** Interaction types with the lists of components that each may have (Data, 2.4.4.1). */
const componentsOf: Readonly<Record<string, readonly string[]>> = {
  "true-false": [], "choice": ["choices"], "fill-in": [], "long-fill-in": [],
  "matching": ["source", "target"], "performance": ["steps"], "sequencing": ["choices"],
  "likert": ["scale"], "numeric": [], "other": [],
};
const componentLists = ["choices", "scale", "source", "target", "steps"];

const componentShape: Shape = { may: { id: string, description: languageMap }, must: ["id"] };
const component: Check = (value, path) => checkObject(value, path, componentShape);

/** Components whose ids differ. */
const components: Check = (value, path) => {
  const fault = listOf(component)(value, path);
  if (fault) return fault;
  const ids = (value as readonly { readonly id: string }[]).map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  return twice === undefined ? undefined : `${path}: id twice: ${twice}`;
};

const definitionShape: Shape = {
  may: {
    name: languageMap, description: languageMap, type: iri, moreInfo: iri, extensions,
    interactionType: being("interaction type",
      (type) => typeof type === "string" && Object.hasOwn(componentsOf, type)),
    correctResponsesPattern: listOf(string),
    ...Object.fromEntries(componentLists.map((name) => [name, components])),
  },
};
const interactionNames = [...componentLists, "correctResponsesPattern"];

const definition: Check = (value, path) => {
  const fault = checkObject(value, path, definitionShape);
  if (fault || !isJsonObject(value)) return fault;
  const used = interactionNames.filter((name) => Object.hasOwn(value, name));
  const type = value["interactionType"];
  if (typeof type !== "string") {
    return used.length > 0 ? `${path}.interactionType: missing beside ${used[0]}` : undefined;
  }
  const wrong = used.find((name) =>
    name !== "correctResponsesPattern" && !componentsOf[type]?.includes(name));
  return wrong === undefined ? undefined : `${path}.${wrong}: not allowed with ${type}`;
};

const activityShape: Shape = {
  may: { objectType: being("Activity", (type) => type === "Activity"), id: iri, definition },
  must: ["id"],
};

/** An activity with its IRI and, where given, its definition. */
export const activity: Check = (value, path) => checkObject(value, path, activityShape);
