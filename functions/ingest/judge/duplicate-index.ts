/** Slots at the start; doubled at half load. */
const FIRST_SLOTS = 1 << 12;
/** A file can hold fewer records than rows: more than this many slots must show. */
const MOST_FIRST_SLOTS = 1 << 22;

/** The first row of its record, a repetition, a newer version, an older one. */
export type RowKind = "first" | "duplicate" | "version" | "older";

/**
 * The newest content so far of every record id of one file: 64 bits of the id, 64 of the content
 * and the version in typed arrays, 24 bytes a slot (1 M records: 48 MB). Two different ids meet
 * with a probability below 10^-7 in a file of a million rows, and even then both rows are kept
 * unless their contents are equal too.
 */
export class DuplicateIndex {
  #slots: number;
  #count = 0;
  #ids: Uint32Array;
  #contents: Uint32Array;
  #versions: Float64Array;

  /** `rows`: how many records are expected. */
  constructor(rows = 0) {
    this.#slots = FIRST_SLOTS;
    while (this.#slots < rows * 2 && this.#slots < MOST_FIRST_SLOTS) this.#slots *= 2;
    this.#ids = new Uint32Array(this.#slots * 2);
    this.#contents = new Uint32Array(this.#slots * 2);
    this.#versions = new Float64Array(this.#slots).fill(Number.NaN);
  }

  /**
   * Whether the row repeats the newest version so far of its record; otherwise it is remembered,
   * as the newest unless its version is lower.
   */
  isDuplicate(recordId: string, contentHash: string, version: number): boolean {
    const { high, low } = hashRecordId(recordId);
    return this.isDuplicateHash(
      high, low, readHex(contentHash, 0), readHex(contentHash, 8), version);
  }

  /** The same of a record id and a content of which 64 bits each are known. */
  isDuplicateHash(
    idHigh: number, idLow: number, contentHigh: number, contentLow: number, version: number,
  ): boolean {
    return this.take(idHigh, idLow, contentHigh, contentLow, version) === "duplicate";
  }

  /** What a row is to the rows before it; `older`: a version lower than the newest so far. */
  take(
    idHigh: number, idLow: number, contentHigh: number, contentLow: number, version: number,
  ): RowKind {
    const slot = this.#findSlot(idHigh, idLow);
    const newest = this.#versions[slot] as number;
    if (!Number.isNaN(newest)) {
      const isSame = this.#contents[slot * 2] === contentHigh
        && this.#contents[slot * 2 + 1] === contentLow;
      if (isSame) return "duplicate";
      if (version < newest) return "older";
      this.#write(slot, idHigh, idLow, contentHigh, contentLow, version);
      return "version";
    }
    this.#write(slot, idHigh, idLow, contentHigh, contentLow, version);
    if (++this.#count * 2 > this.#slots) this.#grow();
    return "first";
  }

  #findSlot(idHigh: number, idLow: number): number {
    const mask = this.#slots - 1;
    for (let slot = idLow & mask; ; slot = (slot + 1) & mask) {
      if (Number.isNaN(this.#versions[slot])) return slot;
      if (this.#ids[slot * 2] === idHigh && this.#ids[slot * 2 + 1] === idLow) return slot;
    }
  }

  #write(
    slot: number, idHigh: number, idLow: number, contentHigh: number, contentLow: number,
    version: number,
  ): void {
    this.#ids[slot * 2] = idHigh;
    this.#ids[slot * 2 + 1] = idLow;
    this.#contents[slot * 2] = contentHigh;
    this.#contents[slot * 2 + 1] = contentLow;
    this.#versions[slot] = version;
  }

  #grow(): void {
    const ids = this.#ids;
    const contents = this.#contents;
    const versions = this.#versions;
    this.#slots *= 2;
    this.#ids = new Uint32Array(this.#slots * 2);
    this.#contents = new Uint32Array(this.#slots * 2);
    this.#versions = new Float64Array(this.#slots).fill(Number.NaN);
    for (let old = 0; old < versions.length; old++) {
      const version = versions[old] as number;
      if (Number.isNaN(version)) continue;
      const idHigh = ids[old * 2] as number;
      const idLow = ids[old * 2 + 1] as number;
      this.#write(
        this.#findSlot(idHigh, idLow), idHigh, idLow,
        contents[old * 2] as number, contents[old * 2 + 1] as number, version,
      );
    }
  }
}

const HIGH_SEED = 0x9747b28c | 0;
const LOW_SEED = 0x1b873593;
const hashed = { high: 0, low: 0 };

/**
 * 64 bits of a text: MurmurHash3's mixing over UTF-16 units, two seeds at once. The object is the
 * same for every call.
 */
export function hashRecordId(text: string): { readonly high: number; readonly low: number } {
  beginRecordId();
  addToRecordId(text);
  return endRecordId();
}

let high = 0;
let low = 0;
let units = 0;

/** `hashRecordId` of a text that comes in pieces: begin, add each, end. */
export function beginRecordId(): void {
  high = HIGH_SEED;
  low = LOW_SEED;
  units = 0;
}

export function addToRecordId(text: string): void {
  let h = high;
  let l = low;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h = Math.imul(h ^ c, 0xcc9e2d51);
    h ^= h >>> 15;
    l = Math.imul(l ^ c, 0x85ebca6b);
    l = ((l << 13) | (l >>> 19)) + 0xe6546b64 | 0;
  }
  high = h;
  low = l;
  units += text.length;
}

export function endRecordId(): { readonly high: number; readonly low: number } {
  hashed.high = finish(high ^ units);
  hashed.low = finish(low ^ high);
  return hashed;
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32 bits from eight lower-case hex digits. */
export function readHex(text: string, start: number): number {
  let value = 0;
  for (let i = start; i < start + 8; i++) {
    const c = text.charCodeAt(i);
    value = (value << 4) | (c < 0x3a ? c - 0x30 : c - 0x57);
  }
  return value >>> 0;
}
