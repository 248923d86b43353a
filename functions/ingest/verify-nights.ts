import { findLocalFile } from "../shared/find-local-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { parseLedger, readClosedNights } from "../shared/read-ledger.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { gatherFaults } from "../shared/verification.ts";
import type { Verification } from "../shared/verification.ts";

/**
 * Compares every closed night with what lies in the home: objects of the lake by SHA-256, the
 * ledger's files and their balance, a receipt for every file that was taken; and landed files that
 * are still there with the SHA-256 in the ledger. `scratch` receives what must be downloaded.
 */
export async function verifyNights(
  store: ObjectStore, scratch: string,
): Promise<readonly Verification[]> {
  const nights = await readClosedNights(store);
  const ledgers = new Map<string, readonly LedgerRow[]>();
  for (const { day } of nights) {
    const found = await store.get(homeKeys.ledger(day));
    if (found) ledgers.set(day, parseLedger(Buffer.from(found.body).toString("utf8")));
  }
  const receipts = new Set((await store.list(homeKeys.receiptPrefix)).map(({ key }) => key));
  const objects = nights.flatMap((night) => night.objects);
  const faults = [
    ...await gatherFaults(objects, (object) => findChanged(store, object.key, object.sha256, scratch)),
    ...nights.flatMap((night) => findLedgerFaults(night, ledgers.get(night.day), receipts)),
  ];
  const landed = new Set((await store.list(homeKeys.landingPrefix)).map(({ key }) => key));
  const files = new Map([...ledgers.values()].flat().map((row) => [landingKey(row), row]));
  const kept = [...files].filter(([key]) => landed.has(key));
  return [
    { check: "nights", looked_at: objects.length + nights.length, faults },
    {
      check: "landing", looked_at: kept.length,
      faults: await gatherFaults(kept, ([key, { sha256 }]) => findChanged(store, key, sha256, scratch)),
    },
  ];
}

async function findChanged(
  store: ObjectStore, key: string, sha256: string, scratch: string,
): Promise<readonly string[]> {
  const path = await findLocalFile(store, key, scratch);
  if (path === undefined) return [`${key}: missing`];
  const found = await sha256OfFile(path);
  return found === sha256 ? [] : [`${key}: changed: SHA-256 ${found}; written as ${sha256}`];
}

function findLedgerFaults(
  night: ClosedNight, ledger: readonly LedgerRow[] | undefined, receipts: ReadonlySet<string>,
): readonly string[] {
  const key = homeKeys.ledger(night.day);
  if (!ledger) return [`${key}: missing`];
  const faults: string[] = [];
  if (ledger.length !== night.files) {
    faults.push(`${key}: contradictory: ${ledger.length} files; the night took ${night.files}`);
  }
  for (const row of ledger) {
    const name = `${key}: ${landingKey(row)}`;
    const receipt = homeKeys.receipt(row.system, row.landing_day,
      row.decision ? `${row.sha256}.${row.decision.id}` : row.sha256);
    if (!receipts.has(receipt)) faults.push(`${name}: missing: ${receipt}`);
    if (row.known_on !== night.day) faults.push(`${name}: contradictory: known on ${row.known_on}`);
    if (row.rows_read === null) continue;
    const judged = sum([row.rows_accepted, row.rows_rejected, row.rows_duplicate]);
    const reasons = sum(Object.values(row.reasons));
    if (row.rows_read !== judged) {
      faults.push(`${name}: contradictory: rows read ${row.rows_read} but ${judged} ` +
        "accepted + rejected + duplicate");
    }
    if (row.rows_rejected !== reasons) {
      faults.push(`${name}: contradictory: rows rejected ${row.rows_rejected} but ${reasons} ` +
        "by reason");
    }
  }
  return faults;
}

function landingKey(row: LedgerRow): string {
  return homeKeys.landing(row.system, row.landing_day, row.file_name);
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce((total: number, count) => total + (count ?? 0), 0);
}
