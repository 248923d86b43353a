import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { brotliDecompressSync, createBrotliDecompress } from "node:zlib";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { packageRoot } from "../../functions/shared/package-root.ts";

const require = createRequire(import.meta.url);

/**
 * A Chromium from npm packages alone (no apt, no download at test time). Where the package has no
 * build (it is linux x64 only): CHROME_PATH, else an installed Chrome.
 */
export async function launchBrowser(): Promise<Browser> {
  const own = process.env["CHROME_PATH"];
  if (own) return await chromium.launch({ executablePath: own });
  if (platform() !== "linux" || arch() !== "x64") return await chromium.launch({ channel: "chrome" });
  const cache = await unpackBrowser();
  return await chromium.launch({
    executablePath: join(cache, "chromium"),
    chromiumSandbox: false,
    // Root refuses to start with the sandbox; containers often forbid it.
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
    env: {
      ...definedVariables(), HOME: cache,
      LD_LIBRARY_PATH: join(cache, "al2023", "lib"), FONTCONFIG_FILE: join(cache, "fonts.conf"),
    },
  });
}

async function unpackBrowser(): Promise<string> {
  const root = packageFolder("@sparticuz/chromium");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  const cache = join(packageRoot, "node_modules", ".cache", `chromium-${version}`);
  const done = join(cache, ".done");
  if (existsSync(done)) return cache;
  mkdirSync(cache, { recursive: true });
  const packed = (name: string) => join(root, "bin", name);
  await pipeline(
    createReadStream(packed("chromium.br")),
    createBrotliDecompress({ chunkSize: 1 << 21 }),
    createWriteStream(join(cache, "chromium"), { mode: 0o755 }),
  );
  for (const [name, folder] of [["al2023", "al2023"], ["swiftshader", "."], ["fonts", "fonts"]]) {
    unpackTar(brotliDecompressSync(readFileSync(packed(`${name}.tar.br`))), join(cache, folder ?? "."));
  }
  const fonts = packageFolder("@expo-google-fonts/noto-sans-sc");
  // Without a configuration that names a real folder every text is blank, without an error.
  writeFileSync(join(cache, "fonts.conf"), [
    "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>",
    ...["400Regular", "700Bold"].map((weight) => `<dir>${join(fonts, weight)}</dir>`),
    `<dir>${join(cache, "fonts", "fonts")}</dir><cachedir>${join(cache, "fc-cache")}</cachedir>`,
    "</fontconfig>",
  ].join(""));
  writeFileSync(done, "");
  return cache;
}

function packageFolder(name: string): string {
  for (const base of require.resolve.paths(name) ?? []) {
    if (existsSync(join(base, name, "package.json"))) return join(base, name);
  }
  throw new Error(`browser: missing package: ${name}; run npm ci`);
}

/** The ustar of the package holds files, folders and links only. */
function unpackTar(archive: Buffer, folder: string): void {
  const textAt = (at: number, length: number) =>
    archive.toString("utf8", at, at + length).replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const size = Number.parseInt(textAt(at + 124, 12), 8) || 0;
    const mode = Number.parseInt(textAt(at + 100, 8), 8) || 0o644;
    const path = join(folder, textAt(at, 100));
    const kind = textAt(at + 156, 1);
    if (kind === "5") mkdirSync(path, { recursive: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
      if (kind === "2") symlinkSync(textAt(at + 157, 100), path);
      else writeFileSync(path, archive.subarray(at + 512, at + 512 + size), { mode });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function definedVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
