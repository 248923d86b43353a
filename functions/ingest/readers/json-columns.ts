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

/** More keys than any export has; beyond them only the keys of contracts become columns. */
export const MAX_JSON_COLUMNS = 1_000;

/**
 * The table of objects: its columns are the union of their dotted paths. First every object is
 * added, then each is asked for its cells.
 */
export class JsonTable {
  readonly #columns = new Map<string, number>();
  readonly #leaves: ReadonlySet<string>;
  readonly #wanted: ReadonlySet<string>;
  /** There are paths without a column: two columns without title stand for them. */
  #hasOthers = false;

  /**
   * A path of `leaves` is one column even where an object stands there; those of `wanted` are
   * columns however many others there are.
   */
  constructor(leaves: readonly string[] = [], wanted: readonly string[] = []) {
    this.#leaves = new Set(leaves);
    this.#wanted = new Set(wanted);
  }

  get columns(): readonly string[] {
    return [...(this.#hasOthers ? ["", ""] : []), ...this.#columns.keys()];
  }

  add(value: JsonObject, prefix = ""): void {
    for (const key in value) {
      const path = prefix === "" ? key : `${prefix}.${key}`;
      const inner = value[key];
      if (isJsonObject(inner) && !this.#leaves.has(path)) this.add(inner, path);
      else if (!this.#columns.has(path)) this.#addColumn(path);
    }
  }

  #addColumn(path: string): void {
    if (this.#columns.size < MAX_JSON_COLUMNS || this.#wanted.has(path)) {
      this.#columns.set(path, this.#columns.size);
    } else {
      this.#hasOthers = true;
    }
  }

  /** An object where others have a plain value is its JSON text. */
  toCells(value: JsonObject): RawCell[] {
    if (this.#hasOthers) return this.#toShortCells(value, "", []);
    const cells = Array.from<RawCell>({ length: this.#columns.size }).fill(null);
    this.#fill(value, "", cells);
    return cells;
  }

  #fill(value: JsonObject, prefix: string, cells: RawCell[]): void {
    for (const key in value) {
      const path = prefix === "" ? key : `${prefix}.${key}`;
      const inner = value[key];
      const column = this.#columns.get(path);
      if (column !== undefined) cells[column] = toRawCell(inner);
      else if (isJsonObject(inner)) this.#fill(inner, path, cells);
    }
  }

  /** Cells up to the last filled one: a thousand empty ones a row would cost minutes. */
  #toShortCells(value: JsonObject, prefix: string, cells: RawCell[]): RawCell[] {
    for (const key in value) {
      const path = prefix === "" ? key : `${prefix}.${key}`;
      const inner = value[key];
      const column = this.#columns.get(path);
      if (column === undefined && isJsonObject(inner)) {
        this.#toShortCells(inner, path, cells);
        continue;
      }
      const index = column === undefined ? Number((cells[0] ?? null) !== null) : column + 2;
      const cell = toRawCell(inner);
      if (cell === null) continue;
      while (cells.length < index) cells.push(null);
      cells[index] = cell;
    }
    return cells;
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

/** A JSON value as a cell; an object or an array is its JSON text. */
export function toRawCell(value: unknown): RawCell {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "object") return JSON.stringify(value);
  return value as string | number | boolean;
}
