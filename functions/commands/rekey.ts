import { createHash, randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { rekeyHome } from "../ingest/rekey/rekey-home.ts";
import { answer } from "../measure/answer.ts";
import { runMarts } from "../measure/measure-run.ts";
import { homeKeys } from "../shared/home.ts";
import { withHomeLock } from "../shared/home-lock.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { tokenKeyId } from "../shared/token-key-id.ts";
import { readRetainedTokens, requireTokenKey } from "../shared/token-key.ts";
import { makeScratchFolder, sweepScratchFolders } from "../shared/scratch-folder.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";

export const rekey: Command = {
  name: "rekey",
  summary: "give the home a new token key; figures stay, old tokens and the old key are destroyed",
  options: {
    ...homeOption,
    check: { help: "tell the key in force and what is of earlier ones; change nothing" },
    json: { help: "one JSON object" },
  },
  examples: [
    { line: "dudao rekey --home HOME", says: "after a leak, and once a year" },
    { line: "dudao rekey --home HOME --check", says: "key id, tokens of earlier keys, a call that was cut off" },
  ],
  exitCodes: {
    ...doneCodes,
    1: "our fault: the key before is in force, or the next call goes on; or a night is at work",
  },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    if (input.hasFlag("check")) {
      const state = await checkKeys(store);
      io.out(input.hasFlag("json") ? JSON.stringify(state)
        : `key ${state.key_id}; ${state.retained} tokens of earlier keys; `
          + (state.is_cut_off ? "a rekey was cut off: call it again" : "no rekey on its way"));
      return 0;
    }
    sweepScratchFolders(store.name, io.now());
    const scratch = makeScratchFolder("rekey");
    const report = await withHomeLock(store, "rekey", io.now(), () => rekeyHome({
      store, scratch, log: createProgressLog(io),
      freshKey: randomBytes(32).toString("hex"),
      figuresOf: (asOf) => digestFigures(store, asOf),
    })).finally(() => rmSync(scratch, { recursive: true, force: true }));
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

async function checkKeys(store: ObjectStore): Promise<{
  readonly key_id: string; readonly retained: number; readonly is_cut_off: boolean;
}> {
  const keyId = tokenKeyId(Buffer.from(await requireTokenKey(store), "hex"));
  const retained = await readRetainedTokens(store, keyId);
  const isCutOff = await store.get(homeKeys.nextTokenKey) ?? await store.get(homeKeys.rekeyNote);
  return {
    key_id: keyId, retained: retained?.tokens.length ?? 0, is_cut_off: isCutOff !== undefined,
  };
}

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
