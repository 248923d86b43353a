import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HmacSha256 } from "../../../functions/ingest/judge/hmac-sha256.ts";

const ascii = fc.string({ unit: "binary-ascii", maxLength: 55 });

describe("HMAC-SHA256 of short texts", () => {
  it("is that of the platform for any key and any ASCII text of up to 55 characters", () => {
    const keys = fc.uint8Array({ minLength: 0, maxLength: 64 });
    fc.assert(fc.property(keys, ascii, (key, text) => {
      const hmac = new HmacSha256(key);
      const wanted = createHmac("sha256", key).update(text).digest("hex").slice(0, 32);
      // Twice: nothing of one text may be left when the next one comes.
      expect([hmac.hex(text), hmac.hex(text)]).toEqual([wanted, wanted]);
    }), { seed: 20211220, numRuns: 300 });
  });

  it("leaves longer texts and other characters to the platform", () => {
    const hmac = new HmacSha256(new Uint8Array(32));
    expect(hmac.hex("x".repeat(56))).toBeUndefined();
    expect(hmac.hex("账号")).toBeUndefined();
    expect(hmac.hex("x".repeat(55))).toHaveLength(32);
  });

  it("takes no key longer than a block", () => {
    expect(() => new HmacSha256(new Uint8Array(65))).toThrow("key: invalid length: 65");
  });
});
