export interface ArrayCensus {
  /** Elements of the array. */
  readonly elements: number;
  readonly longestBytes: number;
  /** Why the bytes are no single JSON array; `undefined` where they are. */
  readonly fault: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts the elements of a JSON array by the commas of its first level, on bytes and without
 * cutting or parsing an element: the witness against which the reader of elements must balance.
 * Space and NUL may follow the array.
 */
export function countElements(chunks: Iterable<Buffer>): ArrayCensus {
  let depth = 0;
  let commas = 0;
  let elementBytes = 0;
  let longestBytes = 0;
  let hasData = false;
  let inString = false;
  let isEscaped = false;
  let isClosed = false;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (inString) {
        elementBytes++;
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (byte <= 0x20) continue;
      if (isClosed) return { elements: 0, longestBytes, fault: "text follows the JSON array" };
      if (depth === 1 && (byte === COMMA || byte === CLOSE_ARRAY)) {
        if (elementBytes > longestBytes) longestBytes = elementBytes;
        elementBytes = 0;
        if (byte === COMMA) commas++;
        else {
          depth = 0;
          isClosed = true;
        }
        continue;
      }
      if (depth > 0) {
        hasData = true;
        elementBytes++;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    }
  }
  if (!isClosed) return { elements: 0, longestBytes, fault: "JSON array is not closed" };
  return { elements: hasData || commas > 0 ? commas + 1 : 0, longestBytes, fault: undefined };
}
