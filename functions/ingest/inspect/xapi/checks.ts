import { isJsonObject, type JsonObject } from "../../readers/json-columns.ts";
import { isIri, isLanguageTag } from "./formats.ts";

/** Path of the first fault with what is wrong there; undefined where there is none. */
export type Fault = string | undefined;
/** Looks at the value of a property. */
export type Check = (value: unknown, path: string) => Fault;

/** Properties that an object may have, and those it must have. */
export interface Shape {
  readonly may: Readonly<Record<string, Check>>;
  readonly must?: readonly string[];
}

/** An object with no other properties than those of the shape, in the case given. */
export function checkObject(value: unknown, path: string, shape: Shape): Fault {
  if (!isJsonObject(value)) return `${path}: no object`;
  for (const key of shape.must ?? []) {
    if (!Object.hasOwn(value, key)) return `${path}.${key}: missing`;
  }
  for (const key in value) {
    const inner = value[key];
    const check = Object.hasOwn(shape.may, key) ? shape.may[key] : undefined;
    if (!check) return `${path}.${key}: not allowed`;
    if (inner === null) return `${path}.${key}: null`;
    // The path is spelled only where something is wrong.
    if (check(inner, "") === undefined) continue;
    return check(inner, `${path}.${key}`);
  }
  return undefined;
}

/** A check that is one question. */
export function being(what: string, test: (value: unknown) => boolean): Check {
  return (value, path) => (test(value) ? undefined : `${path}: no ${what}`);
}

export const string: Check = being("string", (value) => typeof value === "string");
export const boolean: Check = being("boolean", (value) => typeof value === "boolean");
export const iri: Check = being("IRI", isIri);

/** A list in which every element passes. */
export function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return `${path}: no list`;
    for (const [i, element] of value.entries()) {
      const fault = element === null ? `${path}[${i}]: null` : check(element, `${path}[${i}]`);
      if (fault) return fault;
    }
    return undefined;
  };
}

/** Language tags with texts, at least one (Data, 4.2). */
export const languageMap: Check = (value, path) => {
  if (!isJsonObject(value)) return `${path}: no language map`;
  const entries = Object.entries(value);
  if (entries.length === 0) return `${path}: empty language map`;
  for (const [tag, text] of entries) {
    if (!isLanguageTag(tag)) return `${path}: no language tag: ${tag}`;
    if (typeof text !== "string") return `${path}.${tag}: no string`;
  }
  return undefined;
};

/** IRIs with anything, null included (Data, 4.1). */
export const extensions: Check = (value, path) => {
  if (!isJsonObject(value)) return `${path}: no object`;
  const wrong = Object.keys(value).find((key) => !isIri(key));
  return wrong === undefined ? undefined : `${path}: no IRI: ${wrong}`;
};

/** The `objectType` of an object, or what it is without one. */
export function objectTypeOf(value: unknown, otherwise: string): unknown {
  if (!isJsonObject(value) || !Object.hasOwn(value, "objectType")) return otherwise;
  return (value as JsonObject)["objectType"];
}
