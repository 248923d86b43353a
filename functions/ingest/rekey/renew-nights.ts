import { join } from "node:path";
import { rmSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError } from "../../shared/errors.ts";
import { homeKeys } from "../../shared/home.ts";
import type { ClosedNight, NightObject } from "../../shared/ledger.ts";
import type { Log } from "../../shared/log.ts";
import type { ObjectStore } from "../../shared/object-store.ts";
import { readJson } from "../../shared/read-json.ts";
import { listClosedDays } from "../../shared/read-ledger.ts";
import { requireRelation, type Relation } from "../../shared/relations.ts";
import { sha256OfFile } from "../../shared/sha256-of-file.ts";
import { listOtherTokens, proveRenewed, renewObjects } from "./renew-objects.ts";

export interface RenewNightsRequest {
  readonly store: ObjectStore;
  readonly log: Log;
  /** Holds the pairs (`loadPairs`). */
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  readonly contentKey: string;
}

/** Objects of one relation that are renewed by one statement. */
const objectsAtOnce = 64;

interface RenewedNights {
  readonly nights: number;
  readonly objects: number;
  readonly rows: number;
  /** Tokens that had no pair. */
  readonly otherTokens: readonly string[];
}

/**
 * Writes the objects of every closed night anew beside the old ones, then names both in the night
 * files. Nights that a call before has done stay.
 */
export async function renewNights(request: RenewNightsRequest): Promise<RenewedNights> {
  const { store, connection, folder, from, to } = request;
  const nights = await readNights(store, from);
  const open = nights.filter((night) => night.next?.key_id !== to);
  const renewed = await renewAll(request, open.flatMap((night) => night.objects));
  const objects: NightObject[] = [];
  for (const night of nights) {
    const isDone = night.next?.key_id === to;
    const next = isDone ? night.next.objects
      : night.objects.map((object) => renewed.get(object.key) as NightObject);
    objects.push(...next);
    if (isDone) continue;
    const both: ClosedNight = { ...night, key_id: from, next: { key_id: to, objects: next } };
    await store.put(homeKeys.night(night.day), `${JSON.stringify(both)}\n`);
  }
  const others = new Set<string>();
  for (const batch of batchesByRelation(objects)) {
    const paths = await Promise.all(batch.map(({ key }) => store.fetchToFile(key, folder)));
    const found = await listOtherTokens(
      connection, relationOf(batch[0]?.key ?? ""), paths, to);
    for (const token of found) others.add(token);
  }
  return {
    nights: nights.length, objects: objects.length,
    rows: objects.reduce((sum, object) => sum + object.rows, 0), otherTokens: [...others].sort(),
  };
}

async function readNights(store: ObjectStore, from: string): Promise<readonly ClosedNight[]> {
  const days = await listClosedDays(store);
  return Promise.all(days.map(async (day) => {
    const night = await readJson<ClosedNight>(store, homeKeys.night(day));
    if (!night) throw new ContractError(`${homeKeys.night(day)}: missing in ${store.name}`);
    if (night.key_id !== undefined && night.key_id !== from) {
      throw new ContractError(
        `${homeKeys.night(day)}: tokens of key ${night.key_id}; the home's key is ${from}`);
    }
    return night;
  }));
}

/** Key of the old object → the new one, written to the store. */
async function renewAll(
  { store, log, connection, folder, to, contentKey }: RenewNightsRequest,
  objects: readonly NightObject[],
): Promise<ReadonlyMap<string, NightObject>> {
  const renewed = new Map<string, NightObject>();
  for (const batch of batchesByRelation(objects)) {
    const relation = relationOf(batch[0]?.key ?? "");
    const files: { from: string; to: string }[] = [];
    for (const [i, object] of batch.entries()) {
      const source = await store.fetchToFile(object.key, folder);
      if (await sha256OfFile(source) !== object.sha256) {
        throw new ContractError(
          `${object.key}: not the bytes that its night was closed with, in ${store.name}`);
      }
      files.push({ from: source, to: join(folder, `renewed-${i}.parquet`) });
    }
    const work = { connection, relation, files, contentKey };
    await renewObjects(work);
    const rows = await proveRenewed(work);
    for (const [i, object] of batch.entries()) {
      const path = (files[i] as { to: string }).to;
      const key = renewKey(object.key, to);
      const sha256 = await sha256OfFile(path);
      await store.putFile(key, path, relation.isPrivate ? { mode: 0o600 } : {});
      rmSync(path);
      renewed.set(object.key, {
        key, sha256, rows: rows.get(path) ?? 0,
        first: object.first ?? { key: object.key, sha256: object.sha256 },
      });
    }
    log.progress(`rekey ${renewed.size}/${objects.length} objects`);
  }
  return renewed;
}

function batchesByRelation(objects: readonly NightObject[]): readonly (readonly NightObject[])[] {
  const batches: NightObject[][] = [];
  for (const name of [...new Set(objects.map(({ key }) => relationOf(key).name))].sort()) {
    const own = objects.filter(({ key }) => relationOf(key).name === name);
    for (let at = 0; at < own.length; at += objectsAtOnce) {
      batches.push(own.slice(at, at + objectsAtOnce));
    }
  }
  return batches;
}

/** `…/part-0.parquet` → `…/part-0-<key id>.parquet`; the id of an earlier rekey gives way. */
function renewKey(key: string, keyId: string): string {
  return key.replace(/(-[0-9a-f]{6})?\.parquet$/, `-${keyId}.parquet`);
}

function relationOf(key: string): Relation {
  const [, name = ""] = /^(?:lake|private)\/([a-z_]+)\//.exec(key) ?? [];
  return requireRelation(name);
}
