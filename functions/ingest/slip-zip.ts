import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { constants, crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { SlipBuffer } from "./slip-buffer.ts";

/** An entry of an archive, already deflated: in pieces or as a range of bytes of a local file. */
export interface DeflatedEntry {
  readonly name: string;
  readonly crc: number;
  readonly size: number;
  readonly deflatedSize: number;
  readonly body: readonly Uint8Array[] | FileRange;
}
export interface FileRange { readonly path: string; readonly offset: number }

const segmentCharacters = 192 * 1024;
/** Deflated bytes of one entry kept in memory; more go to a local file. */
const memoryBytes = 4 * 1024 * 1024;
/** Slips repeat themselves: higher levels cost twice the time for a tenth of the bytes. */
const level = 3;
const emptyDeflated = Buffer.from([0x03, 0x00]);

/**
 * Takes the text of one archive entry in pieces and deflates it as it comes. Segments end at a
 * byte (sync flush), so that they can be deflated one by one and joined.
 */
export class EntryWriter {
  readonly #name: string;
  readonly #spill: string;
  readonly #buffer = new SlipBuffer();
  #pieces: Uint8Array[] = [];
  #inMemory = 0;
  #descriptor: number | undefined;
  #crc = 0;
  #size = 0;
  #deflatedSize = 0;

  /** `spill`: local file for an entry that grows beyond 4 MiB; mode 0600. */
  constructor(name: string, spill: string) {
    this.#name = name;
    this.#spill = spill;
  }

  /** Bytes of text so far, roughly while they are buffered. */
  get size(): number {
    return this.#size + this.#buffer.size;
  }

  /** `isBytes`: the text is its bytes, a character each. */
  write(text: string, isBytes = false): void {
    this.#buffer.add(text, isBytes);
    if (this.#buffer.size >= segmentCharacters) this.#deflate(constants.Z_SYNC_FLUSH);
  }

  close(): DeflatedEntry {
    if (this.#buffer.size > 0) this.#deflate(constants.Z_FINISH);
    else this.#take(emptyDeflated);
    const facts = {
      name: this.#name, crc: this.#crc, size: this.#size, deflatedSize: this.#deflatedSize,
    };
    if (this.#descriptor === undefined) return { ...facts, body: this.#pieces };
    closeSync(this.#descriptor);
    return { ...facts, body: { path: this.#spill, offset: 0 } };
  }

  #deflate(finishFlush: number): void {
    const bytes = this.#buffer.take();
    this.#crc = crc32(bytes, this.#crc);
    this.#size += bytes.length;
    this.#take(deflateRawSync(bytes, { level, finishFlush }));
  }

  #take(piece: Uint8Array): void {
    this.#deflatedSize += piece.length;
    if (this.#descriptor === undefined) {
      this.#pieces.push(piece);
      this.#inMemory += piece.length;
      if (this.#inMemory < memoryBytes) return;
      this.#descriptor = openSync(this.#spill, "w", 0o600);
      for (const kept of this.#pieces) writeSync(this.#descriptor, kept);
      this.#pieces = [];
      return;
    }
    writeSync(this.#descriptor, piece);
  }
}

export function deflateEntry(name: string, text: string): DeflatedEntry {
  const writer = new EntryWriter(name, "");
  writer.write(text);
  return writer.close();
}

/** 2020-01-01 00:00 in DOS form: bytes depend on the content alone. */
const dosDate = ((2020 - 1980) << 9) | (1 << 5) | 1;
const utf8Names = 0x0800;
const largestArchive = 0xffff_ffff;

/** Writes an archive of entries below 4 GiB together; the same entries give the same bytes. */
export function writeZip(path: string, entries: readonly DeflatedEntry[]): void {
  const descriptor = openSync(path, "w", 0o600);
  try {
    let offset = 0;
    const write = (bytes: Uint8Array): void => {
      writeSync(descriptor, bytes);
      offset += bytes.length;
    };
    const directory: Buffer[] = [];
    for (const entry of entries) {
      directory.push(directoryHeader(entry, offset));
      write(localHeader(entry));
      for (const piece of piecesOf(entry)) write(piece);
    }
    const size = directory.reduce((sum, header) => sum + header.length, 0);
    if (offset + size > largestArchive) throw new RangeError("archive: too large: above 4 GiB");
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x0605_4b50, 0);
    end.writeUInt16LE(entries.length, 8);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(size, 12);
    end.writeUInt32LE(offset, 16);
    write(Buffer.concat([...directory, end]));
  } finally {
    closeSync(descriptor);
  }
}

function localHeader(entry: DeflatedEntry): Buffer {
  const name = Buffer.from(entry.name, "utf8");
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  writeFacts(header, 4, entry, name);
  return Buffer.concat([header, name]);
}

function directoryHeader(entry: DeflatedEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name, "utf8");
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(20, 4);
  writeFacts(header, 6, entry, name);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name]);
}

/** The 26 bytes that both headers of an entry share, from "version needed" on. */
function writeFacts(header: Buffer, at: number, entry: DeflatedEntry, name: Buffer): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(utf8Names, at + 2);
  header.writeUInt16LE(8, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(dosDate, at + 8);
  header.writeUInt32LE(entry.crc, at + 10);
  header.writeUInt32LE(entry.deflatedSize, at + 14);
  header.writeUInt32LE(entry.size, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

function* piecesOf({ body, deflatedSize }: DeflatedEntry): Iterable<Uint8Array> {
  if (!("path" in body)) {
    yield* body;
    return;
  }
  const descriptor = openSync(body.path, "r");
  try {
    const buffer = Buffer.alloc(Math.min(deflatedSize, 1024 * 1024));
    for (let done = 0; done < deflatedSize;) {
      const wanted = Math.min(buffer.length, deflatedSize - done);
      const read = readSync(descriptor, buffer, 0, wanted, body.offset + done);
      if (read === 0) throw new RangeError(`${body.path}: missing bytes of an archive entry`);
      done += read;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

const endBytes = 22;

/** Entries of an archive that `writeZip` wrote; undefined for any other file. */
export function findSlipEntries(path: string): readonly DeflatedEntry[] | undefined {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const end = Buffer.alloc(endBytes);
    if (size < endBytes) return undefined;
    readSync(descriptor, end, 0, endBytes, size - endBytes);
    if (end.readUInt32LE(0) !== 0x0605_4b50) return undefined;
    const directory = Buffer.alloc(end.readUInt32LE(12));
    readSync(descriptor, directory, 0, directory.length, end.readUInt32LE(16));
    const entries: DeflatedEntry[] = [];
    for (let at = 0; at < directory.length;) {
      const nameLength = directory.readUInt16LE(at + 28);
      const offset = directory.readUInt32LE(at + 42) + 30 + nameLength;
      entries.push({
        name: directory.toString("utf8", at + 46, at + 46 + nameLength),
        crc: directory.readUInt32LE(at + 16),
        deflatedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        body: { path, offset },
      });
      at += 46 + nameLength;
    }
    return entries;
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a small entry. */
export function inflateEntry(entry: DeflatedEntry): string {
  return inflateRawSync(Buffer.concat([...piecesOf(entry)].map((p) => Buffer.from(p))))
    .toString("utf8");
}
