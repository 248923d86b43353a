import type { RawCell } from "../raw.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Nesting beyond this is no record of any export. */
export const MAX_NESTING = 64;

/** Whether brackets outside strings nest deeper than `MAX_NESTING`. */
export function isNestedTooDeep(json: string): boolean {
  if (!hasManyBrackets(json)) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_NESTING) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** Few brackets cannot nest deep: a cheap bound for the records of every day. */
function hasManyBrackets(json: string): boolean {
  let found = 0;
  for (const bracket of ["{", "["]) {
    for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) {
      if (++found > MAX_NESTING) return true;
    }
  }
  return false;
}

/** Keys of all objects of an export together; as many as a sheet has columns. */
export const MAX_JSON_COLUMNS = 16_384;

/**
 * Adds the dotted paths of an object's values to `columns`, in order of appearance; a path of
 * `leaves` is one column even where an object stands there.
 */
export function collectColumns(
  value: JsonObject,
  columns: Map<string, number>,
  leaves: ReadonlySet<string>,
  prefix = "",
): void {
  for (const key in value) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const inner = value[key];
    if (isJsonObject(inner) && !leaves.has(path)) collectColumns(inner, columns, leaves, path);
    else if (!columns.has(path)) columns.set(path, columns.size);
  }
}

/**
 * The cells of an object by the dotted paths of its values; other paths are left out. An object
 * where others have a plain value is its JSON text.
 */
export function flattenByColumns(
  value: JsonObject,
  columns: ReadonlyMap<string, number>,
  cells: RawCell[],
  prefix = "",
): void {
  for (const key in value) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const inner = value[key];
    const column = columns.get(path);
    if (column !== undefined) cells[column] = toRawCell(inner);
    else if (isJsonObject(inner)) flattenByColumns(inner, columns, cells, path);
  }
}

/** All plain values of an object, the paths of `except` left out. */
export function listOtherValues(
  value: JsonObject,
  except: ReadonlySet<string>,
  prefix = "",
): RawCell[] {
  const found: RawCell[] = [];
  for (const key in value) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const inner = value[key];
    if (except.has(path)) continue;
    if (isJsonObject(inner)) found.push(...listOtherValues(inner, except, path));
    else found.push(toRawCell(inner));
  }
  return found;
}

/** The cell at a path of an object; an object there is its JSON text. */
export function readPath(value: JsonObject, path: readonly string[]): RawCell {
  let inner: unknown = value;
  for (const key of path) {
    if (!isJsonObject(inner) || !Object.hasOwn(inner, key)) return null;
    inner = inner[key];
  }
  return toRawCell(inner);
}

function toRawCell(value: unknown): RawCell {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "object") return JSON.stringify(value);
  return value as string | number | boolean;
}
