import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ClosedNight, LedgerRow } from "./ledger.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";
import { readTokenKeyId } from "./token-key.ts";

/** Days of the closed nights, oldest first. */
export async function listClosedDays(store: ObjectStore): Promise<readonly string[]> {
  const days: string[] = [];
  for (const { key } of await store.list(homeKeys.nightPrefix)) {
    const day = /^nights\/(\d{4}-\d{2}-\d{2})\.json$/.exec(key)?.[1];
    if (day) days.push(day);
  }
  return days;
}

/** The closed nights up to a day, oldest first: what the lake holds, by name and SHA-256. */
export async function readClosedNights(
  store: ObjectStore, throughDay?: string,
): Promise<readonly ClosedNight[]> {
  const days = (await listClosedDays(store))
    .filter((day) => throughDay === undefined || day <= throughDay);
  const keyId = await readTokenKeyId(store);
  return Promise.all(days.map(async (day) => {
    const night = await readJson<ClosedNight>(store, homeKeys.night(day));
    if (!night) throw new ContractError(`${homeKeys.night(day)}: missing in ${store.name}`);
    return resolveNight(night, keyId);
  }));
}

/**
 * The night as it counts under the home's key. While a rekey is on its way every night names the
 * objects of both keys, so that changing the one key file changes all nights at once.
 */
export function resolveNight(night: ClosedNight, keyId: string | undefined): ClosedNight {
  const { next, ...rest } = night;
  if (!next || next.key_id !== keyId) return rest;
  return { ...rest, key_id: next.key_id, objects: next.objects };
}

/**
 * Rows of `dudao files` in night order, oldest night first: those of one knowledge day, or of every
 * closed night up to `through`, or of all closed nights. A night that is not closed has no rows.
 */
export async function readLedger(
  store: ObjectStore, options: { readonly date?: string; readonly through?: string } = {},
): Promise<readonly LedgerRow[]> {
  const { date, through } = options;
  const days = (await listClosedDays(store)).filter((d) =>
    (date === undefined || d === date) && (through === undefined || d <= through));
  const nights = await Promise.all(days.map(async (day) => {
    const found = await store.get(homeKeys.ledger(day));
    if (!found) throw new ContractError(`${homeKeys.ledger(day)}: missing in ${store.name}`);
    return parseLedger(Buffer.from(found.body).toString("utf8"));
  }));
  return nights.flat();
}

export function parseLedger(text: string): readonly LedgerRow[] {
  return text.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LedgerRow);
}

export function formatLedger(rows: readonly LedgerRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
