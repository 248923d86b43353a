/** Text of the bytes of one cell; undefined where they are broken. */
export type DecodeCell = (bytes: Buffer, start: number, end: number) => string | undefined;

/** A decoder for texts of `decoderLabel`; most cells are ASCII or two-byte characters. */
export function createCellDecoder(label: "utf-8" | "gb18030"): DecodeCell {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  const slowly: DecodeCell = (bytes, start, end) => {
    try {
      return strict.decode(bytes.subarray(start, end));
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  };
  const quickly = label === "utf-8" ? decodeUtf8 : decodeGb18030;
  return (bytes, start, end) => {
    if (isAscii(bytes, start, end)) return bytes.toString("latin1", start, end);
    return quickly(bytes, start, end) ?? slowly(bytes, start, end);
  };
}

export function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/** Undefined where it may be broken. */
function decodeUtf8(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\uFFFD") ? undefined : text;
}

const FIRST_LEAD = 0x81;
const LAST_LEAD = 0xfe;
const FIRST_TRAIL = 0x40;
const LAST_TRAIL = 0xfe;
const TRAILS = LAST_TRAIL - FIRST_TRAIL + 1;
/** Longer cells are left to the decoder of the platform. */
const MOST_UNITS = 64;

let twoBytes: Uint16Array | undefined;
const units = new Uint16Array(MOST_UNITS);

/** Undefined for anything but ASCII and pairs of bytes that stand for one character. */
function decodeGb18030(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start > MOST_UNITS) return undefined;
  const table = twoBytes ??= buildTwoBytes();
  let n = 0;
  for (let i = start; i < end; i++) {
    const lead = bytes[i] as number;
    if (lead < 0x80) {
      units[n++] = lead;
      continue;
    }
    const trail = ++i < end ? bytes[i] as number : 0;
    if (lead < FIRST_LEAD || lead > LAST_LEAD || trail < FIRST_TRAIL || trail > LAST_TRAIL) {
      return undefined;
    }
    const unit = table[(lead - FIRST_LEAD) * TRAILS + trail - FIRST_TRAIL] as number;
    if (unit === 0) return undefined;
    units[n++] = unit;
  }
  return String.fromCharCode.apply(null, units.subarray(0, n) as unknown as number[]);
}

/** UTF-16 unit of each pair as the platform decodes it, 0 where it is none or broken. */
function buildTwoBytes(): Uint16Array {
  const table = new Uint16Array((LAST_LEAD - FIRST_LEAD + 1) * TRAILS);
  const decoder = new TextDecoder("gb18030");
  for (let lead = FIRST_LEAD; lead <= LAST_LEAD; lead++) {
    const pairs = new Uint8Array(TRAILS * 3);
    for (let t = 0; t < TRAILS; t++) pairs.set([lead, FIRST_TRAIL + t, 0x0a], t * 3);
    const texts = decoder.decode(pairs).split("\n");
    for (let t = 0; t < TRAILS; t++) {
      const text = texts[t] as string;
      const unit = text.length === 1 ? text.charCodeAt(0) : 0;
      table[(lead - FIRST_LEAD) * TRAILS + t] = unit === 0xfffd ? 0 : unit;
    }
  }
  return table;
}
