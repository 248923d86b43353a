const digits = Buffer.from("0123456789abcdef");

/** Writes 32 lower-case hex digits of four words, the highest digit of the first word first. */
export function writeHex(words: Int32Array, bytes: Uint8Array, start: number): void {
  let at = start;
  for (let i = 0; i < 4; i++) {
    const word = words[i] as number;
    for (let shift = 28; shift >= 0; shift -= 4) {
      bytes[at++] = digits[(word >>> shift) & 15] as number;
    }
  }
}
