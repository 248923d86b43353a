import type { RawCell } from "../raw.ts";
import { isAscii } from "./cell-decoder.ts";

/** The cell of some bytes; undefined where they are broken. */
type ReadCell = (bytes: Buffer, start: number, end: number) => RawCell | undefined;

const FIRST_SLOTS = 1 << 8;
const FIRST_ARENA = 1 << 12;
/** Distinct cells that one column remembers; more than a county's persons. */
const MOST_CELLS = 1 << 18;
const MOST_ARENA = 1 << 25;
/** Of a column whose cells hardly come again: they stay in the cache of the processor. */
export const FEW_CELLS = 1 << 14;
const SPACE = 0x20;
const TAB = 0x09;

/** A cell whose bytes are broken. */
export const BROKEN = -1;

/**
 * The distinct cells of one column, numbered as they come: a cell seen before is found by its
 * bytes, without a text being made. Numbers are dense and hold until the next `forget`.
 */
export class CellTable {
  readonly #read: ReadCell;
  readonly #mostCells: number;
  readonly #fewCells: number;
  /** Cells looked up since the last `forget`. */
  #finds = 0;
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS >> 1);
  /** End of each cell in the arena; the cell before it ends where it starts. */
  #ends = new Int32Array(FIRST_SLOTS >> 1);
  #arena: Buffer = Buffer.allocUnsafeSlow(FIRST_ARENA);
  #last = BROKEN;
  /** Its bytes in the arena; -1 bytes where there is none. */
  #lastFrom = 0;
  #lastLength = -1;
  #size = 0;
  /** How often everything was forgotten. */
  generation = 0;

  /** `fewCells`: at most so many are remembered where less than one in eight comes again. */
  constructor(read: ReadCell, mostCells = MOST_CELLS, fewCells = mostCells) {
    this.#read = read;
    this.#mostCells = mostCells;
    this.#fewCells = fewCells;
  }

  /** Cells since the last `forget`; they are numbered from 0 on. */
  get size(): number {
    return this.#size;
  }

  /** A cell as readers hand it out; it is made anew each time. */
  cell(number: number): RawCell {
    const from = this.#startOf(number);
    const cell = this.#read(this.#arena, from, this.#ends[number] as number);
    return cell === "" || cell === undefined ? null : cell;
  }

  /** Nothing but spaces and tabs. */
  isBlank(number: number): boolean {
    const end = this.#ends[number] as number;
    for (let i = this.#startOf(number); i < end; i++) {
      const byte = this.#arena[i];
      if (byte !== SPACE && byte !== TAB) return false;
    }
    return true;
  }

  /** The cell found last. */
  get last(): number {
    return this.#last;
  }

  /** Index behind the cell found last where these bytes begin with it, else -1. */
  endOfLast(bytes: Buffer, start: number): number {
    const arena = this.#arena;
    const from = this.#lastFrom;
    const length = this.#lastLength;
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return -1;
    return length < 0 ? -1 : start + length;
  }

  /** The cell found last may hold a delimiter: it stood in quotes. */
  forgetLast(): void {
    this.#lastLength = -1;
  }

  /** Number of the cell with these bytes, of which `hash` was made; BROKEN where it is no text. */
  find(bytes: Buffer, start: number, end: number, hash: number): number {
    this.#finds++;
    const mask = this.#slots.length - 1;
    let slot = spread(hash) & mask;
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) return this.#add(bytes, start, end, hash, slot);
      if (this.#hashes[number] === hash && this.#isAt(number, bytes, start, end)) {
        this.#setLast(number);
        return number;
      }
      slot = (slot + 1) & mask;
    }
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1] as number;
  }

  #setLast(number: number): void {
    const from = this.#startOf(number);
    this.#last = number;
    this.#lastFrom = from;
    this.#lastLength = (this.#ends[number] as number) - from;
  }

  /** Makes room where the column has too many distinct cells: numbers begin anew. */
  forgetIfFull(): boolean {
    const isOfUse = this.#finds - this.#size >= this.#size >> 3;
    const most = isOfUse ? this.#mostCells : this.#fewCells;
    if (this.#size < most && this.#arena.length < MOST_ARENA) return false;
    this.#finds = 0;
    this.#slots.fill(0);
    if (this.#arena.length >= MOST_ARENA) this.#arena = Buffer.allocUnsafeSlow(FIRST_ARENA);
    this.#size = 0;
    this.#last = BROKEN;
    this.#lastLength = -1;
    this.generation++;
    return true;
  }

  #isAt(number: number, bytes: Buffer, start: number, end: number): boolean {
    const arena = this.#arena;
    const from = this.#startOf(number);
    const length = end - start;
    if ((this.#ends[number] as number) - from !== length) return false;
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #add(bytes: Buffer, start: number, end: number, hash: number, slot: number): number {
    if (!isAscii(bytes, start, end) && this.#read(bytes, start, end) === undefined) {
      return BROKEN;
    }
    const number = this.#size++;
    const from = this.#startOf(number);
    const to = from + end - start;
    if (number === this.#hashes.length) {
      this.#hashes = grown(this.#hashes);
      this.#ends = grown(this.#ends);
    }
    if (to > this.#arena.length) {
      const arena = Buffer.allocUnsafeSlow(Math.max(this.#arena.length * 2, to));
      this.#arena.copy(arena, 0, 0, from);
      this.#arena = arena;
    }
    // Most cells are short: copying them here costs less than a call of native code.
    if (end - start > 32) bytes.copy(this.#arena, from, start, end);
    else for (let i = start; i < end; i++) this.#arena[from + i - start] = bytes[i] as number;
    this.#hashes[number] = hash;
    this.#ends[number] = to;
    this.#slots[slot] = number + 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    this.#setLast(number);
    return number;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      const hash = this.#hashes[number] as number;
      let slot = spread(hash) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

/** The reader's hash of bytes is quick, not good: its bits are mixed here. */
function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

function grown(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}
