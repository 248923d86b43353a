import { encodeMarkingLost, readBytes, readTextChunks, type TextSource } from "./text-source.ts";

/**
 * The bytes of a JSON text as UTF-8 without its BOM, broken ones as FF. In GB18030 the second
 * byte of a character can be a bracket or a backslash, so it cannot be scanned as it stands.
 */
export function* readJsonChunks(source: TextSource): Generator<Buffer> {
  if (source.encoding !== "gb18030") {
    yield* readTextChunks(source);
    return;
  }
  const decoder = new TextDecoder("gb18030");
  for (const chunk of readBytes(source.path)) {
    yield encodeMarkingLost(decoder.decode(chunk, { stream: true }));
  }
  yield encodeMarkingLost(decoder.decode());
}
