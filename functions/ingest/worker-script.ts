import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../shared/package-root.ts";

const entryPoints = {
  "ingest-worker": ["worker.ts"],
  "inspect-worker": ["inspect", "inspect-worker.ts"],
} as const;

/**
 * Path of the worker as JavaScript: beside the bundle that is running, or, where the sources run
 * (tests), bundled from them first if it is older than they are.
 */
export async function requireWorkerScript(
  name: keyof typeof entryPoints = "ingest-worker",
): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  if (!here.endsWith(".ts")) return join(dirname(here), `${name}.js`);
  const folder = join(packageRoot, "dist", "from-sources");
  const script = join(folder, `${name}.js`);
  const sources = ["ingest", "shared"].map((name) => join(packageRoot, "functions", name));
  if (existsSync(script) && statSync(script).mtimeMs >= newestChange(sources)) return script;
  const { build } = await import("esbuild");
  mkdirSync(folder, { recursive: true });
  // Test files run in several processes; each writes its own and moves it into place.
  const own = join(folder, `${name}.${process.pid}.js`);
  await build({
    entryPoints: [join(packageRoot, "functions", "ingest", ...entryPoints[name])],
    outfile: own, bundle: true, platform: "node", format: "esm", target: "node20.19",
    packages: "external", logLevel: "warning",
  });
  renameSync(own, script);
  return script;
}

function newestChange(folders: readonly string[]): number {
  let newest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
    }
  }
  return newest;
}
