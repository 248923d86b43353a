import { createDecipheriv, createHash } from "node:crypto";

/**
 * Whether an encrypted workbook opens with the password that Excel tries by itself, so that its
 * sender never saw a prompt. Verifiers as in [MS-OFFCRYPTO] 2.3.4.9 (standard), 2.3.4.13 (agile),
 * 2.3.6.4 (RC4), 2.3.5.6 (RC4 CryptoAPI), 2.3.7.1 (XOR). Unknown or damaged headers: false.
 */
const DEFAULT_PASSWORD = Buffer.from("VelvetSweatshop", "utf16le");
/** Excel asks for 100,000 rounds; more than twice as many would only burn time. */
const MAX_SPINS = 200_000;

/** `info` is the stream `EncryptionInfo` of an encrypted package. */
export function isPackageOfDefault(info: Buffer): boolean {
  if (info.length < 12) return false;
  if (info.readUInt16LE(0) === 4 && info.readUInt16LE(2) === 4) return isAgileDefault(info);
  return info.readUInt16LE(2) === 2 && isStandardDefault(info.subarray(4));
}

/** `content` begins with the content of the record FILEPASS. */
export function isFilePassOfDefault(content: Buffer, isBiff8: boolean): boolean {
  if (!isBiff8) return content.length >= 4 && content.readUInt16LE(2) === xorVerifier();
  if (content.length < 6) return false;
  if (content.readUInt16LE(0) === 0) return content.readUInt16LE(4) === xorVerifier();
  const [major, minor] = [content.readUInt16LE(2), content.readUInt16LE(4)];
  if (major === 1 && minor === 1) return isRc4Default(content.subarray(6, 54));
  return minor === 2 && isCryptoApiDefault(content.subarray(6));
}

