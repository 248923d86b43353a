// Runs every model of the product on a real Trino beside DuckDB and compares; leaves
// test/evidence/parity-trino.json. usage: npm run parity:trino
// Exit codes: 0 the same, 1 something differs or failed, 3 a tool is missing (it says which).
import { pathToFileURL } from "node:url";
import { buildForNode, buildIfStale } from "./build.mjs";

await buildIfStale();
const { main } = await import(
  pathToFileURL(await buildForNode("test/parity/parity-trino.ts", "parity-trino.js")).href);
process.exitCode = await main();
