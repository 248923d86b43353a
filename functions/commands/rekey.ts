import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rekeyHome } from "../ingest/rekey/rekey-home.ts";
import { answer } from "../measure/answer.ts";
import { runMarts } from "../measure/measure-run.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { makeScratchFolder, sweepScratchFolders } from "../shared/scratch-folder.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";

export const rekey: Command = {
  name: "rekey",
  summary: "give the home a new token key; figures stay, old tokens and the old key are destroyed",
  options: { ...homeOption, json: { help: "one JSON object" } },
  examples: [
    { line: "dudao rekey --home HOME", says: "after a leak, and once a year" },
    { line: "dudao rekey --home HOME --json", says: "the same for a script; a call cut off is ended" },
  ],
  exitCodes: { ...doneCodes, 1: "our fault: the key before is in force, or the next call goes on" },
  async run(input, io) {
    const { store } = openHome(input.requireOption("home"));
    sweepScratchFolders(store.name, io.now());
    const scratch = makeScratchFolder("rekey");
    const report = await rekeyHome({
      store, scratch, log: createProgressLog(io),
      freshKey: randomBytes(32).toString("hex"),
      figuresOf: (asOf) => digestFigures(store, asOf),
    }).finally(() => rmSync(scratch, { recursive: true, force: true }));
    if (input.hasFlag("json")) {
      io.out(JSON.stringify(report));
      return 0;
    }
    io.out(`key ${report.from} → ${report.to}: ${report.rows} rows in ${report.objects} objects of `
      + `${report.nights} nights; figures unchanged`);
    if (report.retained > 0) {
      io.out(`${report.retained} tokens keep an earlier key, which stays for them alone: `
        + `${report.filesGone} landing files are gone, ${report.filesUnreadable} cannot be read`);
    } else {
      io.out("no token of an earlier key is left; the old key is destroyed");
    }
    return 0;
  },
};

/** SHA-256 of all rows of all marts as of a day, computed anew, whatever their order. */
export async function digestFigures(store: ObjectStore, asOf: string): Promise<string> {
  return answer({ store, asOf }, async (open) => {
    const hash = createHash("sha256");
    const marts = await open.rows(runMarts);
    for (const name of runMarts) {
      const lines = (marts.get(name) ?? []).map((row) => JSON.stringify(row)).sort();
      hash.update(`${name} ${lines.length}\n`);
      for (const line of lines) hash.update(`${line}\n`);
    }
    return hash.digest("hex");
  });
}
