import { RefusalError } from "./open-options.ts";
import { XmlScanner } from "./xml-scanner.ts";
import type { XmlHandler } from "./xml-scanner.ts";

/** Text handed to the scanner at once, so that rows can be taken between. */
const SLICE_BYTES = 32 * 1024;

export interface XmlScanOptions {
  /** Where the bytes do not begin with the declaration. */
  readonly encoding?: string;
  /** The bytes end inside elements that go on behind them. */
  readonly isPart?: boolean;
}

/**
 * Feeds bytes of XML to a handler and yields after every slice. The encoding is UTF-16 by its mark,
 * the declared one, else UTF-8; bytes that are broken in it throw `unreadable`.
 */
export async function* scanXml(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  handler: XmlHandler,
  { encoding, isPart = false }: XmlScanOptions = {},
): AsyncGenerator<void> {
  const scanner = new XmlScanner(handler);
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(encoding ?? xmlEncoding(chunk), { fatal: true });
      for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
        const slice = chunk.subarray(from, from + SLICE_BYTES);
        scanner.write(decoder.decode(slice, { stream: true }));
        yield;
      }
    }
    if (decoder !== undefined) scanner.write(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError && "code" in error) {
      throw new RefusalError("unreadable", `XML is not ${decoder?.encoding}`);
    }
    throw error;
  }
  if (!isPart) scanner.end();
  yield;
}

/** The same XML as UTF-8 bytes; what is UTF-8 already goes by unlooked at. */
export async function* toUtf8Chunks(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let isUtf8 = false;
  for await (const chunk of bytes) {
    if (!isUtf8 && decoder === undefined) {
      const encoding = xmlEncoding(chunk);
      isUtf8 = encoding === "utf-8" || encoding === "us-ascii";
      if (!isUtf8) decoder = new TextDecoder(encoding, { fatal: true });
    }
    yield decoder === undefined ? chunk : decodeFatally(decoder, chunk);
  }
  if (decoder !== undefined) yield decodeFatally(decoder, undefined);
}

function decodeFatally(decoder: TextDecoder, chunk: Buffer | undefined): Buffer {
  try {
    return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RefusalError("unreadable", `XML is not ${decoder.encoding}`);
  }
}

/** Encoding of XML by byte order mark or declaration; UTF-8 without either. */
export function xmlEncoding(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head[0] === 0x3c && head[1] === 0) return "utf-16le";
  const declaration = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(
    head.subarray(0, 200).toString("latin1").replace(/^\xef\xbb\xbf/, ""),
  );
  const label = (declaration?.[1] ?? "utf-8").toLowerCase();
  return /^gb(k|2312|18030)$/.test(label) ? "gb18030" : label;
}
