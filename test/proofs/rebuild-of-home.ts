// Stores a run of every closed night of a home, rebuilds each after all nights, renews the tokens
// and rebuilds some again; prints the evidence as JSON. Usage: rebuild-of-home.js HOME.
// Run by scripts/prove-rebuild.mjs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../functions/cli.ts";
import { rebuildRun } from "../../functions/commands/rebuild.ts";
import { measureRun } from "../../functions/measure/measure-run.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { listClosedDays, readLedger } from "../../functions/shared/read-ledger.ts";
import { createDuckDbEngine } from "../../functions/shared/sql-engine-duckdb.ts";

/** After the tokens were renewed every tenth run is rebuilt again, and the newest. */
const rebuiltAgain = 10;

const [root = ""] = process.argv.slice(2);
const store = createFolderStore(root);
const scratch = mkdtempSync(join(tmpdir(), "dudao-prove-rebuild-"));
const differences: string[] = [];
const note = (line: string): void => { process.stderr.write(`${line}\n`); };

/** Rebuilds a run; what is not the same bytes goes into `differences`. */
async function prove(runId: string): Promise<{ marts: number; tables: number; inputs: number }> {
  const found = await rebuildRun(store, runId, silentLog);
  differences.push(
    ...found.marts.filter((mart) => !mart.is_same).map((mart) => `${runId} ${mart.name}`),
    ...found.differing.map((key) => `${runId} ${key}`));
  return { marts: found.marts.length, tables: found.published_files, inputs: found.inputs };
}

const sumOf = (counts: readonly { readonly marts: number; readonly tables: number }[]) => ({
  runs: counts.length,
  marts: counts.reduce((sum, count) => sum + count.marts, 0),
  published_files: counts.reduce((sum, count) => sum + count.tables, 0),
});

try {
  const engine = createDuckDbEngine();
  const runs: string[] = [];
  for (const asOf of await listClosedDays(store)) {
    const { runId } = await measureRun({ store, asOf, scratch, log: silentLog, engine });
    note(`measured ${runId}`);
    runs.push(runId);
  }
  const published = await store.get("publish/app/current.json");
  const current = (JSON.parse(Buffer.from(published!.body).toString()) as { run_id: string }).run_id;
  const first = [];
  for (const runId of new Set([...runs, current])) {
    first.push(await prove(runId));
    note(`rebuilt ${runId}`);
  }
  const code = await main(["rekey", "--home", root]);
  if (code !== 0) throw new Error(`rekey: exit ${code}`);
  const again = [];
  for (const runId of new Set([
    ...runs.filter((_, i) => i % rebuiltAgain === rebuiltAgain - 1), current,
  ])) again.push(await prove(runId));
  const ledger = await readLedger(store);
  const count = (status: string): number => ledger.filter((row) => row.status === status).length;
  process.stdout.write(JSON.stringify({
    nights: runs.length, files: ledger.length,
    rows_read: ledger.reduce((sum, row) => sum + (row.rows_read ?? 0), 0),
    files_refused: count("refused"), files_held: count("held"), files_repeated: count("repeated"),
    inputs_of_the_newest_run: first.at(-1)?.inputs,
    rebuilt: sumOf(first), rebuilt_after_new_tokens: sumOf(again),
    differences: differences.length, differing: differences.slice(0, 20),
  }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
