import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ContractError } from "../../shared/errors.ts";
import { readHomeSeeds } from "../../shared/home-seeds.ts";
import { homeKeys } from "../../shared/home.ts";
import type { Log } from "../../shared/log.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { readJson } from "../../shared/read-json.ts";
import { listClosedDays, readClosedNights, readLedger } from "../../shared/read-ledger.ts";
import { openDuckDb } from "../../shared/sql-engine-duckdb-open.ts";
import { tokenKeyId } from "../../shared/token-key-id.ts";
import {
  readOrCreateTokenKey, readRetainedTokens, readTokenKey, requireTokenKey, type RetainedTokens,
} from "../../shared/token-key.ts";
import { loadHomeContracts } from "../contracts/load-contracts.ts";
import { buildJudgeSeeds } from "../judge/seeds.ts";
import { retainingTokens } from "../judge/tokens.ts";
import { collectPairs } from "./collect-pairs.ts";
import { dropOldTokens, dropStates } from "./drop-old-tokens.ts";
import { loadPairs } from "./renew-objects.ts";
import { renewNights } from "./renew-nights.ts";

export interface RekeyRequest {
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly log: Log;
  /** The coming key, 64 hex digits; one that an interrupted call has laid down goes before it. */
  readonly freshKey: string;
  /** One text of all figures as of a day: before and after must be the same text. */
  readonly figuresOf: (asOf: string) => Promise<string>;
}

export interface RekeyReport {
  readonly from: string;
  readonly to: string;
  readonly nights: number;
  readonly objects: number;
  readonly rows: number;
  readonly filesGone: number;
  readonly filesUnreadable: number;
  /** Tokens that keep an earlier key: nothing that could be read has their number any more. */
  readonly retained: number;
  /** True where a call that was cut off was brought to its end. */
  readonly isResumed: boolean;
}

/** What was begun, so that the next call can end it. */
export type RekeyNote = Omit<RekeyReport, "isResumed"> & {
  /** Newest closed day and its figures under the old key; null without closed nights. */
  readonly asOf: string | null;
  readonly figures: string | null;
};

/**
 * Gives a home a new token key. Every object with tokens is written anew beside the old one and
 * proved equal but for its tokens; then the key file is changed, which changes all nights at once
 * (`resolveNight`); the figures are compared; then old objects, states and the old key are
 * destroyed. Cut off anywhere, the home works under the one key or the other, and the next call
 * goes on. Throws ContractError, the old key in force, where rows or figures would differ.
 */
export async function rekeyHome(request: RekeyRequest): Promise<RekeyReport> {
  const { store } = request;
  const current = await requireTokenKey(store);
  // A key that is not the home's must not become the old one.
  await readOrCreateTokenKey(store);
  const laidDown = await readTokenKey(store, homeKeys.nextTokenKey);
  const begun = await readJson<RekeyNote>(store, homeKeys.rekeyNote);
  if (begun?.to === tokenKeyId(Buffer.from(current, "hex"))) {
    return { ...await finish(request, begun), isResumed: true };
  }
  const next = laidDown ?? request.freshKey;
  if (laidDown === undefined) await putSecret(store, homeKeys.nextTokenKey, `${next}\n`);
  const note = await prepare(request, current, next);
  await putSecret(store, homeKeys.rekeyNote, `${JSON.stringify(note)}\n`);
  await putSecret(store, homeKeys.previousTokenKey, `${current}\n`);
  await dropStates(store);
  // From here on the new objects count.
  await putSecret(store, homeKeys.tokenKey, `${next}\n`);
  return { ...await finish(request, note), isResumed: laidDown !== undefined };
}

/** New objects beside the old ones, named by each night, not yet in force. */
async function prepare(
  { store, scratch, log, figuresOf }: RekeyRequest, current: string, next: string,
): Promise<RekeyNote> {
  const [from, to] = [current, next].map((hex) => tokenKeyId(Buffer.from(hex, "hex"))) as
    [string, string];
  if (from === to) throw new ContractError("rekey: the same key id twice; call it again");
  const asOf = (await listClosedDays(store)).at(-1) ?? null;
  const figures = asOf === null ? null : await figuresOf(asOf);
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(scratch, "rekey-"));
  const db = await openDuckDb({
    threads: 2, memoryLimit: "600MB", tempDir: join(folder, "spill"),
    allowed: [folder, ...(isAbsolute(store.name) ? [store.name] : [])],
  });
  try {
    const retained = await readRetainedTokens(store, from);
    const path = join(folder, "pairs.csv");
    const pairs = await collectPairs({
      store, log, folder, path, next: Buffer.from(next, "hex"),
      now: retainingTokens(current, retained ?? { keys: {}, tokens: [] }),
      contracts: await loadHomeContracts(store),
      seeds: buildJudgeSeeds([...(await readHomeSeeds(store)).values()]),
      ledger: await readLedger(store),
    });
    await loadPairs(db.connection, path);
    const contentKey = createHmac("sha256", Buffer.from(next, "hex"))
      .update("content hash of an earlier key").digest("hex");
    const renewed = await renewNights({
      store, log, connection: db.connection, folder, from, to, contentKey,
    });
    const kept: RetainedTokens = {
      keys: { ...retained?.keys, [from]: current }, tokens: renewed.otherTokens,
    };
    await store.delete(homeKeys.retainedTokens(to));
    if (kept.tokens.length > 0) {
      const needed = new Set(kept.tokens.map((token) => token.slice(0, token.indexOf("."))));
      const keys = Object.fromEntries(Object.entries(kept.keys).filter(([id]) => needed.has(id)));
      await putSecret(store, homeKeys.retainedTokens(to),
        `${JSON.stringify({ keys, tokens: kept.tokens })}\n`);
    }
    const { nights, objects, rows } = renewed;
    const { filesGone, filesUnreadable } = pairs;
    return {
      from, to, nights, objects, rows, filesGone, filesUnreadable,
      retained: kept.tokens.length, asOf, figures,
    };
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The new key is in force: compares the figures, then destroys what is of the old one. */
async function finish(
  { store, log, figuresOf }: RekeyRequest, note: RekeyNote,
): Promise<Omit<RekeyReport, "isResumed">> {
  const previous = await readTokenKey(store, homeKeys.previousTokenKey);
  // Without the key before, an earlier call has compared already.
  if (previous !== undefined) {
    const fault = await findFault(store, note, figuresOf);
    if (fault !== undefined) {
      await putSecret(store, homeKeys.tokenKey, `${previous}\n`);
      throw new ContractError(`rekey: ${fault}; key ${note.from} is in force; call it again`);
    }
  }
  await dropOldTokens(store, note.to);
  log.record("rekey.done", { from: note.from, to: note.to, retained: note.retained });
  const { asOf: _asOf, figures: _figures, ...report } = note;
  return report;
}

async function findFault(
  store: ObjectStore, note: RekeyNote, figuresOf: RekeyRequest["figuresOf"],
): Promise<string | undefined> {
  const strangers = (await readClosedNights(store)).filter((n) => n.key_id !== note.to);
  if (strangers.length > 0) {
    return `night ${strangers.map((n) => n.day).join(", ")} was closed meanwhile`;
  }
  if (note.asOf === null || await figuresOf(note.asOf) === note.figures) return undefined;
  return `figures of ${note.asOf} differ under key ${note.to}`;
}

async function putSecret(store: ObjectStore, key: string, text: string): Promise<void> {
  await store.put(key, text, { mode: 0o600 });
}
