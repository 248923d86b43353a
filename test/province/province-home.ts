import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../functions/cli.ts";
import type { CommandIo } from "../../functions/commands/command.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

/** What `simulate` says of a province, computed from its own world. */
export interface Truth {
  readonly files: readonly {
    readonly system: string; readonly export: string | null; readonly landing_day: string;
    readonly file_name: string; readonly status: string;
    readonly rows_read: number | null; readonly rows_accepted: number | null;
    readonly rows_rejected: number | null; readonly rows_duplicate: number | null;
    readonly rows_skipped: number | null;
  }[];
  readonly dirt: readonly {
    readonly file: string; readonly sheet: string; readonly row: number; readonly kind: string;
    readonly outcome: string; readonly reasons: readonly string[];
  }[];
  readonly days: readonly {
    readonly as_of: string;
    readonly teachers: readonly {
      readonly teacher_no: string; readonly online_seconds: number;
      readonly practice_seconds: number; readonly completed_on: string | null;
    }[];
    readonly counties: readonly { readonly county_code: string; readonly started_on: string | null }[];
  }[];
}

export interface ProvinceHome {
  readonly root: string;
  readonly store: ObjectStore;
  readonly truth: Truth;
}

export interface CommandRun {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs one line of the command line in this process. */
export async function runCommand(...args: readonly string[]): Promise<CommandRun> {
  const out: string[] = [];
  const err: string[] = [];
  const io: CommandIo = {
    out: (line) => out.push(...line.split("\n")),
    err: (line) => err.push(line),
    isTerminal: false,
    env: {},
    now: () => new Date("2021-12-20T08:00:00Z"),
    interrupted: () => Promise.resolve(),
  };
  return { code: await main(args, io), out, err };
}

export function readProvinceHome(root: string): ProvinceHome {
  return {
    root, store: createFolderStore(root),
    truth: JSON.parse(readFileSync(join(root, "truth.json"), "utf8")) as Truth,
  };
}

/** Simulates the smallest whole province and runs all its nights; throws when a command fails. */
export async function makeProvinceHome(): Promise<ProvinceHome> {
  // A ready home may be given, for looking closer at a failure.
  const given = process.env.DUDAO_TEST_HOME;
  if (given) return readProvinceHome(given);
  const root = join(mkdtempSync(join(tmpdir(), "dudao-province-")), "home");
  for (const args of [
    ["simulate", "--home", root, "--scale", "0.001"],
    ["nightly", "--home", root],
  ]) {
    const run = await runCommand(...args);
    if (run.code !== 0) throw new Error(`dudao ${args.join(" ")}: exit ${run.code}: ${run.err.slice(-5).join(" / ")}`);
  }
  return readProvinceHome(root);
}
