import { inflateRawSync } from "node:zlib";
import { CFB } from "@e965/xlsx";
import { contain } from "../ingest/readers/build-biff.ts";
import { buildZip, type ZipPart } from "../ingest/readers/build-zip.ts";

/** What a container packs, so that it can be changed and packed again. */
export type Packed =
  | { readonly kind: "zip"; readonly parts: readonly ZipPart[] }
  | { readonly kind: "ole"; readonly stream: string; readonly content: Buffer };

/** Opens a sound container; undefined for other bytes, and for one that is broken already. */
export function unpack(bytes: Buffer): Packed | undefined {
  const start = bytes.subarray(0, 4).toString("hex");
  try {
    if (start === "504b0304") return { kind: "zip", parts: listParts(bytes) };
    if (start === "d0cf11e0") return openStream(bytes);
  } catch (cause) {
    // The cases hold broken containers too: their bytes are changed as they are.
    if (!(cause instanceof Error)) throw cause;
  }
  return undefined;
}

/** The container again with one part changed; `which` chooses the part. */
export function editInside(
  packed: Packed, which: number, change: (content: Buffer) => Buffer,
): Buffer {
  if (packed.kind === "ole") return contain(packed.stream, change(packed.content));
  const place = which % packed.parts.length;
  return buildZip(packed.parts.map((part, i) =>
    (i === place ? { ...part, content: change(Buffer.from(part.content)) } : part)));
}

function openStream(bytes: Buffer): Packed | undefined {
  const container = CFB.read(bytes, { type: "buffer" });
  for (const stream of ["Workbook", "Book"]) {
    const found = CFB.find(container, stream);
    if (found) return { kind: "ole", stream, content: Buffer.from(found.content as Uint8Array) };
  }
  return undefined;
}

/** Entries of an archive by its central directory. */
function listParts(bytes: Buffer): readonly ZipPart[] {
  const parts: ZipPart[] = [];
  let at = bytes.readUInt32LE(bytes.lastIndexOf("PK\x05\x06") + 16);
  while (bytes.readUInt32LE(at) === 0x0201_4b50) {
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const [name, extra, note] = [28, 30, 32].map((i) => bytes.readUInt16LE(at + i)) as
      [number, number, number];
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(from, from + packed);
    parts.push({
      name: bytes.toString("utf8", at + 46, at + 46 + name),
      content: method === 8 ? inflateRawSync(content) : content,
    });
    at += 46 + name + extra + note;
  }
  if (parts.length === 0) throw new Error("an archive without entries");
  return parts;
}
