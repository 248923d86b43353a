import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { measureThroughAdapter, runContractSuite } from "./adapter-on-trino.ts";
import { compareDay } from "./compare-day.ts";
import type { ComparedModel } from "./compare-day.ts";
import { findJava } from "./find-java.ts";
import { MissingToolError } from "../missing-tool-error.ts";
import { summariseDays } from "./parity-evidence.ts";
import type { ParityEvidence } from "./parity-evidence.ts";
import { makeParityHome, parityHome, runOnDuckDb } from "./parity-home.ts";
import { trinoVersion, unpackTrino } from "./trino-archive.ts";
import { startTrino } from "./trino-server.ts";
import type { TrinoServer } from "./trino-server.ts";

/** The last day, which is measured through the adapter too, one in the middle and an early one. */
const asOfDays = ["2021-12-20", "2021-12-08", "2021-06-30"] as const;
const exitCodes = { same: 0, failed: 1, missing: 3 } as const;

/** Runs everything; returns the exit code: 0 the same, 1 something differs, 3 a tool is missing. */
export async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "dudao-parity-"));
  let trino: TrinoServer | undefined;
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      isStopped = true;
      // The next question to it fails; below it is waited for and everything is removed.
      void trino?.stop();
    });
  }
  const say = (line: string): void => {
    if (isStopped) throw new Error("stopped");
    process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
  };
  try {
    const java = findJava(process.env);
    say(`Java ${java.version}`);
    const server = unpackTrino(folder, java);
    say(`Trino ${trinoVersion} unpacked`);
    const home = join(folder, "home");
    const nights = await makeParityHome(home, join(folder, "scratch"));
    say(`province simulated, scale ${parityHome.scale}, ${nights} nights`);
    trino = await startTrino(server, folder, java);
    say("Trino answers");
    const suite = await runContractSuite(trino, folder);
    say(`Athena adapter: ${suite.passed} of ${suite.tests} tests of the contract`);
    const days = new Map<string, readonly ComparedModel[]>();
    let adapterRun = { as_of: "", relations: 0, same: 0 };
    for (const day of asOfDays) {
      const running = trino;
      const out = join(folder, `duckdb-${day}`);
      mkdirSync(out);
      await runOnDuckDb(home, day, out, async (request, result) => {
        if (day === asOfDays[0]) {
          const athena = join(folder, "athena");
          adapterRun = await measureThroughAdapter(running, home, day, athena, result);
          say(`Athena adapter: ${adapterRun.same} of ${adapterRun.relations} files the same`);
        }
        const compared = await compareDay(running, request, result);
        days.set(day, compared);
        for (const line of describeDay(day, compared)) say(line);
      });
      rmSync(out, { recursive: true });
    }
    const evidence: ParityEvidence = {
      commit: readCommit(),
      versions: {
        dudao: readVersion("package.json"),
        duckdb: readVersion("node_modules/@duckdb/node-api/package.json"),
        trino: trinoVersion, java: java.version, node: process.versions.node,
      },
      home: parityHome,
      contract_suite: suite,
      adapter_run: adapterRun,
      ...summariseDays(days),
    };
    const isSame = evidence.differences === 0 && suite.passed === suite.tests
      && adapterRun.same === adapterRun.relations && adapterRun.relations > 0;
    const path = join(packageRoot, "test", "evidence", "parity-trino.json");
    mkdirSync(join(packageRoot, "test", "evidence"), { recursive: true });
    if (isSame) writeFileSync(path, `${JSON.stringify(evidence, null, 1)}\n`);
    say(`${evidence.n_models} models, ${evidence.days.length} days, ${evidence.n_rows} rows: ` +
      `${evidence.differences} differences`);
    return isSame ? exitCodes.same : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    process.stderr.write(`parity: ${error.message}\n`);
    return exitCodes.missing;
  } finally {
    await trino?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function describeDay(day: string, compared: readonly ComparedModel[]): readonly string[] {
  const rows = compared.reduce((sum, c) => sum + c.rows, 0);
  return [
    `${day}: ${compared.length} models, ${rows} rows`,
    ...compared.flatMap(({ name, differences }) =>
      differences.map((line) => `DIFFERS ${day} ${name}: ${line.slice(0, 400)}`)),
  ];
}

/** The commit whose models ran; `+changes` where the models or the code differ from it. */
function readCommit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: packageRoot, encoding: "utf8" }).trim();
  const changes = git("status", "--porcelain", "--", "functions", "sql");
  return `${git("rev-parse", "HEAD")}${changes === "" ? "" : "+changes"}`;
}

function readVersion(path: string): string {
  const text = readFileSync(join(packageRoot, path), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
