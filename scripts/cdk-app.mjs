// The CDK application (cdk.json): builds what the functions need, then synthesizes for `region`.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildForNode, buildIfStale } from "./build.mjs";
import { buildLambda } from "./build-lambda.mjs";
import { buildLayer } from "./build-layers.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

await buildIfStale();
const bundles = await buildLambda();
const layerOf = (arch) => {
  const built = join(root, "dist", "layers", arch);
  return existsSync(join(built, "nodejs")) ? built : buildLayer(arch);
};
const app = await import(pathToFileURL(await buildForNode("infra/build-app.ts", "cdk-app.js")).href);
app.buildApp({ bundles, layers: { arm64: layerOf("arm64"), x64: layerOf("x64") } }).synth();
