import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { hashRecordId, type DuplicateIndex } from "./judge/duplicate-index.ts";

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
  #size = 0;
  #descriptor: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  add(recordId: string, contentHash: string, version: number, row: number): void {
    const buffer = this.#buffer;
    const { high, low } = hashRecordId(recordId);
    const at = this.#size;
    buffer.writeUInt32LE(high, at);
    buffer.writeUInt32LE(low, at + 4);
    buffer.write(contentHash, at + 8, 8, "hex");
    buffer.writeDoubleLE(version, at + 16);
    buffer.writeUInt32LE(row, at + 24);
    this.#size += ENTRY_BYTES;
    if (this.#size === buffer.length) this.#write();
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

/** Brings the records of the next part to the index; returns the rows that are duplicates. */
export function replayDuplicates(path: string, index: DuplicateIndex): readonly number[] {
  const log = readFileSync(path);
  const duplicates: number[] = [];
  for (let at = 0; at < log.length; at += ENTRY_BYTES) {
    const isDuplicate = index.isDuplicateHash(
      log.readUInt32LE(at), log.readUInt32LE(at + 4),
      log.readUInt32BE(at + 8), log.readUInt32BE(at + 12), log.readDoubleLE(at + 16),
    );
    if (isDuplicate) duplicates.push(log.readUInt32LE(at + 24));
  }
  return duplicates;
}
