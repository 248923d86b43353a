import { closeSync, openSync, writeSync } from "node:fs";
import { homeKeys } from "../../shared/home.ts";
import type { LedgerRow } from "../../shared/ledger.ts";
import type { Log } from "../../shared/log.ts";
import { maskNumbers } from "../../shared/mask-numbers.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import type { Contract } from "../contracts/contract.ts";
import { judgeFile } from "../judge-file.ts";
import type { JudgeSeeds } from "../judge/seeds.ts";
import type { Tokens } from "../judge/tokens.ts";
import { sha256OfFile } from "../../shared/sha256-of-file.ts";
import { PairedTokens } from "./pair-tokens.ts";

export interface PairRequest {
  readonly store: ObjectStore;
  readonly log: Log;
  readonly contracts: readonly Contract[];
  readonly seeds: JudgeSeeds;
  readonly now: Tokens;
  readonly next: Buffer;
  /** Files of all closed nights. */
  readonly ledger: readonly LedgerRow[];
  /** Local folder for objects of other stores than folders. */
  readonly folder: string;
  /** CSV `old,next` without header: tokens and content hashes; no personal value. */
  readonly path: string;
}

export interface PairCounts {
  readonly files: number;
  /** Landing file absent, or other bytes than those that were taken. */
  readonly filesGone: number;
  /** The parsers threw: its tokens are known only where another file has them too. */
  readonly filesUnreadable: number;
}

const bufferedPairs = 2_000;

/**
 * Reads every landed file that has rows in the lake once more, under both keys at once. A file is
 * judged by the contracts of today: what only an older contract read stays without a pair.
 */
export async function collectPairs(request: PairRequest): Promise<PairCounts> {
  const { store, log, folder, path } = request;
  const files = request.ledger.filter((row) => row.status === "accepted" || row.status === "partly");
  const descriptor = openSync(path, "w", 0o600);
  let lines: string[] = [];
  const write = (): void => {
    writeSync(descriptor, lines.join(""));
    lines = [];
  };
  const pairs = new PairedTokens({ now: request.now, next: request.next }, (old, next) => {
    lines.push(`${old},${next}\n`);
    if (lines.length >= bufferedPairs) write();
  });
  let filesGone = 0;
  let filesUnreadable = 0;
  try {
    for (const [i, row] of files.entries()) {
      const key = homeKeys.landing(row.system, row.landing_day, row.file_name);
      const landed = await store.fetchToFile(key, folder).catch(() => undefined);
      log.progress(`rekey ${i + 1}/${files.length} ${row.system} ` +
        maskNumbers(row.file_name));
      if (landed === undefined || await sha256OfFile(landed) !== row.sha256) {
        filesGone++;
        continue;
      }
      try {
        await judgeFile({
          path: landed, fileName: row.file_name, system: row.system, landingDay: row.landing_day,
          contracts: request.contracts, seeds: request.seeds, tokens: pairs,
          tokenKey: request.next, onAccepted: () => undefined, onRejected: () => undefined,
        });
      } catch (cause) {
        filesUnreadable++;
        const why = cause instanceof Error ? cause.name : "unknown error";
        const file = maskNumbers(row.file_name);
        log.record("rekey.unreadable", { system: row.system, file, why });
      }
    }
    write();
  } finally {
    closeSync(descriptor);
  }
  return { files: files.length, filesGone, filesUnreadable };
}
