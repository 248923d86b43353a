#!/usr/bin/env node
// Starts the bundled command line; in a source checkout rebuilds it first when a source is newer.
import { existsSync } from "node:fs";

const sources = new URL("../scripts/build.mjs", import.meta.url);
if (existsSync(sources) && process.env.DUDAO_NO_BUILD !== "1") {
  const { buildIfStale } = await import(sources.href);
  await buildIfStale();
}
const { main } = await import(new URL("../dist/cli.js", import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
