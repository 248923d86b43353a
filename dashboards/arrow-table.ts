/** A cell of a published table: utf8 (plain or as a dictionary), float64, or empty. */
export type Cell = string | number | null;

const headerSchema = 1;
const headerDictionary = 2;
const headerRecords = 3;
const typeFloat = 3;
const typeUtf8 = 5;

interface Column {
  readonly name: string;
  readonly type: number;
  /** Id of the dictionary and bytes of its indices; null for a plain column. */
  readonly dictionary: { readonly id: number; readonly indexBytes: number } | null;
}

/**
 * Rows of an Arrow IPC file as `publish` writes them (publication.ts: utf8, dictionary of utf8,
 * float64; nothing nested, nothing compressed). A sixth of the bytes of a general reader, which the
 * first view on a weak network cannot spare. Throws on anything else, and on a damaged file.
 */
export function readArrowTable(bytes: ArrayBuffer): Record<string, Cell>[] {
  const view = new DataView(bytes);
  if (bytes.byteLength < 12 || text(view, 0, 6) !== "ARROW1") fault("missing magic");
  if (text(view, bytes.byteLength - 6, 6) !== "ARROW1") fault("cut off");
  let columns: readonly Column[] = [];
  const dictionaries = new Map<number, readonly Cell[]>();
  const rows: Record<string, Cell>[] = [];
  for (let at = 8; ;) {
    // A message: continuation mark, length of its metadata, metadata, body.
    if (view.getUint32(at, true) !== 0xffffffff) fault("no message");
    const size = view.getInt32(at + 4, true);
    if (size === 0) return rows;
    const message = rootOf(view, at + 8);
    const body = at + 8 + size;
    const kind = message.byte(1);
    const header = message.table(2);
    if (kind === headerSchema) columns = header.tables(1).map(readColumn);
    else if (kind === headerDictionary) {
      const plain: Column = { name: "", type: typeUtf8, dictionary: null };
      const batch = batchReader(view, header.table(1), body);
      dictionaries.set(header.long(0), batch.read(plain, dictionaries));
    } else if (kind === headerRecords) {
      const batch = batchReader(view, header, body);
      const from = rows.length;
      for (let i = 0; i < batch.length; i++) rows.push({});
      for (const column of columns) {
        batch.read(column, dictionaries).forEach((cell, i) => {
          (rows[from + i] as Record<string, Cell>)[column.name] = cell;
        });
      }
    }
    at = body + message.long(3);
  }
}

function readColumn(field: Table): Column {
  const type = field.byte(2);
  if (type !== typeFloat && type !== typeUtf8) fault(`unknown type ${type}`);
  const encoding = field.optionalTable(4);
  const index = encoding?.optionalTable(1);
  return {
    name: field.string(0), type,
    dictionary: encoding
      ? { id: encoding.long(0), indexBytes: (index ? index.int(0) : 32) / 8 }
      : null,
  };
}

/** Reads the columns of one batch in their order: each takes its node and its buffers. */
function batchReader(view: DataView, batch: Table, body: number) {
  const nodes = batch.vector(1);
  const buffers = batch.vector(2);
  let node = 0;
  let buffer = 0;
  const nextBuffer = () => body + longAt(view, buffers.start + 16 * buffer++);
  return {
    length: batch.long(0),
    read(column: Column, dictionaries: ReadonlyMap<number, readonly Cell[]>): Cell[] {
      const start = nodes.start + 16 * node++;
      const length = longAt(view, start);
      const hasNulls = longAt(view, start + 8) > 0;
      const valid = nextBuffer();
      const values = nextBuffer();
      const data = column.type === typeUtf8 && !column.dictionary ? nextBuffer() : 0;
      const words = column.dictionary ? dictionaries.get(column.dictionary.id) : undefined;
      if (column.dictionary && !words) fault("missing dictionary");
      return Array.from({ length }, (_, i): Cell => {
        if (hasNulls && !(view.getUint8(valid + (i >> 3)) & (1 << (i & 7)))) return null;
        if (words) {
          return words[indexAt(view, values, i, column.dictionary?.indexBytes ?? 4)] ?? null;
        }
        if (column.type === typeFloat) return view.getFloat64(values + 8 * i, true);
        const from = view.getInt32(values + 4 * i, true);
        return text(view, data + from, view.getInt32(values + 4 * i + 4, true) - from);
      });
    },
  };
}

function indexAt(view: DataView, start: number, i: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(start + i);
  return bytes === 2 ? view.getUint16(start + 2 * i, true) : view.getInt32(start + 4 * i, true);
}

const decoder = new TextDecoder();

function text(view: DataView, start: number, length: number): string {
  return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + start, length));
}

/** Sizes of a published file stay far below 2^32. */
function longAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getInt32(at + 4, true) * 2 ** 32;
}

interface Table {
  readonly byte: (field: number) => number;
  readonly int: (field: number) => number;
  readonly long: (field: number) => number;
  readonly string: (field: number) => string;
  readonly vector: (field: number) => { readonly start: number; readonly length: number };
  readonly table: (field: number) => Table;
  readonly optionalTable: (field: number) => Table | null;
  readonly tables: (field: number) => Table[];
}

function rootOf(view: DataView, at: number): Table {
  return tableAt(view, at + view.getUint32(at, true));
}

/** A flatbuffers table: fields are found through its vtable, absent ones are 0. */
function tableAt(view: DataView, at: number): Table {
  const vtable = at - view.getInt32(at, true);
  const end = view.getUint16(vtable, true);
  const place = (field: number) => {
    const slot = 4 + 2 * field;
    const offset = slot < end ? view.getUint16(vtable + slot, true) : 0;
    return offset === 0 ? 0 : at + offset;
  };
  const follow = (field: number) => {
    const from = place(field);
    return from === 0 ? fault(`missing field ${field}`) : from + view.getUint32(from, true);
  };
  const vector = (field: number) => {
    const from = follow(field);
    return { start: from + 4, length: view.getUint32(from, true) };
  };
  return {
    byte: (field: number) => (place(field) ? view.getUint8(place(field)) : 0),
    int: (field: number) => (place(field) ? view.getInt32(place(field), true) : 0),
    long: (field: number) => (place(field) ? longAt(view, place(field)) : 0),
    string(field: number): string {
      const { start, length } = vector(field);
      return text(view, start, length);
    },
    vector,
    table: (field: number): Table => tableAt(view, follow(field)),
    optionalTable: (field: number): Table | null =>
      place(field) ? tableAt(view, follow(field)) : null,
    tables(field: number): Table[] {
      const { start, length } = vector(field);
      return Array.from({ length }, (_, i) => {
        const from = start + 4 * i;
        return tableAt(view, from + view.getUint32(from, true));
      });
    },
  };
}

function fault(what: string): never {
  throw new Error(`arrow: invalid file: ${what}`);
}
