import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

interface Ended { readonly code: number | null; readonly milliseconds: number; readonly port: number; readonly out: string }

/** Starts the program on a home and interrupts it once it has printed its address. */
function startAndInterrupt(home: string, signals: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "bin", "dudao.mjs"), "serve", "--home", home], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    let from = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (from > 0 || !/http:\/\/\S+\n/.test(out)) return;
      from = performance.now();
      for (let i = 0; i < signals; i++) child.kill("SIGINT");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({
      code, milliseconds: performance.now() - from, out, port: Number(/:(\d+)/.exec(out)?.[1]),
    }));
  });
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

describe("Ctrl-C", () => {
  // npm passes the signal on to a process that the terminal has told already.
  test.each([1, 2])("ends with exit 0 within two seconds and a free port, told %i time(s)", async (signals) => {
    const home = mkdtempSync(join(tmpdir(), "dudao-serve-"));
    const ended = await startAndInterrupt(home, signals);
    expect(ended.code).toBe(0);
    expect(ended.milliseconds).toBeLessThan(2000);
    expect(await isPortFree(ended.port)).toBe(true);
  });
});
