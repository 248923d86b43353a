import { closeSync, fstatSync, openSync, readSync } from "node:fs";

export type TextEncoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "gb18030";

export interface TextSource {
  readonly path: string;
  readonly encoding: TextEncoding;
  /** Bytes read at once; 1 MiB if not given. */
  readonly chunkBytes?: number;
}

export const BOM_BYTES: Record<TextEncoding, number> = {
  "utf-8": 0,
  "utf-8-bom": 3,
  "utf-16le": 2,
  "utf-16be": 2,
  gb18030: 0,
};

/** Bytes read at once: one decoded chunk is about one batch of rows. */
const CHUNK_BYTES = 1024 ** 2;

/** Label of the decoder for the bytes that `readTextChunks` delivers. */
export function decoderLabel(encoding: TextEncoding): "utf-8" | "gb18030" {
  return encoding === "gb18030" ? "gb18030" : "utf-8";
}

/**
 * The bytes of a text without its BOM, in an encoding in which ASCII bytes are only ASCII
 * characters: UTF-16 comes as UTF-8, a lone surrogate as the byte FF (broken in UTF-8).
 * A chunk is valid until the next one is asked for.
 */
export function* readTextChunks(source: TextSource, start = 0, end = Infinity): Generator<Buffer> {
  const from = Math.max(start, BOM_BYTES[source.encoding]);
  const chunks = readBytes(source.path, from, end, source.chunkBytes);
  if (source.encoding !== "utf-16le" && source.encoding !== "utf-16be") {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(source.encoding, { ignoreBOM: true });
  for (const chunk of chunks) yield encodeMarkingLost(decoder.decode(chunk, { stream: true }));
  yield encodeMarkingLost(decoder.decode());
}

/** The bytes of a file in chunks; a chunk is valid until the next one is asked for. */
export function* readBytes(
  path: string,
  start = 0,
  end = Infinity,
  chunkBytes = CHUNK_BYTES,
): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const left = Math.min(end, fstatSync(file).size) - start;
    const chunk = Buffer.allocUnsafe(Math.max(Math.min(chunkBytes, left), 1));
    let at = start;
    while (at < end) {
      const size = readSync(file, chunk, 0, Math.min(chunk.length, end - at), at);
      if (size === 0) return;
      at += size;
      yield chunk.subarray(0, size);
    }
  } finally {
    closeSync(file);
  }
}

export function encodeMarkingLost(text: string): Buffer {
  if (!text.includes("\uFFFD")) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const [index, part] of text.split("\uFFFD").entries()) {
    if (index > 0) parts.push(Buffer.of(0xff));
    parts.push(Buffer.from(part, "utf8"));
  }
  return Buffer.concat(parts);
}
