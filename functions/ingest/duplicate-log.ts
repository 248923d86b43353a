import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { hashRecordId, readHex, type DuplicateIndex } from "./judge/duplicate-index.ts";

/** 64 bits of the record id, 64 of the content, the version, the row; 4 bytes of nothing. */
const ENTRY_BYTES = 32;
const BUFFERED_ENTRIES = 32_768;

/**
 * The records of one part of a file in their order, 32 bytes each in a file of the worker: which of
 * them repeat a row of an earlier part shows only where all parts come together.
 */
export class DuplicateLog {
  readonly #path: string;
  readonly #buffer = Buffer.alloc(BUFFERED_ENTRIES * ENTRY_BYTES);
  readonly #words = new Uint32Array(this.#buffer.buffer, this.#buffer.byteOffset);
  readonly #versions = new Float64Array(this.#buffer.buffer, this.#buffer.byteOffset);
  #size = 0;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  add(recordId: string, contentHash: string, version: number, row: number): void {
    const { high, low } = hashRecordId(recordId);
    this.addHash(high, low, readHex(contentHash, 0), readHex(contentHash, 8), version, row);
  }

  /** The same of a record id and a content of which 64 bits each are known. */
  addHash(
    idHigh: number, idLow: number, contentHigh: number, contentLow: number, version: number,
    row: number,
  ): void {
    const words = this.#words;
    const word = this.#size >> 2;
    words[word] = idHigh;
    words[word + 1] = idLow;
    words[word + 2] = contentHigh;
    words[word + 3] = contentLow;
    this.#versions[(word >> 1) + 2] = version;
    words[word + 6] = row;
    this.#size += ENTRY_BYTES;
    if (this.#size === this.#buffer.length) this.#write();
  }

  /** Path of the file, undefined where no record came. */
  close(): string | undefined {
    if (this.#size > 0) this.#write();
    if (this.#descriptor === undefined) return undefined;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
    return this.#path;
  }

  #write(): void {
    this.#descriptor ??= openSync(this.#path, "w", 0o600);
    for (let at = 0; at < this.#size;) {
      at += writeSync(this.#descriptor, this.#buffer, at, this.#size - at);
    }
    this.#size = 0;
  }
}

/** Rows of a part that are not the first of their record, by their places. */
export interface ReplayedRows {
  readonly duplicates: number[];
  /** Other contents of records that came before. */
  readonly versions: number[];
  /** Of those the ones whose version is lower than one before. */
  nOlder: number;
}

/** Brings the records of the next part to the index and adds what they are to `rows`. */
export function replayRecords(path: string, index: DuplicateIndex, rows: ReplayedRows): void {
  const bytes = readFileSync(path);
  // Written by a process of the same machine: in its own order of bytes.
  const log = new Uint8Array(bytes).buffer;
  const words = new Uint32Array(log);
  const versions = new Float64Array(log);
  for (let word = 0; word < words.length; word += ENTRY_BYTES / 4) {
    const kind = index.take(
      words[word] as number, words[word + 1] as number, words[word + 2] as number,
      words[word + 3] as number, versions[(word >> 1) + 2] as number,
    );
    if (kind === "first") continue;
    const place = words[word + 6] as number;
    if (kind === "duplicate") rows.duplicates.push(place);
    else rows.versions.push(place);
    if (kind === "older") rows.nOlder++;
  }
}
