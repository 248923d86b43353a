import { cellText, type SheetRows } from "./cell.ts";

/**
 * Writes a binary workbook (BIFF8 in an OLE2 container) with no time stamps, so that bytes depend
 * on the cells alone. Record layouts: [MS-XLS] 2.4, container: [MS-CFB].
 */
export function buildXls(sheets: readonly SheetRows[]): Buffer {
  const strings = new Map<string, number>();
  let uses = 0;
  const bodies = sheets.map((sheet) => {
    const records: Buffer[] = [bof(0x0010), record(0x0200, dimensions(sheet))];
    sheet.rows.forEach((cells, r) => {
      cells.forEach((cell, c) => {
        if (cell === null || cell === "") return;
        if (typeof cell === "number" || (typeof cell === "object" && cell.kind === "date")) {
          const data = Buffer.alloc(14);
          data.writeUInt16LE(r, 0);
          data.writeUInt16LE(c, 2);
          data.writeUInt16LE(typeof cell === "number" ? 15 : 16, 4);
          data.writeDoubleLE(typeof cell === "number" ? cell : cell.serial, 6);
          records.push(record(0x0203, data));
          return;
        }
        const text = cellText(cell);
        let index = strings.get(text);
        if (index === undefined) strings.set(text, index = strings.size);
        uses++;
        const data = Buffer.alloc(10);
        data.writeUInt16LE(r, 0);
        data.writeUInt16LE(c, 2);
        data.writeUInt16LE(15, 4);
        data.writeUInt32LE(index, 6);
        records.push(record(0x00fd, data));
      });
    });
    records.push(record(
      0x023e, Buffer.from([0xb6, 6, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    ));
    records.push(record(0x000a, Buffer.alloc(0)));
    return Buffer.concat(records);
  });
  const shared = sharedStrings([...strings.keys()], uses);
  const names = sheets.map((s) => Buffer.from(s.name, "utf16le"));
  const opening = Buffer.concat([
    bof(0x0005), record(0x0042, Buffer.from([0xb0, 0x04])), record(0x003d, windowRecord),
    ...Array.from({ length: 4 }, () => record(0x0031, font())),
    ...Array.from(
      { length: 15 }, (_, i) => record(0x00e0, extendedFormat(0, i === 0 ? 0xfff5 : 0xfff5))
    ),
    record(0x00e0, extendedFormat(0, 1)), record(0x00e0, extendedFormat(14, 1)),
    record(0x0293, Buffer.from([0, 0x80, 0, 0xff])),
  ]);
  const directorySize = names.reduce((n, name) => n + 4 + 8 + name.length, 0);
  let offset = opening.length + directorySize + shared.length + 4;
  const directory = names.map((name, i) => {
    const data = Buffer.alloc(8 + name.length);
    data.writeUInt32LE(offset, 0);
    data[6] = name.length / 2;
    data[7] = 1;
    name.copy(data, 8);
    offset += bodies[i]!.length;
    return record(0x0085, data);
  });
  return container(Buffer.concat([
    opening, ...directory, shared, record(0x000a, Buffer.alloc(0)), ...bodies,
  ]));
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4 + data.length);
  head.writeUInt16LE(type, 0);
  head.writeUInt16LE(data.length, 2);
  data.copy(head, 4);
  return head;
}

const windowRecord = Buffer.from([
  0, 0, 0, 0, 0, 0x40, 0, 0x20, 0x38, 0, 0, 0, 0, 0, 1, 0, 0x58, 2,
]);

function bof(kind: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeUInt16LE(0x0600, 0);
  data.writeUInt16LE(kind, 2);
  data.writeUInt16LE(0x0dbb, 4);
  data.writeUInt16LE(0x07cc, 6);
  data.writeUInt32LE(0x06, 12);
  return record(0x0809, data);
}

function font(): Buffer {
  const name = Buffer.from("宋体", "utf16le");
  const data = Buffer.alloc(16 + name.length);
  data.writeUInt16LE(220, 0);
  data.writeUInt16LE(0x7fff, 4);
  data.writeUInt16LE(400, 6);
  data[12] = 0x86;
  data[14] = 2;
  data[15] = 1;
  name.copy(data, 16);
  return data;
}

function extendedFormat(numberFormat: number, flags: number): Buffer {
  const data = Buffer.alloc(20);
  data.writeUInt16LE(numberFormat, 2);
  data.writeUInt16LE(flags, 4);
  data[6] = 0x20;
  return data;
}

function dimensions(sheet: SheetRows): Buffer {
  const data = Buffer.alloc(14);
  data.writeUInt32LE(sheet.rows.length, 4);
  data.writeUInt16LE(sheet.rows.reduce((n, row) => Math.max(n, row.length), 0), 10);
  return data;
}

/** SST cut into CONTINUE records between strings (a record holds at most 8,224 bytes). */
function sharedStrings(texts: readonly string[], uses: number): Buffer {
  const records: Buffer[] = [];
  const counts = Buffer.alloc(8);
  counts.writeUInt32LE(uses, 0);
  counts.writeUInt32LE(texts.length, 4);
  let pieces: Buffer[] = [counts];
  let size = 8;
  const flush = (): void => {
    records.push(record(records.length === 0 ? 0x00fc : 0x003c, Buffer.concat(pieces)));
    pieces = [];
    size = 0;
  };
  for (const full of texts) {
    const text = full.slice(0, 4000);
    const data = Buffer.alloc(3 + text.length * 2);
    data.writeUInt16LE(text.length, 0);
    data[2] = 1;
    data.write(text, 3, "utf16le");
    if (size + data.length > 8224) flush();
    pieces.push(data);
    size += data.length;
  }
  flush();
  return Buffer.concat(records);
}

const sectorSize = 512;
const endOfChain = 0xfffffffe;
const freeSector = 0xffffffff;

function container(workbook: Buffer): Buffer {
  // A stream under 4,096 bytes would have to lie in the mini stream; padded, it need not.
  const nData = Math.max(8, Math.ceil(workbook.length / sectorSize));
  let nFat = 1;
  let nDifat = 0;
  for (;;) {
    const total = nData + 1 + nFat + nDifat;
    const wantFat = Math.ceil(total / 128);
    const wantDifat = wantFat > 109 ? Math.ceil((wantFat - 109) / 127) : 0;
    if (wantFat === nFat && wantDifat === nDifat) break;
    nFat = wantFat;
    nDifat = wantDifat;
  }
  const directorySector = nData;
  const firstFat = nData + 1;
  const firstDifat = firstFat + nFat;
  const out = Buffer.alloc((1 + nData + 1 + nFat + nDifat) * sectorSize);
  Buffer.from("d0cf11e0a1b11ae1", "hex").copy(out, 0);
  out.writeUInt16LE(0x3e, 24);
  out.writeUInt16LE(3, 26);
  out.writeUInt16LE(0xfffe, 28);
  out.writeUInt16LE(9, 30);
  out.writeUInt16LE(6, 32);
  out.writeUInt32LE(nFat, 44);
  out.writeUInt32LE(directorySector, 48);
  out.writeUInt32LE(4096, 56);
  out.writeUInt32LE(endOfChain, 60);
  out.writeUInt32LE(nDifat === 0 ? endOfChain : firstDifat, 68);
  out.writeUInt32LE(nDifat, 72);
  for (let i = 0; i < 109; i++) out.writeUInt32LE(i < nFat ? firstFat + i : freeSector, 76 + i * 4);
  workbook.copy(out, sectorSize);
  const directoryAt = (1 + directorySector) * sectorSize;
  directoryEntry(out, directoryAt, "Root Entry", 5, 1, endOfChain, 0);
  directoryEntry(out, directoryAt + 128, "Workbook", 2, freeSector, 0, nData * sectorSize);
  directoryEntry(out, directoryAt + 256, "", 0, freeSector, 0, 0);
  directoryEntry(out, directoryAt + 384, "", 0, freeSector, 0, 0);
  const fatAt = (1 + firstFat) * sectorSize;
  for (let i = 0; i < nFat * 128; i++) {
    let next = freeSector;
    if (i < nData) next = i === nData - 1 ? endOfChain : i + 1;
    else if (i === directorySector) next = endOfChain;
    else if (i < firstDifat) next = 0xfffffffd;
    else if (i < firstDifat + nDifat) next = 0xfffffffc;
    out.writeUInt32LE(next, fatAt + i * 4);
  }
  for (let k = 0; k < nDifat; k++) {
    const at = (1 + firstDifat + k) * sectorSize;
    for (let i = 0; i < 127; i++) {
      const index = 109 + k * 127 + i;
      out.writeUInt32LE(index < nFat ? firstFat + index : freeSector, at + i * 4);
    }
    out.writeUInt32LE(k === nDifat - 1 ? endOfChain : firstDifat + k + 1, at + 508);
  }
  return out;
}

function directoryEntry(
  out: Buffer, at: number, name: string, kind: number, child: number, start: number, size: number,
): void {
  out.write(name, at, "utf16le");
  out.writeUInt16LE(name === "" ? 0 : (name.length + 1) * 2, at + 64);
  out[at + 66] = kind;
  out[at + 67] = 1;
  out.writeUInt32LE(freeSector, at + 68);
  out.writeUInt32LE(freeSector, at + 72);
  out.writeUInt32LE(child, at + 76);
  out.writeUInt32LE(start, at + 116);
  out.writeUInt32LE(size, at + 120);
}
