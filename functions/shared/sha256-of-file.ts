import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Small chunks cost as much as hashing them. */
const chunkBytes = 1024 ** 2;

/** SHA-256 of a local file as hex digits, read as a stream. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const chunks = createReadStream(path, { highWaterMark: chunkBytes });
  for await (const chunk of chunks) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