function hash(algorithm: string, ...parts: readonly Buffer[]): Buffer {
  const sum = createHash(algorithm);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

function le32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function spin(algorithm: string, salt: Buffer, count: number): Buffer {
  let sum = hash(algorithm, salt, DEFAULT_PASSWORD);
  for (let i = 0; i < count; i++) sum = hash(algorithm, le32(i), sum);
  return sum;
}

function decrypt(cipher: string, key: Buffer, iv: Buffer | null, bytes: Buffer): Buffer {
  const decipher = createDecipheriv(cipher, key, iv).setAutoPadding(false);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

const AGILE_HASHES: Readonly<Record<string, string>> = {
  SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512",
};
const INPUT_BLOCK = Buffer.from("fea7d2763b4b9e79", "hex");
const VALUE_BLOCK = Buffer.from("d7aa0f6d3061344e", "hex");

function isAgileDefault(info: Buffer): boolean {
  const xml = info.toString("utf8", 8);
  const key = /<(?:\w+:)?encryptedKey\b[^>]*>/.exec(xml)?.[0] ?? "";
  const read = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(key)?.[1] ?? "";
  const algorithm = AGILE_HASHES[read("hashAlgorithm")];
  const bits = Number(read("keyBits"));
  const spins = Number(read("spinCount"));
  const blockBytes = Number(read("blockSize"));
  const isKnown = [128, 192, 256].includes(bits) && blockBytes === 16
    && read("cipherAlgorithm") === "AES" && read("cipherChaining") === "ChainingModeCBC";
  if (algorithm === undefined || !isKnown || !(spins <= MAX_SPINS)) return false;
  const salt = Buffer.from(read("saltValue"), "base64");
  const input = Buffer.from(read("encryptedVerifierHashInput"), "base64");
  const value = Buffer.from(read("encryptedVerifierHashValue"), "base64");
  if (salt.length !== 16 || input.length % 16 !== 0 || value.length % 16 !== 0) return false;
  const sum = spin(algorithm, salt, spins);
  const open = (block: Buffer, bytes: Buffer) => {
    const derived = Buffer.concat([hash(algorithm, sum, block), Buffer.alloc(32, 0x36)]);
    return decrypt(`aes-${bits}-cbc`, derived.subarray(0, bits / 8), salt, bytes);
  };
  const expected = hash(algorithm, open(INPUT_BLOCK, input).subarray(0, salt.length));
  const found = open(VALUE_BLOCK, value);
  return found.length >= expected.length && found.subarray(0, expected.length).equals(expected);
}

/** Salt, verifier and its hash behind the header of standard encryption and CryptoAPI. */
function readVerifier(bytes: Buffer) {
  const headerBytes = bytes.length >= 8 ? bytes.readUInt32LE(4) : bytes.length;
  const at = 8 + headerBytes;
  if (headerBytes < 32 || at + 60 > bytes.length || bytes.readUInt32LE(at) !== 16) return undefined;
  const hashBytes = bytes.readUInt32LE(at + 36);
  return {
    keyBytes: (bytes.readUInt32LE(8 + 16) || 40) / 8,
    salt: bytes.subarray(at + 4, at + 20),
    verifier: bytes.subarray(at + 20, at + 36),
    hashBytes,
    hashed: bytes.subarray(at + 40),
  };
}

const STANDARD_SPINS = 50_000;

function isStandardDefault(bytes: Buffer): boolean {
  const info = readVerifier(bytes);
  if (info === undefined || ![16, 24, 32].includes(info.keyBytes)) return false;
  if (info.hashed.length < 32 || info.hashBytes !== 20) return false;
  const sum = hash("sha1", spin("sha1", info.salt, STANDARD_SPINS), le32(0));
  const derive = (pad: number) => {
    const block = Buffer.alloc(64, pad);
    for (let i = 0; i < sum.length; i++) block[i] = (block[i] as number) ^ (sum[i] as number);
    return hash("sha1", block);
  };
  const key = Buffer.concat([derive(0x36), derive(0x5c)]).subarray(0, info.keyBytes);
  const cipher = `aes-${info.keyBytes * 8}-ecb`;
  const verifier = decrypt(cipher, key, null, info.verifier);
  const hashed = decrypt(cipher, key, null, info.hashed.subarray(0, 32));
  return hashed.subarray(0, 20).equals(hash("sha1", verifier));
}

/** RC4 over the password's hash: salt, verifier and its hash, 16 bytes each. */
function isRc4Default(content: Buffer): boolean {
  if (content.length < 48) return false;
  const salt = content.subarray(0, 16);
  const short = hash("md5", DEFAULT_PASSWORD).subarray(0, 5);
  const salted = Buffer.concat(Array.from({ length: 16 }, () => [short, salt]).flat());
  const key = hash("md5", hash("md5", salted).subarray(0, 5), le32(0));
  const plain = rc4(key, content.subarray(16, 48));
  return hash("md5", plain.subarray(0, 16)).equals(plain.subarray(16, 32));
}

/** RC4 with a key of SHA-1; `bytes` begins with the flags of the header. */
function isCryptoApiDefault(bytes: Buffer): boolean {
  const info = readVerifier(bytes);
  if (info === undefined || info.hashed.length < 20 || !(info.keyBytes >= 5)) return false;
  const sum = hash("sha1", hash("sha1", info.salt, DEFAULT_PASSWORD), le32(0));
  const short = sum.subarray(0, info.keyBytes);
  const key = info.keyBytes === 5 ? Buffer.concat([short, Buffer.alloc(11)]) : short;
  const plain = rc4(key, Buffer.concat([info.verifier, info.hashed.subarray(0, 20)]));
  return hash("sha1", plain.subarray(0, 16)).equals(plain.subarray(16, 36));
}

function xorVerifier(): number {
  const letters = Buffer.from(DEFAULT_PASSWORD.toString("utf16le"), "latin1");
  let verifier = 0;
  for (const byte of [letters.length, ...letters].reverse()) {
    verifier = ((((verifier & 0x4000) === 0 ? 0 : 1) | ((verifier << 1) & 0x7fff)) ^ byte) & 0xffff;
  }
  return verifier ^ 0xce4b;
}

/** RC4 by hand: OpenSSL 3 has put it away. */
function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  const swap = (a: number, b: number) => {
    const kept = state[a] as number;
    state[a] = state[b] as number;
    state[b] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] as number) + (key[i % key.length] as number)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return Buffer.from(bytes.map((byte) => {
    i = (i + 1) & 0xff;
    j = (j + (state[i] as number)) & 0xff;
    swap(i, j);
    return byte ^ (state[((state[i] as number) + (state[j] as number)) & 0xff] as number);
  }));
}
