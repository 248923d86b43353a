// Bundles the command line and its worker into dist/ and the dashboards into dist/app/.
// Runs after `npm ci` (prepare) and whenever a source is newer than the bundle (bin/dudao.mjs).
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Newest change of any file below the folders, in milliseconds. */
export function newestChange(folders) {
  let newest = 0;
  for (const folder of folders) {
    const full = join(root, folder);
    if (!existsSync(full)) continue;
    for (const entry of readdirSync(full, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && /\.(tsx?|css|html|mjs)$/.test(entry.name)) {
        newest = Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs);
      }
    }
  }
  return newest;
}

const nodeOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  // Packages go into the bundle: looking up and loading their hundreds of files takes longer than
  // running most commands. These stay: native or wasm code, and what finds files beside itself.
  external: [
    "@duckdb/node-bindings", "@duckdb/node-bindings-*", "@myriaddreamin/*", "esbuild", "vite",
    "@sparticuz/chromium", "playwright-core", "axe-core",
    "aws-cdk-lib", "aws-cdk-lib/*", "constructs", "cdk-nag",
  ],
  // What CommonJS packages in the bundle load Node's own modules with.
  banner: { js: 'import { createRequire as createBundleRequire } from "node:module";'
    + " const require = createBundleRequire(import.meta.url);" },
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: true,
  logLevel: "warning",
};

export async function buildCommandLine() {
  const { build } = await import("esbuild");
  const entries = {
    cli: "functions/cli.ts",
    "ingest-worker": "functions/ingest/worker.ts",
    "inspect-worker": "functions/ingest/inspect/inspect-worker.ts",
    "card-worker": "functions/scorecards/card-worker.ts",
  };
  for (const [name, file] of Object.entries(entries)) {
    if (!existsSync(join(root, file))) continue;
    // What a command imports when it needs it (a home in a bucket, mails) has files of its own:
    // reading it into memory would double the start of all others.
    const splitting = name === "cli";
    const { metafile } = await build({
      ...nodeOptions, entryPoints: { [name]: file }, outdir: "dist", splitting, metafile: true,
      chunkNames: "cli-[name]-[hash]",
    });
    if (splitting) removeOldChunks(Object.keys(metafile.outputs).map((path) => basename(path)));
  }
  writeFileSync(join(root, "dist", ".built"), "");
}

/** Of earlier builds: their names come from their contents. */
function removeOldChunks(made) {
  for (const file of readdirSync(join(root, "dist"))) {
    if (file.startsWith("cli-") && !made.includes(file)) rmSync(join(root, "dist", file), { force: true });
  }
}

/** Bundles one TypeScript file for Node into dist/; returns its path. For benches and trials. */
export async function buildForNode(source, name) {
  const { build } = await import("esbuild");
  const outfile = join(root, "dist", name);
  await build({ ...nodeOptions, entryPoints: [source], outfile });
  return outfile;
}

export async function buildDashboards() {
  if (!existsSync(join(root, "dashboards", "index.html"))) return;
  const vite = await import("vite");
  await vite.build({ root: join(root, "dashboards"), configFile: join(root, "dashboards", "vite.config.ts"), logLevel: "warn" });
  writeFileSync(join(root, "dist", ".built-app"), "");
}

/** Builds what is older than its sources; cheap when nothing changed. */
export async function buildIfStale() {
  mkdirSync(join(root, "dist"), { recursive: true });
  const stamp = (name) => (existsSync(join(root, "dist", name)) ? statSync(join(root, "dist", name)).mtimeMs : 0);
  if (stamp(".built") < newestChange(["functions", "scripts"])) await buildCommandLine();
  if (stamp(".built-app") < newestChange(["dashboards", "functions/shared"])) await buildDashboards();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, "dist"), { recursive: true });
  await buildCommandLine();
  await buildDashboards();
}
