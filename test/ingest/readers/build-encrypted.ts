import { CFB } from "@e965/xlsx";
import { createCipheriv, createHash } from "node:crypto";
import { biff, buildBiffStream, contain, le16, le32, record } from "./build-biff.ts";

/** The password with which spreadsheets open a workbook without asking. */
export const DEFAULT_PASSWORD = "VelvetSweatshop";

const SALT = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
const VERIFIER = Buffer.from("101112131415161718191a1b1c1d1e1f", "hex");

function digest(algorithm: string, bytes: Buffer): Buffer {
  return createHash(algorithm).update(bytes).digest();
}

function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

function ole(streams: Readonly<Record<string, Buffer>>): Buffer {
  const container = CFB.utils.cfb_new();
  for (const [name, bytes] of Object.entries(streams)) {
    CFB.utils.cfb_add(container, `/${name}`, bytes);
  }
  return Buffer.from(CFB.write(container, { type: "buffer" }) as Uint8Array);
}

/** An OLE2 container with an encrypted package, its password to be verified as Office does. */
export function buildEncryptedPackage(password: string, method: "agile" | "standard"): Buffer {
  const info = method === "agile" ? agileInfo(password) : standardInfo(password);
  return ole({ EncryptionInfo: info, EncryptedPackage: Buffer.alloc(5_000, 7) });
}

function agileInfo(password: string): Buffer {
  const spins = 1_000;
  let sum = digest("sha512", Buffer.concat([SALT, utf16(password)]));
  for (let i = 0; i < spins; i++) {
    sum = digest("sha512", Buffer.concat([Buffer.from(le32(i)), sum]));
  }
  const encrypt = (block: string, plain: Buffer) => {
    const key = digest("sha512", Buffer.concat([sum, Buffer.from(block, "hex")])).subarray(0, 32);
    const cipher = createCipheriv("aes-256-cbc", key, SALT).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString("base64");
  };
  const xml = '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
    + 'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyEncryptors>'
    + `<keyEncryptor><p:encryptedKey spinCount="${spins}" saltSize="16" blockSize="16" `
    + 'keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" '
    + `hashAlgorithm="SHA512" saltValue="${SALT.toString("base64")}" `
    + `encryptedVerifierHashInput="${encrypt("fea7d2763b4b9e79", VERIFIER)}" `
    + `encryptedVerifierHashValue="${encrypt("d7aa0f6d3061344e", digest("sha512", VERIFIER))}"/>`
    + "</keyEncryptor></keyEncryptors></encryption>";
  return Buffer.concat([Buffer.from([4, 0, 4, 0, 0x40, 0, 0, 0]), Buffer.from(xml)]);
}

function header(keyBits: number): number[] {
  const name = [...utf16("Microsoft Enhanced Provider\0")];
  const fields = [4, 0, 0x6801, 0x8004, keyBits, 1, 0, 0].flatMap(le32);
  return [...le32(fields.length + name.length), ...fields, ...name];
}

function standardInfo(password: string): Buffer {
  let sum = digest("sha1", Buffer.concat([SALT, utf16(password)]));
  for (let i = 0; i < 50_000; i++) sum = digest("sha1", Buffer.concat([Buffer.from(le32(i)), sum]));
  sum = digest("sha1", Buffer.concat([sum, Buffer.from(le32(0))]));
  const block = Buffer.alloc(64, 0x36);
  sum.forEach((byte, i) => { block[i] = 0x36 ^ byte; });
  const key = digest("sha1", block).subarray(0, 16);
  const encrypt = (plain: Buffer) => {
    const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    return [...cipher.update(plain), ...cipher.final()];
  };
  const hashed = Buffer.concat([digest("sha1", VERIFIER), Buffer.alloc(12)]);
  return Buffer.from([
    3, 0, 2, 0, ...le32(0x24), ...header(128), ...le32(16), ...SALT, ...encrypt(VERIFIER),
    ...le32(20), ...encrypt(hashed),
  ]);
}

/** A binary workbook whose FILEPASS verifies the password; its other records are not encrypted. */
export function buildProtectedXls(password: string, method: "xor" | "rc4" | "cryptoapi"): Buffer {
  const contents = { xor: xorContent, rc4: rc4Content, cryptoapi: cryptoApiContent };
  const content = contents[method](password);
  const stream = buildBiffStream({
    version: 8,
    globals: [record(biff.filePass, content)],
    sheets: [{ name: "S", records: [] }],
  });
  return contain("Workbook", stream);
}

function xorContent(password: string): number[] {
  // [MS-OFFCRYPTO] 2.3.7.1, from the last letter to the first.
  let verifier = 0;
  for (let i = password.length - 1; i >= 0; i--) {
    verifier = rotate15(verifier) ^ password.charCodeAt(i);
  }
  verifier = rotate15(verifier) ^ password.length ^ 0xce4b;
  return [...le16(0), ...le16(0x1234), ...le16(verifier)];
}

function rotate15(value: number): number {
  return ((value << 1) | (value >> 14)) & 0x7fff;
}

function rc4Content(password: string): number[] {
  const short = digest("md5", utf16(password)).subarray(0, 5);
  const salted: Buffer[] = [];
  for (let i = 0; i < 16; i++) salted.push(short, SALT);
  const truncated = digest("md5", Buffer.concat(salted)).subarray(0, 5);
  const key = digest("md5", Buffer.concat([truncated, Buffer.from(le32(0))]));
  const plain = Buffer.concat([VERIFIER, digest("md5", VERIFIER)]);
  return [...le16(1), ...le16(1), ...le16(1), ...SALT, ...rc4(key, plain)];
}

function cryptoApiContent(password: string): number[] {
  const sum = digest("sha1", Buffer.concat([SALT, utf16(password)]));
  const key = digest("sha1", Buffer.concat([sum, Buffer.from(le32(0))])).subarray(0, 16);
  const cipher = rc4(key, Buffer.concat([VERIFIER, digest("sha1", VERIFIER)]));
  return [
    ...le16(1), ...le16(2), ...le16(2), ...le32(4), ...header(128), ...le32(16), ...SALT,
    ...cipher.subarray(0, 16), ...le32(20), ...cipher.subarray(16),
  ];
}

function rc4(key: Buffer, plain: Buffer): Buffer {
  const s = [...Array(256).keys()];
  let j = 0;
  for (let i = 0; i < 256; i++) {
    j = (j + s[i]! + key[i % key.length]!) % 256;
    [s[i], s[j]] = [s[j]!, s[i]!];
  }
  const out = Buffer.alloc(plain.length);
  j = 0;
  for (let n = 0; n < plain.length; n++) {
    const i = (n + 1) % 256;
    j = (j + s[i]!) % 256;
    [s[i], s[j]] = [s[j]!, s[i]!];
    out[n] = plain[n]! ^ s[(s[i]! + s[j]!) % 256]!;
  }
  return out;
}
