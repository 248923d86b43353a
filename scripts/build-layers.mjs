// The DuckDB layers of the functions: dist/layers/<arch>/nodejs/node_modules/@duckdb/…, for arm64
// on any machine. What this machine has not installed is fetched by npm and checked against the
// lock file; the machine type of the native file is read from its ELF header.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** ELF `e_machine` (System V gABI). */
const machines = { arm64: 183, x64: 62 };

/** Builds one layer; returns its folder. Throws where the native file is for another machine. */
export function buildLayer(arch, folder = join(root, "dist", "layers")) {
  const layer = join(folder, arch);
  const modules = join(layer, "nodejs", "node_modules", "@duckdb");
  rmSync(layer, { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  for (const name of ["node-api", "node-bindings"]) {
    cpSync(join(root, "node_modules", "@duckdb", name), join(modules, name), { recursive: true, dereference: true });
  }
  const native = `node-bindings-linux-${arch}`;
  const installed = join(root, "node_modules", "@duckdb", native);
  if (existsSync(installed)) cpSync(installed, join(modules, native), { recursive: true, dereference: true });
  else fetchPackage(`@duckdb/${native}`, join(modules, native));
  requireMachine(join(modules, native, "duckdb.node"), arch);
  return layer;
}

/** Throws unless the file is an ELF object for that machine. */
export function requireMachine(path, arch) {
  const head = readFileSync(path).subarray(0, 20);
  const machine = head.readUInt32BE(0) === 0x7f454c46 ? head.readUInt16LE(18) : -1;
  if (machine !== machines[arch]) {
    throw new Error(`${path}: ELF machine ${machine}; needed: ${machines[arch]} (${arch})`);
  }
}

function fetchPackage(name, target) {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (!version) throw new Error(`${name}: not in package-lock.json`);
  const scratch = mkdtempSync(join(tmpdir(), "dudao-layer-"));
  try {
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const [packed] = JSON.parse(execFileSync(
      npm, ["pack", `${name}@${version}`, "--json", "--pack-destination", scratch],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    const file = join(scratch, packed.filename);
    const digest = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
    if (digest !== integrity) throw new Error(`${name}@${version}: not the bytes of package-lock.json`);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", file, "-C", target, "--strip-components=1"]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const arch of Object.keys(machines)) console.log(buildLayer(arch));
}
