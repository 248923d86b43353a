import fc from "fast-check";
import iconv from "iconv-lite";
import { anyEdit, editBytes, type Edit } from "./edit-bytes.ts";
import { editInside } from "./edit-inside.ts";
import type { Family } from "./file-family.ts";
import type { SeedFile } from "./seed-files.ts";

/** A file as it lands. */
export interface LandedFile {
  readonly system: string;
  readonly fileName: string;
  readonly family: Family;
  readonly bytes: Buffer;
}

const encodings = {
  "csv utf-8": "utf-8", "csv utf-8 bom": "utf-8", "csv utf-16le": "utf-16le",
  "csv utf-16be": "utf-16be", "csv gb18030": "gb18030",
} as const;
type TextFamily = keyof typeof encodings;

export function isText(family: Family): family is TextFamily {
  return family in encodings;
}

export function encodeText(text: string, family: TextFamily): Buffer {
  const addBOM = family !== "csv utf-8" && family !== "csv gb18030";
  return iconv.encode(text, encodings[family], { addBOM });
}

function decodeText(bytes: Buffer, family: TextFamily): string {
  return iconv.decode(bytes, encodings[family]);
}

/** How a broken file is made; what fast-check makes smaller is this. */
interface Breaking {
  readonly seed: number;
  readonly which: number;
  readonly inside: readonly Edit[];
  readonly family: TextFamily;
  readonly outside: readonly Edit[];
  readonly name: string | null;
}

const oddNames = [
  "无名", "x.csv", "学校名册.xlsx.csv", "a b\u3000c.json", "\u202egpj.xls", "é.csv",
  "e\u0301.csv", "%2e%2e.csv", "$(id).csv", "'; DROP TABLE files; --.csv", "\u{1f600}.xlsx",
  "a".repeat(180),
];

/** Bytes of a seed file changed in a few places, also inside its container or before encoding. */
export function brokenFile(seeds: readonly SeedFile[]): fc.Arbitrary<LandedFile> {
  const breaking: fc.Arbitrary<Breaking> = fc.record({
    seed: fc.nat(seeds.length - 1),
    which: fc.nat(30),
    inside: fc.array(anyEdit, { maxLength: 4, size: "max" }),
    family: fc.constantFrom(...Object.keys(encodings) as TextFamily[]),
    outside: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(anyEdit, { maxLength: 4, size: "max" }) },
    ),
    name: fc.option(fc.constantFrom(...oddNames), { freq: 20 }),
  });
  return breaking.map((how) => breakFile(seeds[how.seed] as SeedFile, how));
}

function breakFile(seed: SeedFile, { which, inside, family, outside, name }: Breaking): LandedFile {
  const change = (bytes: Buffer): Buffer => inside.reduce(editBytes, bytes);
  const own = { system: seed.system, fileName: name ?? seed.fileName };
  if (isText(seed.family)) {
    const text = change(Buffer.from(decodeText(seed.bytes, seed.family))).toString("utf8");
    return { ...own, family, bytes: outside.reduce(editBytes, encodeText(text, family)) };
  }
  const changed = seed.packed ? editInside(seed.packed, which, change) : change(seed.bytes);
  return { ...own, family: seed.family, bytes: outside.reduce(editBytes, changed) };
}
