import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { RefusalError } from "./open-options.ts";

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly sizeBytes: number;
  readonly crc: number;
  readonly headerOffset: number;
  /** Bytes of the name as it stands in the archive. */
  readonly nameBytes: Buffer;
}

const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 64 * 1024 ** 2;

/**
 * A zip archive behind its guard: names are unique, nothing is encrypted, the entries' declared
 * sizes together stay under the limit, and no entry inflates to more than it declares.
 */
export class ZipArchive {
  readonly path: string;
  /** Entries up to this size are inflated at once, larger ones as a stream. */
  readonly #maxWholeBytes: number;
  /** By the name as it is compared. */
  readonly #entries: ReadonlyMap<string, ZipEntry>;

  private constructor(
    path: string, entries: ReadonlyMap<string, ZipEntry>, maxWholeBytes: number,
  ) {
    this.path = path;
    this.#entries = entries;
    this.#maxWholeBytes = maxWholeBytes;
  }

  /** Throws `RefusalError`: `unreadable` or `too_large`. */
  static open(path: string, maxEntryBytes: number, maxWholeBytes: number): ZipArchive {
    const entries = new Map<string, ZipEntry>();
    let total = 0;
    for (const entry of readDirectory(path)) {
      const name = comparedName(entry.name);
      if (entries.has(name)) {
        throw new RefusalError("unreadable", `archive holds two entries ${entry.name}`);
      }
      total += entry.sizeBytes;
      if (total > maxEntryBytes) {
        throw new RefusalError("too_large", `archive inflates to more than ${maxEntryBytes} bytes`);
      }
      entries.set(name, entry);
    }
    refuseOverlaps(entries.values());
    return new ZipArchive(path, entries, maxWholeBytes);
  }

  /** Entry by name; letters in any case, backslashes and a leading slash are forgiven. */
  find(name: string): ZipEntry | undefined {
    return this.#entries.get(comparedName(name));
  }

  /** Whether the entry may be inflated at once beside so many bytes that are held already. */
  isSmall(entry: ZipEntry, heldBytes = 0): boolean {
    return entry.sizeBytes + heldBytes <= this.#maxWholeBytes;
  }

  /** The inflated bytes; size and CRC are verified at the end. Throws `RefusalError`. */
  async *read(entry: ZipEntry): AsyncGenerator<Buffer> {
    if (this.isSmall(entry)) {
      yield this.readWhole(entry);
      return;
    }
    let size = 0;
    let crc = 0;
    try {
      for await (const chunk of this.#stream(entry)) {
        size += chunk.length;
        if (size > entry.sizeBytes) throw damaged(entry, "longer than declared");
        crc = crc32(chunk, crc);
        yield chunk;
      }
    } catch (error) {
      if (isZlibError(error)) throw damaged(entry, "cannot be inflated");
      throw error;
    }
    verify(entry, size, crc);
  }

  readWhole(entry: ZipEntry): Buffer {
    const file = openSync(this.path, "r");
    try {
      const packed = Buffer.allocUnsafe(entry.compressedBytes);
      const start = dataOffset(file, entry);
      if (readSync(file, packed, 0, packed.length, start) < packed.length) {
        throw damaged(entry, "truncated");
      }
      const bytes = entry.method === 0 ? packed : inflate(entry, packed);
      verify(entry, bytes.length, crc32(bytes));
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  #stream(entry: ZipEntry): AsyncIterable<Buffer> {
    const file = openSync(this.path, "r");
    let start: number;
    try {
      start = dataOffset(file, entry);
    } finally {
      closeSync(file);
    }
    const packed = createReadStream(this.path, {
      start,
      end: start + entry.compressedBytes - 1,
      highWaterMark: 256 * 1024,
    });
    if (entry.method === 0) return packed;
    const inflater = createInflateRaw({ chunkSize: 1024 ** 2 });
    packed.on("error", (error) => inflater.destroy(error));
    return packed.pipe(inflater);
  }
}

/** Parts that differ in the case of letters alone are the same part of a package (OPC). */
function comparedName(name: string): string {
  return name.replaceAll("\\", "/").replace(/^\/+/, "").toLowerCase();
}

const LOCAL_HEADER_BYTES = 30;

/** Entries that share bytes inflate one small file to many large ones. */
function refuseOverlaps(entries: Iterable<ZipEntry>): void {
  let end = 0;
  for (const entry of [...entries].sort((one, other) => one.headerOffset - other.headerOffset)) {
    if (entry.headerOffset < end) {
      throw new RefusalError("unreadable", `archive entry ${entry.name} overlaps another`);
    }
    end = entry.headerOffset + LOCAL_HEADER_BYTES + entry.nameBytes.length + entry.compressedBytes;
  }
}

function inflate(entry: ZipEntry, packed: Buffer): Buffer {
  try {
    // One chunk for the whole: no copy at the end.
    const chunkSize = Math.max(entry.sizeBytes + 1, 64);
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.sizeBytes, 1), chunkSize });
  } catch (error) {
    if (isZlibError(error)) throw damaged(entry, "cannot be inflated to its declared size");
    throw error;
  }
}

