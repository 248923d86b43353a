import type { LakeRow } from "./lake.ts";

/** A record as written: its versions, newest first, and whether its export still has it. */
export interface WrittenRecord<R extends LakeRow> {
  readonly versions: readonly R[];
  readonly isPresent: boolean;
}

/** Orders versions: source's own version, then knowledge day, then order inside the night. */
export function isNewer(a: LakeRow, b: LakeRow): number {
  return b.record_version - a.record_version
    || (a.known_on === b.known_on ? 0 : a.known_on < b.known_on ? 1 : -1)
    || b.export_seq - a.export_seq;
}

/** Records as written out of versions and retractions, each with at least one version. */
export function buildRecords<R extends LakeRow>(rows: readonly R[]): readonly WrittenRecord<R>[] {
  const byId = new Map<string, R[]>();
  for (const row of rows) {
    const id = JSON.stringify([row.system, row.export, row.record_id]);
    byId.set(id, [...(byId.get(id) ?? []), row]);
  }
  const records: WrittenRecord<R>[] = [];
  for (const all of byId.values()) {
    const versions = all.filter((r) => !r.is_retraction).sort(isNewer);
    if (versions.length === 0) continue;
    const seenOn = versions.map((r) => r.known_on).sort().at(-1) ?? "";
    const goneOn = all.filter((r) => r.is_retraction).map((r) => r.known_on).sort().at(-1) ?? "";
    records.push({ versions, isPresent: goneOn <= seenOn });
  }
  return records;
}
