import { RefusalError } from "./open-options.ts";

const FREE = 0xfffffffa;
const HEADER_BYTES = 512;

/**
 * Streams of an OLE2 compound file by name, from its bytes. Damaged chains end where they break:
 * what can be read is verified by the reader of the stream. Throws `RefusalError`.
 */
export class OleContainer {
  readonly #bytes: Buffer;
  readonly #sectorBytes: number;
  readonly #miniSectorBytes: number;
  readonly #fat: number[] = [];
  #miniFat: number[] | undefined;
  readonly #entries: OleEntry[] = [];

  constructor(bytes: Buffer) {
    if (bytes.length < HEADER_BYTES) throw new RefusalError("unreadable", "truncated workbook");
    this.#bytes = bytes;
    this.#sectorBytes = 1 << bytes.readUInt16LE(30);
    this.#miniSectorBytes = 1 << bytes.readUInt16LE(32);
    const isKnown = this.#sectorBytes === 512 || this.#sectorBytes === 4_096;
    if (!isKnown || this.#miniSectorBytes < 1 || this.#miniSectorBytes > this.#sectorBytes) {
      throw new RefusalError("unreadable", "damaged workbook container");
    }
    this.#readFat();
    this.#readDirectory(bytes.readUInt32LE(48));
  }

  has(name: string): boolean {
    return this.#entries.some((entry) => entry.name.toLowerCase() === name.toLowerCase());
  }

  find(name: string): Buffer | undefined {
    const entry = this.#entries.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (entry === undefined) return undefined;
    const cutoff = this.#bytes.readUInt32LE(56);
    if (entry.sizeBytes >= cutoff) return this.#readChain(entry.start).subarray(0, entry.sizeBytes);
    return this.#readMiniChain(entry.start).subarray(0, entry.sizeBytes);
  }

  #sector(index: number): Buffer {
    const start = (index + 1) * this.#sectorBytes;
    return this.#bytes.subarray(start, start + this.#sectorBytes);
  }

  #readFat(): void {
    const perSector = this.#sectorBytes / 4;
    const sectors: number[] = [];
    for (let i = 0; i < 109; i++) sectors.push(this.#bytes.readUInt32LE(76 + i * 4));
    let next = this.#bytes.readUInt32LE(68);
    const seen = new Set<number>();
    while (next < FREE && !seen.has(next)) {
      seen.add(next);
      const sector = this.#sector(next);
      if (sector.length < this.#sectorBytes) break;
      for (let i = 0; i < perSector - 1; i++) sectors.push(sector.readUInt32LE(i * 4));
      next = sector.readUInt32LE((perSector - 1) * 4);
    }
    const nSectors = Math.ceil(this.#bytes.length / this.#sectorBytes);
    for (const index of sectors) {
      // A table that names one sector again and again is no longer than the file.
      if (index >= FREE || this.#fat.length > nSectors) continue;
      const sector = this.#sector(index);
      for (let i = 0; i + 4 <= sector.length; i += 4) this.#fat.push(sector.readUInt32LE(i));
    }
  }

  #readDirectory(start: number): void {
    const directory = this.#readChain(start);
    for (let at = 0; at + 128 <= directory.length; at += 128) {
      const nameBytes = directory.readUInt16LE(at + 64);
      if (nameBytes < 2 || nameBytes > 64) continue;
      this.#entries.push({
        name: directory.toString("utf16le", at, at + nameBytes - 2),
        start: directory.readUInt32LE(at + 116),
        sizeBytes: directory.readUInt32LE(at + 120),
        isRoot: directory[at + 66] === 5,
      });
    }
  }

  #readChain(start: number): Buffer {
    const sectors: Buffer[] = [];
    const limit = this.#fat.length;
    for (let at = start; at < FREE && sectors.length <= limit; at = this.#fat[at] ?? FREE) {
      sectors.push(this.#sector(at));
    }
    return Buffer.concat(sectors);
  }

  #readMiniChain(start: number): Buffer {
    const root = this.#entries.find((entry) => entry.isRoot);
    if (root === undefined) return Buffer.alloc(0);
    const mini = this.#readChain(root.start);
    this.#miniFat ??= toNumbers(this.#readChain(this.#bytes.readUInt32LE(60)));
    const sectors: Buffer[] = [];
    const size = this.#miniSectorBytes;
    const limit = this.#miniFat.length;
    for (let at = start; at < FREE && sectors.length <= limit; at = this.#miniFat[at] ?? FREE) {
      sectors.push(mini.subarray(at * size, (at + 1) * size));
    }
    return Buffer.concat(sectors);
  }
}

interface OleEntry {
  readonly name: string;
  readonly start: number;
  readonly sizeBytes: number;
  readonly isRoot: boolean;
}

function toNumbers(bytes: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) numbers.push(bytes.readUInt32LE(at));
  return numbers;
}
