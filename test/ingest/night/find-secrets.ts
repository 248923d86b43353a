import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import iconv from "iconv-lite";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";

/** The form in which texts are compared: full width, spaces and case make no other person. */
export function plainForm(text: string): string {
  return text.normalize("NFKC").replaceAll(/[\s\u200b-\u200f\ufeff]/gu, "").toLowerCase();
}

/** Secrets that stand in some bytes, in any encoding that a sender may use. */
export class SecretFinder {
  readonly #plain: readonly (readonly [string, string])[];
  readonly #encoded: readonly (readonly [string, Buffer])[];

  constructor(secrets: readonly string[]) {
    const own = [...new Set(secrets.filter((secret) => secret.length > 2))];
    this.#plain = own.map((secret) => [secret, plainForm(secret)]);
    this.#encoded = own.flatMap((secret) => ["utf16-le", "utf16-be", "gb18030"].map(
      (encoding): [string, Buffer] => [secret, iconv.encode(secret, encoding)]));
  }

  inText(text: string): readonly string[] {
    const plain = plainForm(text);
    return this.#plain.filter(([, form]) => plain.includes(form)).map(([secret]) => secret);
  }

  /** Looks into archives, compressed streams and mails too, three levels deep. */
  inBytes(bytes: Buffer, depth = 3): readonly string[] {
    const found = new Set(this.inText(bytes.toString("utf8")));
    for (const [secret, form] of this.#encoded) if (bytes.includes(form)) found.add(secret);
    if (depth > 0) {
      for (const inner of unpack(bytes)) {
        for (const secret of this.inBytes(inner, depth - 1)) found.add(secret);
      }
    }
    return [...found];
  }
}

/** Everything that stands packed in some bytes. */
function unpack(bytes: Buffer): readonly Buffer[] {
  if (bytes.length < 4) return [];
  if (bytes.readUInt16BE(0) === 0x1f8b) return [gunzipSync(bytes)];
  if (bytes.readUInt32LE(0) === 0x04034b50) return unzip(bytes);
  if (bytes.subarray(0, 5).toString("latin1") === "%PDF-") return inflateStreams(bytes);
  const head = bytes.subarray(0, 4_000).toString("latin1");
  if (/^(?:MIME-Version|From|To|Subject|Message-ID):/im.test(head)) return decodeMail(bytes);
  return [];
}

function unzip(bytes: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 46)) {
    const start = bytes.readUInt32LE(at + 42);
    const from = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const packed = bytes.subarray(from, from + bytes.readUInt32LE(at + 20));
    entries.push(bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed);
  }
  return entries;
}

function inflateStreams(bytes: Buffer): readonly Buffer[] {
  const streams: Buffer[] = [];
  for (let at = bytes.indexOf("stream\n"); at >= 0; at = bytes.indexOf("stream\n", at + 7)) {
    const from = at + 7;
    // Fonts and pictures are no deflate streams; what is none tells nothing here.
    if ((bytes[from] ?? 0) !== 0x78) continue;
    const end = bytes.indexOf("endstream", from);
    streams.push(inflateSync(bytes.subarray(from, end), { finishFlush: 2 }));
  }
  return streams;
}

function decodeMail(bytes: Buffer): readonly Buffer[] {
  const text = bytes.toString("latin1");
  const words = [...text.matchAll(/=\?utf-8\?b\?([^?]*)\?=/gi)]
    .map(([, word = ""]) => Buffer.from(word, "base64"));
  const parts = text.split(/\r?\n\r?\n/).map((part) => (/^[\w+/=\s]+$/.test(part)
    ? Buffer.from(part, "base64")
    : Buffer.from(part.replaceAll(/=\r?\n/g, "")
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16))), "latin1")));
  return [Buffer.concat(words), ...parts];
}

/** `path: secret` for every file of a folder; Parquet files are decoded as well. */
export async function findSecretsInFolder(
  root: string, finder: SecretFinder, isPublic: (path: string) => boolean,
): Promise<{ readonly found: readonly string[]; readonly files: number }> {
  const found: string[] = [];
  let files = 0;
  const db = await openDuckDb({
    threads: 1, memoryLimit: "500MB", tempDir: join(root, "..", "scan-spill"), allowed: [root],
  });
  try {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const key = path.slice(root.length + 1);
      if (!entry.isFile() || !isPublic(key)) continue;
      files++;
      found.push(...finder.inText(key).map((secret) => `${key} (its name): ${secret}`));
      found.push(...finder.inBytes(readFileSync(path)).map((secret) => `${key}: ${secret}`));
      if (!key.endsWith(".parquet")) continue;
      const rows = await db.connection.runAndReadAll(
        `SELECT t::VARCHAR FROM read_parquet(${quoteText(path)}, hive_partitioning = false) t`);
      found.push(...finder.inText(rows.getRowsJS().join("\n"))
        .map((secret) => `${key} (decoded): ${secret}`));
    }
  } finally {
    db.close();
  }
  return { found, files };
}
