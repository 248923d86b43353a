import type { CellTable } from "./cell-table.ts";
import { skipSpaces, skipValue, stopsInString } from "./skip-json.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LF = 0x0a;
const CR = 0x0d;

/** A key that leads to a wanted value, or is one. */
interface Branch {
  readonly key: Buffer;
  /** Keys inside its object; empty for a wanted value. */
  readonly inner: Level;
  /** Place among the wanted paths; -1 where the path goes on. */
  readonly column: number;
  /** Scan that met it last. */
  seen: number;
}
interface Level {
  readonly branches: Branch[];
  /** Where the next key is looked for first: writers keep the order of their keys. */
  next: number;
}

/** A wanted value of the line scanned last. */
interface Step {
  readonly column: number;
  readonly depth: number;
  /** Its place in the line. */
  readonly start: number;
  readonly end: number;
  /** Where the bytes before it, values left out, end in the form of the line. */
  formEnd: number;
}

/**
 * Finds the values at the paths of a contract in the bytes of one JSON object a line and numbers
 * them by column. Whatever is unusual (a key twice, an escape in a key, deep nesting, hardly a
 * value, any fault) is left to `JSON.parse`: what it takes has the cells that that would give.
 */
export class JsonRowScanner {
  readonly #tables: readonly CellTable[];
  readonly #root: Level = { branches: [], next: 0 };
  #scan = 0;
  #nFilled = 0;
  /** The object that was scanned last byte by byte, without its values: most others are like it. */
  #form = Buffer.alloc(0);
  #steps: readonly Step[] = [];
  /** Of the line at hand. */
  #found: Step[] = [];

  /** Tables of the paths, in their order. */
  constructor(paths: readonly string[], tables: readonly CellTable[]) {
    this.#tables = tables;
    paths.forEach((path, column) => addPath(this.#root, path.split("."), column));
  }

  /** No path is the beginning of another one, or the same. */
  static canScan(paths: readonly string[]): boolean {
    return paths.every((path, i) => paths.every((other, j) =>
      i === j || path !== other && !other.startsWith(`${path}.`)));
  }

  /**
   * Index of the line end behind the object, its numbers in `numbers`; -1 where `JSON.parse` must
   * decide. The bytes are UTF-8, and a line end stands behind them.
   */
  scan(bytes: Buffer, from: number, numbers: Int32Array): number {
    let at = this.#scanAlike(bytes, from, numbers);
    if (at < 0) at = this.#scanLine(bytes, from, numbers);
    // Of a row that is all but empty its other values count too.
    if (at < 0 || this.#nFilled < 2) return -1;
    for (let column = 0; column < numbers.length; column++) {
      if (numbers[column] !== -1) continue;
      numbers[column] = (this.#tables[column] as CellTable).find(bytes, 0, 0, 0);
    }
    return at;
  }

  /** The same of a line whose bytes between the values are those of the last one. */
  #scanAlike(bytes: Buffer, from: number, numbers: Int32Array): number {
    const form = this.#form;
    const steps = this.#steps;
    this.#nFilled = 0;
    numbers.fill(-1);
    let at = from;
    let i = 0;
    for (let s = 0; s < steps.length; s++) {
      const { column, depth, formEnd } = steps[s] as Step;
      while (i < formEnd) if (form[i++] !== bytes[at++]) return -1;
      at = this.#scanCell(bytes, at, column, depth, numbers);
      if (at < 0) return -1;
    }
    while (i < form.length) if (form[i++] !== bytes[at++]) return -1;
    return i > 0 && isLineEnd(bytes, at) ? at : -1;
  }

  #scanLine(bytes: Buffer, from: number, numbers: Int32Array): number {
    this.#scan++;
    this.#nFilled = 0;
    this.#found.length = 0;
    numbers.fill(-1);
    let at = skipSpaces(bytes, from);
    if (bytes[at] !== OPEN) return -1;
    at = this.#scanObject(bytes, at + 1, this.#root, 1, numbers);
    if (at < 0) return -1;
    at = skipSpaces(bytes, at);
    if (!isLineEnd(bytes, at)) return -1;
    this.#keepForm(bytes, from, at);
    return at;
  }

  #keepForm(bytes: Buffer, from: number, end: number): void {
    const form = Buffer.alloc(end - from);
    let at = from;
    let size = 0;
    for (const step of this.#found) {
      size += bytes.copy(form, size, at, step.start);
      step.formEnd = size;
      at = step.end;
    }
    size += bytes.copy(form, size, at, end);
    this.#form = form.subarray(0, size);
    this.#steps = this.#found;
    this.#found = [];
  }

  /** Index behind the object that begins before `from`; -1 as above. */
  #scanObject(
    bytes: Buffer, from: number, level: Level, depth: number, numbers: Int32Array,
  ): number {
    level.next = 0;
    let at = skipSpaces(bytes, from);
    if (bytes[at] === CLOSE) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return -1;
      const start = ++at;
      while (stopsInString[bytes[at] as number] === 0) at++;
      if (bytes[at] !== QUOTE) return -1;
      const branch = findBranch(level, bytes, start, at);
      at = skipSpaces(bytes, at + 1);
      if (bytes[at] !== COLON) return -1;
      at = skipSpaces(bytes, at + 1);
      if (branch === undefined) at = skipValue(bytes, at, depth);
      else {
        // The last of equal keys counts.
        if (branch.seen === this.#scan) return -1;
        branch.seen = this.#scan;
        if (branch.column >= 0) at = this.#scanStep(bytes, at, branch.column, depth, numbers);
        else if (bytes[at] !== OPEN) at = skipValue(bytes, at, depth);
        else at = this.#scanObject(bytes, at + 1, branch.inner, depth + 1, numbers);
      }
      if (at < 0) return -1;
      at = skipSpaces(bytes, at);
      if (bytes[at] === COMMA) at = skipSpaces(bytes, at + 1);
      else return bytes[at] === CLOSE ? at + 1 : -1;
    }
  }

