import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { requireMachine } from "../../scripts/build-layers.mjs";

const base = mkdtempSync(join(tmpdir(), "dudao-elf-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Beginning of a shared object: magic, 64 bit, little endian; type 3; machine (System V gABI). */
function writeElf(name: string, machine: number): string {
  const head = Buffer.alloc(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(3, 16);
  head.writeUInt16LE(machine, 18);
  const path = join(base, name);
  writeFileSync(path, head);
  return path;
}

test("a layer takes the native file of its own machine alone", () => {
  const arm = writeElf("arm.node", 183);
  const intel = writeElf("intel.node", 62);
  requireMachine(arm, "arm64");
  requireMachine(intel, "x64");
  expect(() => requireMachine(intel, "arm64")).toThrow("ELF machine 62; needed: 183 (arm64)");
  expect(() => requireMachine(arm, "x64")).toThrow("ELF machine 183; needed: 62 (x64)");
  const text = join(base, "text.node");
  writeFileSync(text, "no native file, but long enough");
  expect(() => requireMachine(text, "arm64")).toThrow("ELF machine -1; needed: 183 (arm64)");
});
