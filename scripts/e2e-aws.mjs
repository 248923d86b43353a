// Deploys the application to a local emulator of AWS, runs two nights there and compares them with
// a local run; leaves test/evidence/e2e-aws.json. usage: npm run e2e:aws
// Exit codes: 0 all holds, 1 something differs or failed, 3 a tool is missing (it says which).
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildForNode, buildIfStale } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

await buildIfStale();
const program = await buildForNode("test/e2e/e2e-aws.ts", "e2e-aws.js");
// The deployed API has a name below .localhost.
const { status } = spawnSync(process.execPath,
  ["--require", join(root, "test", "e2e", "localhost-dns.cjs"), program], { stdio: "inherit" });
process.exitCode = status ?? 1;
