import { EngineError } from "../shared/errors.ts";
import { readingName } from "../shared/current-files.ts";
import { homeKeys } from "../shared/home.ts";
import type { ClosedNight, LedgerRow } from "../shared/ledger.ts";
import type { NightGroup } from "../shared/night-plan.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { formatLedger } from "../shared/read-ledger.ts";
import { readJson } from "../shared/read-json.ts";
import { readTokenKeyId } from "../shared/token-key.ts";
import type { GroupContext, GroupEntry } from "./ingest-group.ts";
import { proveNight } from "./prove-night.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import type { SettledNight } from "./settle-night.ts";
import { outputKey } from "./settle-outputs.ts";

/** Personal data: readable by the owner alone. */
const privateMode = 0o600;

/**
 * Writes everything of one knowledge day to its final keys, proves it (`proveNight`), and writes
 * the night file last. All bytes but `seconds` follow from the landed files; `seconds` of a run
 * that was killed come from receipts.
 */
export async function writeGroup(
  group: NightGroup, entries: readonly GroupEntry[], settled: SettledNight,
  { store, log, nights, connection, folder, keyId }: GroupContext,
): Promise<{ readonly closed: ClosedNight; readonly ledger: readonly LedgerRow[] }> {
  const { knownOn } = group;
  const objects: { key: string; sha256: string; rows: number }[] = [];
  for (const output of settled.outputs) {
    const { relation, path, rows } = output;
    const key = outputKey(output, knownOn);
    const sha256 = await sha256OfFile(path);
    await store.putFile(key, path, relation.isPrivate ? { mode: privateMode } : {});
    objects.push({ key, sha256, rows });
  }
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));

  const ledger: LedgerRow[] = [];
  for (const entry of entries) {
    await writeRejects(store, entry);
    ledger.push(await writeReceipt(store, entry.row));
  }
  await store.putFile(homeKeys.state(knownOn), settled.statePath);
  await store.put(homeKeys.ledger(knownOn), formatLedger(ledger));
  await proveNight({
    knownOn, objects, store, connection, folder, rowsToStore: settled.rowsToStore,
    rows: new Map(entries.map(({ file }, i) => [file, ledger[i] as LedgerRow])),
  });
  if (await readTokenKeyId(store) !== keyId) {
    throw new EngineError(`${homeKeys.tokenKey}: changed while the night ran; run it again`);
  }
  const closed: ClosedNight = { day: knownOn, key_id: keyId, objects, files: ledger.length };
  const { written } = await store.put(
    homeKeys.night(knownOn), `${JSON.stringify(closed)}\n`, { ifNoneMatch: true },
  );
  if (!written) {
    throw new EngineError(
      `${homeKeys.night(knownOn)}: duplicate in ${store.name}; another run closed the night`,
    );
  }
  await dropOldStates(store, new Set([knownOn, nights.at(-1)?.day ?? ""]));
  log.record("ingest.closed", { day: knownOn, files: ledger.length, objects: objects.length });
  return { closed, ledger };
}

/** A state is of use to the night after it; the one before is kept for a look. */
async function dropOldStates(store: ObjectStore, kept: ReadonlySet<string>): Promise<void> {
  const keys = new Set([...kept].map((day) => homeKeys.state(day)));
  for (const { key } of await store.list(homeKeys.statePrefix)) {
    if (!keys.has(key)) await store.delete(key);
  }
}

async function writeRejects(
  store: ObjectStore, { planned, taken, row }: GroupEntry,
): Promise<void> {
  if (!taken?.rejects) return;
  const { system, landingDay } = planned;
  const fileName = readingName(row);
  const { quarantine, slipCsv, slipJson, slipXlsx } = taken.rejects;
  const mode = { mode: privateMode };
  const slip = (ending: "json" | "csv" | "xlsx"): string =>
    homeKeys.slip(system, landingDay, fileName, ending);
  await Promise.all([
    store.putFile(homeKeys.quarantine(system, landingDay, fileName), quarantine, mode),
    store.putFile(slip("json"), slipJson, mode),
    store.putFile(slip("csv"), slipCsv, mode),
    store.putFile(slip("xlsx"), slipXlsx, mode),
  ]);
}

/**
 * The receipt of a file, and its ledger row: a receipt left by a run that was killed before it
 * closed the night lends its `seconds`, so that ledger and receipts agree to the byte.
 */
async function writeReceipt(store: ObjectStore, row: LedgerRow): Promise<LedgerRow> {
  const { decision, sha256 } = row;
  const key = homeKeys.receipt(
    row.system, row.landing_day, decision ? `${sha256}.${decision.id}` : sha256);
  const { written } = await store.put(key, formatReceipt(row), { ifNoneMatch: true });
  if (written) return row;
  const earlier = await readJson<LedgerRow>(store, key);
  // The same bytes under another name in one folder: the first one holds the receipt.
  if (!earlier || earlier.file_name !== row.file_name) return row;
  const settled = { ...row, seconds: earlier.seconds };
  await store.put(key, formatReceipt(settled));
  return settled;
}

function formatReceipt(row: LedgerRow): string {
  return `${JSON.stringify(row)}\n`;
}