  #scanStep(
    bytes: Buffer, start: number, column: number, depth: number, numbers: Int32Array,
  ): number {
    const end = this.#scanCell(bytes, start, column, depth, numbers);
    this.#found.push({ column, depth, start, end, formEnd: 0 });
    return end;
  }

  /** Index behind a wanted value. */
  #scanCell(
    bytes: Buffer, from: number, column: number, depth: number, numbers: Int32Array,
  ): number {
    const table = this.#tables[column] as CellTable;
    const known = table.endOfLast(bytes, from);
    // The bytes of a number or a word may be the beginning of more.
    if (known > from && isClosed(bytes[known - 1] as number)) {
      numbers[column] = table.last;
      if (!isNothing(bytes, from, known)) this.#nFilled++;
      return known;
    }
    const end = skipValue(bytes, from, depth);
    if (end < 0) return -1;
    let hash = 0;
    for (let i = from; i < end; i++) hash = (hash << 5) - hash + (bytes[i] as number) | 0;
    numbers[column] = table.find(bytes, from, end, hash);
    if (!isNothing(bytes, from, end)) this.#nFilled++;
    return end;
  }
}

function addPath(level: Level, keys: readonly string[], column: number): void {
  const [first = "", ...rest] = keys;
  const key = Buffer.from(first);
  let branch = level.branches.find((b) => b.key.equals(key));
  if (!branch) {
    branch = {
      key, inner: { branches: [], next: 0 }, column: rest.length === 0 ? column : -1, seen: 0,
    };
    level.branches.push(branch);
  }
  if (rest.length > 0) addPath(branch.inner, rest, column);
}

function findBranch(level: Level, bytes: Buffer, start: number, end: number): Branch | undefined {
  const { branches } = level;
  for (let i = 0; i < branches.length; i++) {
    const at = level.next + i < branches.length ? level.next + i : level.next + i - branches.length;
    const branch = branches[at] as Branch;
    if (!isKey(branch.key, bytes, start, end)) continue;
    level.next = at + 1 < branches.length ? at + 1 : 0;
    return branch;
  }
  return undefined;
}

function isKey(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = key;
  if (end - start !== length) return false;
  for (let i = 0; i < length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === LF || bytes[at] === CR;
}

/** The last byte of a text, an object or an array: nothing of it can follow. */
function isClosed(byte: number): boolean {
  return byte === QUOTE || byte === CLOSE || byte === 0x5d;
}

/** `null` or an empty text. */
function isNothing(bytes: Buffer, start: number, end: number): boolean {
  return bytes[start] === QUOTE ? end - start === 2 : bytes[start] === 0x6e;
}
