import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "closed-pipe-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Runs a command whose standard output nobody reads; `isDeaf`: nor its standard error. */
function runUnread(args: readonly string[], isDeaf = false) {
  return new Promise<{ code: number | null; signal: string | null; err: string }>((resolve) => {
    const child = spawn(process.execPath, [join(packageRoot, "bin", "dudao.mjs"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let err = "";
    child.stdout.destroy();
    if (isDeaf) child.stderr.destroy();
    else child.stderr.on("data", (chunk) => { err += String(chunk); });
    child.on("close", (code, signal) => resolve({ code, signal, err }));
  });
}

test("a command whose reader has left says nothing of it and keeps its exit code", async () => {
  writeFileSync(join(folder, "x.csv"), "甲,乙\n1,2\n".repeat(50_000));
  for (const [args, code] of [
    [["--help"], 0], [["inspect", join(folder, "x.csv")], 0], [["figures", "--help"], 0], [[], 2],
  ] as const) {
    expect({ args, ...await runUnread(args) }).toEqual({ args, code, signal: null, err: "" });
  }
});

test("work goes on to its end when nobody reads what a command says of it", async () => {
  const home = join(folder, "home");
  const args = ["simulate", "--home", home, "--scale", "0.0002", "--until", "2020-08-31"];
  expect(await runUnread(args, true)).toEqual({ code: 0, signal: null, err: "" });
  expect(existsSync(join(home, "truth.json"))).toBe(true);
});
