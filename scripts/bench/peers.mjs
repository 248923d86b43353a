// Other tools on the same work, installed into the scratch folder of a bench, never into the project.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const pythonVersions = {
  polars: "2.1.0", openpyxl: "3.1.5", xlrd: "2.0.2", "python-calamine": "0.9.1",
};
export const nodeVersions = { exceljs: "4.4.0" };

/**
 * Interpreter of a virtual environment with the packages of `pythonVersions`; undefined, with a
 * message, where Python or a package is missing.
 */
export function installPython(scratch) {
  const folder = join(scratch, "python");
  const python = process.platform === "win32"
    ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  if (existsSync(python)) return python;
  const packages = Object.entries(pythonVersions).map(([name, version]) => `${name}==${version}`);
  const system = process.platform === "win32" ? "python" : "python3";
  return attempt("peers in Python", () => {
    execFileSync(system, ["-m", "venv", folder], { stdio: ["ignore", "ignore", "pipe"] });
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check",
      ...packages], { stdio: ["ignore", "ignore", "pipe"] });
    return python;
  });
}

/** Folder whose node_modules holds the packages of `nodeVersions`; undefined, with a message. */
export function installNodePeers(scratch) {
  const folder = join(scratch, "node-peers");
  if (existsSync(join(folder, "node_modules"))) return folder;
  const packages = Object.entries(nodeVersions).map(([name, version]) => `${name}@${version}`);
  return attempt("peers in Node", () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    execFileSync(process.platform === "win32" ? "npm.cmd" : "npm",
      ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", ...packages],
      { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    return folder;
  });
}

function attempt(what, install) {
  try {
    return install();
  } catch (error) {
    if (error.code !== "ENOENT" && error.status === undefined) throw error;
    const why = String(error.stderr ?? error.message).trim().split("\n").at(-1);
    process.stderr.write(`  skipped: ${what}: ${why}\n`);
    return undefined;
  }
}
