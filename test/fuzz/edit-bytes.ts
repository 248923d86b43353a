import fc from "fast-check";

/** One change of a file's bytes; places are shares of its length, so that they fit any file. */
export type Edit =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "remove"; readonly at: number; readonly length: number }
  | { readonly kind: "insert"; readonly at: number; readonly text: string }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number;
    readonly times: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "swap"; readonly at: number; readonly with: number; readonly length: number }
  | { readonly kind: "number"; readonly at: number; readonly size: 1 | 2 | 4;
    readonly value: number }
  /** A piece of the file over another piece of it. */
  | { readonly kind: "copy"; readonly at: number; readonly from: number; readonly length: number };

/** A file never grows above this by one change. */
const mostBytes = 1_500_000;

/** What means something to one reader or another. */
const tokens = [
  '"', '""', "'", ",", ";", "\t", "\n", "\r", "\r\n", "\n\n\n\n", "\0", "\u2028", "\ufeff", "\\",
  '",\n"', ',"', '"\r', "=", '="', ",,,,,,,,,,,,,,,,,,,,", "合计", "总计:", "\u3000", "\u200b",
  "000000198001010013", "4.30000000000000E+17", "1e999", "-0", "NaN", "99999999999999999999",
  "2021-02-30", "60000", "true", "null", "{", "}", "[", "]", ":", '{"a":', "[[[[[[[[", "]]]]]]]]",
  '{"a":1}', "\\u0000", "\\ud800", "\\", "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>",
  "<?", "?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "&", "&amp;", "&#0;", "&#x110000;", "&nbsp;",
  '<row r="1">', "</row>", "<c>", "</c>", "<v>", '<c t="s"><v>99999</v></c>', "<is><t>",
  '<row r="1048577">', ' r="XFE1"', ' r="A0"', ' t="e"', ' ss:Index="1000000"', ' ss:Index="-1"',
  "<tr>", "</tr>", "<td>", "</td>", "<table>", "</table>", ' rowspan="65535"', ' colspan="99999"',
  "PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "\xff\xfe", "\xfe\xff", "\xd0\xcf\x11\xe0",
  "encoding='gb2312'", "encoding='utf-16'", "a".repeat(5000), "甲".repeat(3000),
] as const;

const place = fc.integer({ min: 0, max: 0xff_ffff });
const length = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 16 }) },
  { weight: 2, arbitrary: fc.integer({ min: 17, max: 700 }) },
  { weight: 1, arbitrary: fc.integer({ min: 701, max: 20_000 }) },
);
const times = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 2, max: 5 }) },
  { weight: 2, arbitrary: fc.integer({ min: 6, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 301, max: 100_000 }) },
);
const extreme = fc.constantFrom(
  0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
  0xffff_fffe, 0x1000_0000,
);

export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 4, arbitrary: fc.record({
      kind: fc.constant("set" as const), at: place, byte: fc.integer({ min: 0, max: 255 }),
    }),
  },
  {
    weight: 3, arbitrary: fc.record({
      kind: fc.constant("flip" as const), at: place, bit: fc.integer({ min: 0, max: 7 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: place, length }) },
  {
    weight: 4, arbitrary: fc.record({
      kind: fc.constant("insert" as const), at: place, text: fc.constantFrom(...tokens),
    }),
  },
  {
    weight: 2, arbitrary: fc.record({
      kind: fc.constant("repeat" as const), at: place, length, times,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const), at: place }) },
  {
    weight: 1, arbitrary: fc.record({
      kind: fc.constant("swap" as const), at: place, with: place, length,
    }),
  },
  {
    weight: 2, arbitrary: fc.record({
      kind: fc.constant("number" as const), at: place, size: fc.constantFrom(1, 2, 4),
      value: extreme,
    }),
  },
  {
    weight: 1, arbitrary: fc.record({
      kind: fc.constant("copy" as const), at: place, from: place, length,
    }),
  },
);

const indexOf = (share: number, bytes: Buffer): number =>
  Math.floor((share / 0x100_0000) * bytes.length);

/** Tokens of bytes above 0x7f are bytes; Chinese ones are UTF-8. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text, /[\u0100-\uffff]/.test(text) ? "utf8" : "latin1");
}

/** The bytes with one change; those given stay as they are. */
export function editBytes(bytes: Buffer, edit: Edit): Buffer {
  const at = indexOf(edit.at, bytes);
  const copy = Buffer.from(bytes);
  switch (edit.kind) {
    case "set":
      copy[at] = edit.byte;
      return copy;
    case "flip":
      copy[at] = (copy[at] ?? 0) ^ (1 << edit.bit);
      return copy;
    case "remove":
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + edit.length)]);
    case "insert":
      return Buffer.concat([copy.subarray(0, at), bytesOf(edit.text), copy.subarray(at)]);
    case "repeat": {
      const piece = copy.subarray(at, at + edit.length);
      const room = Math.max(0, mostBytes - copy.length);
      const n = Math.min(edit.times, Math.floor(room / Math.max(1, piece.length)));
      const pieces = Array<Buffer>(n).fill(piece);
      return Buffer.concat([copy.subarray(0, at), ...pieces, copy.subarray(at)]);
    }
    case "cut":
      return copy.subarray(0, at);
    case "swap": {
      const other = indexOf(edit.with, bytes);
      const [low, high] = at < other ? [at, other] : [other, at];
      const n = Math.min(edit.length, high - low, bytes.length - high);
      bytes.copy(copy, low, high, high + n);
      bytes.copy(copy, high, low, low + n);
      return copy;
    }
    case "number":
      if (at + edit.size > copy.length) return copy;
      copy.writeUIntLE(edit.value % 256 ** edit.size, at, edit.size);
      return copy;
    case "copy":
      bytes.copy(copy, at, indexOf(edit.from, bytes), indexOf(edit.from, bytes) + edit.length);
      return copy;
  }
}
