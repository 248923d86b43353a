import { describe, expect, test } from "vitest";
import { buildEncryptedPackage, buildProtectedXls, DEFAULT_PASSWORD } from "./build-encrypted.ts";
import { outcomeOf } from "./reading.ts";

describe("encryption", () => {
  test.each(["agile", "standard"] as const)("%s packages: own and default password", async (way) => {
    expect(await outcomeOf(buildEncryptedPackage("秘密2021", way))).toBe(
      "unreadable: encrypted workbook",
    );
    expect(await outcomeOf(buildEncryptedPackage(DEFAULT_PASSWORD, way))).toBe(
      "unreadable: workbook encrypted with the default password",
    );
  });

  test.each(["xor", "rc4", "cryptoapi"] as const)("%s: own and default password", async (way) => {
    expect(await outcomeOf(buildProtectedXls("secret", way))).toBe("unreadable: encrypted workbook");
    expect(await outcomeOf(buildProtectedXls(DEFAULT_PASSWORD, way))).toBe(
      "unreadable: workbook encrypted with the default password",
    );
  });

  test("damaged encryption headers are encrypted all the same", async () => {
    const bytes = buildEncryptedPackage(DEFAULT_PASSWORD, "agile");
    for (let i = 0; i < 40; i++) {
      const copy = Buffer.from(bytes);
      for (let k = 0; k < 20; k++) copy[512 + ((i * 131 + k * 977) % 2_000)] = (i * 7 + k) & 0xff;
      expect(await outcomeOf(copy)).toMatch(/^unreadable/);
    }
  });
});