function isZlibError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE";
}

function damaged(entry: ZipEntry, how: string): RefusalError {
  return new RefusalError("unreadable", `archive entry ${entry.name} is damaged: ${how}`);
}

function verify(entry: ZipEntry, size: number, crc: number): void {
  if (size !== entry.sizeBytes) throw damaged(entry, "shorter than declared");
  if (crc !== entry.crc) throw damaged(entry, "checksum differs");
}

function dataOffset(file: number, entry: ZipEntry): number {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + entry.nameBytes.length);
  readSync(file, header, 0, header.length, entry.headerOffset);
  if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(entry, "no local header");
  const nameLength = header.readUInt16LE(26);
  // Two names for one entry: readers would disagree on what it is.
  if (nameLength !== entry.nameBytes.length
    || !header.subarray(LOCAL_HEADER_BYTES).equals(entry.nameBytes)) {
    throw damaged(entry, "other name in its header");
  }
  return entry.headerOffset + LOCAL_HEADER_BYTES + nameLength + header.readUInt16LE(28);
}

function* readDirectory(path: string): Generator<ZipEntry> {
  const file = openSync(path, "r");
  try {
    const sizeBytes = fstatSync(file).size;
    const tail = Buffer.alloc(Math.min(sizeBytes, END_RECORD_BYTES + MAX_COMMENT_BYTES + 20));
    readSync(file, tail, 0, tail.length, sizeBytes - tail.length);
    const end = tail.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
    if (end === -1 || end + END_RECORD_BYTES > tail.length) {
      throw new RefusalError("unreadable", "truncated archive");
    }
    const { offset, length } = locateDirectory(file, tail, end);
    if (length > MAX_DIRECTORY_BYTES || offset + length > sizeBytes) {
      throw new RefusalError("unreadable", "archive directory is damaged");
    }
    const directory = Buffer.alloc(length);
    readSync(file, directory, 0, length, offset);
    yield* parseDirectory(directory);
  } finally {
    closeSync(file);
  }
}

function locateDirectory(file: number, tail: Buffer, end: number) {
  const length = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (offset !== 0xffffffff && length !== 0xffffffff) return { offset, length };
  if (end < 20 || tail.readUInt32LE(end - 20) !== 0x07064b50) {
    throw new RefusalError("unreadable", "archive directory is damaged");
  }
  const record = Buffer.alloc(56);
  readSync(file, record, 0, 56, Number(tail.readBigUInt64LE(end - 12)));
  return {
    length: Number(record.readBigUInt64LE(40)),
    offset: Number(record.readBigUInt64LE(48)),
  };
}

function* parseDirectory(directory: Buffer): Generator<ZipEntry> {
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50) {
    const flags = directory.readUInt16LE(at + 8);
    const method = directory.readUInt16LE(at + 10);
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const nameBytes = directory.subarray(at + 46, at + 46 + nameLength);
    const name = nameBytes.toString("utf8");
    if ((flags & 1) !== 0) throw new RefusalError("unreadable", `encrypted archive entry ${name}`);
    if (method !== 0 && method !== 8) {
      throw new RefusalError("unreadable", `archive entry ${name} has packing method ${method}`);
    }
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const wide = wideValues(extra);
    const take = (value: number) => (value === 0xffffffff ? (wide.shift() ?? value) : value);
    const sizeBytes = take(directory.readUInt32LE(at + 24));
    const compressedBytes = take(directory.readUInt32LE(at + 20));
    const headerOffset = take(directory.readUInt32LE(at + 42));
    const crc = directory.readUInt32LE(at + 16);
    yield { name, nameBytes, method, compressedBytes, sizeBytes, crc, headerOffset };
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  }
  if (at !== directory.length) throw new RefusalError("unreadable", "archive directory is damaged");
}

/** Values of the zip64 extra field, in the order of the fields that overflow. */
function wideValues(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const values: number[] = [];
    const end = Math.min(at + 4 + extra.readUInt16LE(at + 2), extra.length);
    for (let i = at + 4; i + 8 <= end; i += 8) values.push(Number(extra.readBigUInt64LE(i)));
    return values;
  }
  return [];
}
