import type { DayNumber } from "../calendar.ts";
import type { Effect, Payload } from "../exports/table.ts";

interface News { readonly day: DayNumber; readonly payload: Payload | null }

interface Entry {
  readonly scope: string;
  readonly news: News[];
  /** Number of the snapshot that last had a row of the record. */
  seenIn: number;
}

/**
 * What the registry and the platforms have told, record by record, by landing day. It is fed with
 * the rows as the simulation meant them, not with files read back.
 */
export class Knowledge {
  private readonly exports = new Map<string, Map<string, Entry>>();
  private snapshots = 0;

  /** Rows of a delta file, in order. */
  tell(exportName: string, day: DayNumber, effects: readonly Effect[]): void {
    for (const effect of effects) this.put(exportName, day, effect);
  }

  /**
   * All rows of one snapshot. Records of the delivered scopes that have no row in it are gone from
   * that day and returned; `standing` are those whose row was rejected but can be recognised.
   */
  tellSnapshot(
    exportName: string, day: DayNumber, effects: readonly Effect[],
    standing: ReadonlySet<string>, scopes: ReadonlySet<string>,
  ): readonly string[] {
    const gone: string[] = [];
    const number = ++this.snapshots;
    for (const effect of effects) this.put(exportName, day, effect).seenIn = number;
    for (const [key, entry] of this.entries(exportName)) {
      if (entry.seenIn === number || standing.has(key) || !scopes.has(entry.scope)) continue;
      if (entry.news.at(-1)!.payload === null) continue;
      entry.news.push({ day, payload: null });
      gone.push(key);
    }
    return gone;
  }

  /** Newest versions known on a day with whether they still stand. */
  *list<T extends Payload>(
    exportName: string, day: DayNumber, versionOf: (payload: T) => number,
  ): Generator<{
    key: string;
    payload: T;
    isGone: boolean;
    versions: readonly (News & { payload: T })[]
  }> {
    for (const [key, entry] of this.entries(exportName)) {
      const known = entry.news.filter((n) => n.day <= day);
      const versions = known.filter((n): n is News & { payload: T } => n.payload !== null);
      const first = versions[0];
      if (!first) continue;
      let newest = first;
      for (const v of versions) if (versionOf(v.payload) >= versionOf(newest.payload)) newest = v;
      yield { key, payload: newest.payload, isGone: known.at(-1)!.payload === null, versions };
    }
  }

  private entries(exportName: string): Map<string, Entry> {
    let entries = this.exports.get(exportName);
    if (!entries) this.exports.set(exportName, entries = new Map());
    return entries;
  }

  private put(exportName: string, day: DayNumber, effect: Effect): Entry {
    const entries = this.entries(exportName);
    let entry = entries.get(effect.key);
    if (!entry) entries.set(effect.key, entry = { scope: effect.scope, news: [], seenIn: 0 });
    if (
      entry.news.at(-1)?.payload !== effect.payload
    ) entry.news.push({ day, payload: effect.payload });
    return entry;
  }
}
