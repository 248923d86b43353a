// Bundles every step of the night as a Lambda function: dist/lambda/<step>/ with the handler as
// CommonJS (packages of a layer are found by CommonJS alone) and the files that it reads.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Files beside a handler, and the scripts of its own processes and threads. */
const steps = {
  plan: { needs: ["sql/seeds"] },
  ingest: {
    scripts: { "ingest-worker": "functions/ingest/worker.ts" },
    needs: ["sql/seeds", "functions/ingest/contracts"],
  },
  measure: { needs: ["sql", "functions/ingest/contracts"] },
  scorecards: {
    scripts: { "card-worker": "functions/scorecards/card-worker.ts" },
    needs: ["sql/seeds", "functions/scorecards/county-card.typ"],
    packages: {
      "@expo-google-fonts/noto-sans-sc": ["package.json", "400Regular", "700Bold"],
      "@myriaddreamin/typst-ts-node-compiler-linux-x64-gnu": ["."],
    },
  },
  publish: { needs: ["sql/seeds", "dist/app"] },
  alert: { needs: ["sql/seeds"] },
  login: { handler: "functions/serve/handler.ts", needs: ["sql/seeds"] },
};

export const lambdaSteps = Object.keys(steps);

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  minify: true,
  keepNames: true,
  sourcemap: false,
  // DuckDB is the layer's; the typesetter lies beside its handler.
  external: ["@duckdb/node-api", "@duckdb/node-bindings", "@myriaddreamin/*", "esbuild", "vite"],
  define: { "import.meta.url": "bundleUrl" },
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  logLevel: "warning",
};

/** Bundles the steps into `<folder>/<step>/`; needs the built dashboards (dist/app). */
export async function buildLambda(folder = join(root, "dist", "lambda")) {
  const { build } = await import("esbuild");
  rmSync(folder, { recursive: true, force: true });
  for (const [step, { handler, scripts = {}, needs = [], packages = {} }] of Object.entries(steps)) {
    const target = join(folder, step);
    mkdirSync(target, { recursive: true });
    await build({
      ...options, outdir: target,
      entryPoints: { index: handler ?? `functions/${step}/handler.ts`, ...scripts },
    });
    for (const need of needs) copy(join(root, need), join(target, need));
    for (const [name, files] of Object.entries(packages)) {
      const source = join(root, "node_modules", name);
      for (const file of files) copy(join(source, file), join(target, "node_modules", name, file));
    }
    // The version is part of what a run rests on; without "type" the bundle is CommonJS.
    const { name, version, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    writeFileSync(join(target, "package.json"), JSON.stringify({ name, version, dependencies }));
  }
  return folder;
}

function copy(from, to) {
  if (!existsSync(from)) throw new Error(`${from}: missing; run npm ci and npm run build`);
  cpSync(from, to, { recursive: true, dereference: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildLambda());
