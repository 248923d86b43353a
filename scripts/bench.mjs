// Measures what the README quotes; never part of the timed tests.
// usage: npm run bench [-- PART ... --small --records N,N --table]
//   PART     nightly csv workbooks statements resent steady cards view province (all without any)
//   --small  a fraction of the size, to try the scripts: printed, not written
//   --records N,N  sizes of the part province, instead of 7.5, 15, 30 and 60 M
//   --table  prints the table of docs/bench.json as markdown and measures nothing
// Every part goes into docs/bench.json with the machine and the commit it was measured on.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readCommit } from "./bench/commit.mjs";
import { describeMachine } from "./bench/machine.mjs";
import { formatTable } from "./bench/table.mjs";
import { buildIfStale } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const partNames = [
  "nightly", "csv", "workbooks", "statements", "resent", "steady", "cards", "view", "province",
];
const { values, positionals } = parseArgs({
  allowPositionals: true, options: {
    small: { type: "boolean" }, table: { type: "boolean" }, records: { type: "string" },
  },
});
const unknown = positionals.filter((name) => !partNames.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: unknown: ${unknown.join(", ")}; accepted: ${partNames.join(", ")}\n`);
  process.exit(2);
}
const path = join(root, "docs", "bench.json");
const results = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};

if (values.table) process.stdout.write(formatTable(partNames, results));
else await benchParts(positionals.length > 0 ? positionals : partNames);

async function benchParts(names) {
  await buildIfStale();
  const scratch = mkdtempSync(join(tmpdir(), "dudao-bench-"));
  try {
    for (const name of names) {
      process.stderr.write(`${name} …\n`);
      const { bench } = await import(`./bench/${name}.mjs`);
      const folder = join(scratch, name);
      mkdirSync(folder);
      const found = await bench({
        root, scratch: folder, peers: scratch, isSmall: values.small === true,
        records: values.records?.split(",").map(Number),
      });
      // Of before every part had its own.
      delete results.machine;
      results[name] = { commit: readCommit(root), machine: describeMachine(), ...found };
      rmSync(folder, { recursive: true, force: true });
      process.stdout.write(formatTable([name], results));
      if (!values.small) writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
      else process.stdout.write(`${JSON.stringify(results[name], null, 2)}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
