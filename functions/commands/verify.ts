import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyNights } from "../ingest/verify-nights.ts";
import { verifyRuns } from "../measure/verify-runs.ts";
import { verifyPublication } from "../publish/verify-publication.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { Verification } from "../shared/verification.ts";
import type { Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";

export const verify: Command = {
  name: "verify",
  summary: "compare the home with itself: lake, ledgers, landed files, runs, publication by SHA-256",
  options: { ...homeOption, json: { help: "one JSON object a line: check, looked_at, faults" } },
  examples: [
    { line: "dudao verify --home HOME", says: "what was looked at, and every object that is missing or was changed" },
    { line: "dudao verify --home HOME --json", says: "the same for a script" },
  ],
  exitCodes: { 0: "everything is as it was written", 1: "something is missing or was changed", 2: "usage" },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const found = await verifyHome(store, createProgressLog(io));
    for (const one of found) {
      if (input.hasFlag("json")) {
        io.out(JSON.stringify(one));
        continue;
      }
      io.out(`${one.faults.length === 0 ? "ok   " : "WRONG"} ${one.check}: ${one.looked_at} looked at`
        + (one.faults.length === 0 ? "" : `, ${one.faults.length} wrong`));
      for (const fault of one.faults) io.out(`  ${fault}`);
    }
    return found.every((one) => one.faults.length === 0) ? 0 : 1;
  },
};

/** Everything that can be compared without computing; `rebuild` computes. */
export async function verifyHome(
  store: ObjectStore, log: Log,
): Promise<readonly Verification[]> {
  const scratch = mkdtempSync(join(tmpdir(), "dudao-verify-"));
  try {
    log.progress("verify: nights, lake, landed files");
    const nights = await verifyNights(store, scratch);
    log.progress("verify: runs");
    const runs = await verifyRuns(store, scratch);
    log.progress("verify: publication");
    return [...nights, runs, await verifyPublication(store)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
