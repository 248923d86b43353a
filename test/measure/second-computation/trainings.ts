import type { History, LakeRow, PersonRow, ProgrammeRow, TrainingRow } from "./lake.ts";
import { buildRecords, isNewer } from "./records.ts";
import type { WrittenRecord } from "./records.ts";
import type { Roll } from "./roll.ts";

export interface Match {
  readonly teacher: string | undefined;
  readonly reason: "unknown.person" | "contradictory.person" | undefined;
}
/** A version of a training or programme with its person and standing. */
export interface Version {
  readonly row: TrainingRow | ProgrammeRow;
  readonly isProgramme: boolean;
  readonly match: Match;
  readonly standing: "newest" | "retracted" | "superseded";
}

/** Who a row belongs to, by the rolls and accounts known on the day. */
export function buildMatcher(history: History, roll: Roll): (row: PersonAsWritten) => Match {
  const bearers = new Map<string, string[]>();
  for (const { token, teacherNo } of roll.persons.values()) {
    if (token !== null) bearers.set(token, [...(bearers.get(token) ?? []), teacherNo]);
  }
  const owners = new Map<string, Set<string>>();
  for (const record of buildRecords(history.account)) {
    const { platform, account_token, teacher_no } = record.versions[0]!;
    if (!record.isPresent || !teacher_no || !roll.persons.has(teacher_no)) continue;
    const key = `${platform} ${account_token}`;
    owners.set(key, (owners.get(key) ?? new Set()).add(teacher_no));
  }
  const only = (all: Iterable<string> | undefined): string | undefined => {
    const list = [...(all ?? [])];
    return list.length === 1 ? list[0] : undefined;
  };
  return (row) => {
    const byNumber = row.teacher_no && roll.persons.has(row.teacher_no)
      ? row.teacher_no : undefined;
    const byToken = only(row.person_token ? bearers.get(row.person_token) : undefined);
    if (byNumber && byToken && byNumber !== byToken) {
      return { teacher: undefined, reason: "contradictory.person" };
    }
    const byAccount = only(row.platform && row.account_token
      ? owners.get(`${row.platform} ${row.account_token}`) : undefined);
    const teacher = byNumber ?? byToken ?? byAccount;
    return { teacher, reason: teacher ? undefined : "unknown.person" };
  };
}
interface PersonAsWritten {
  readonly teacher_no: string | null;
  readonly person_token?: string | null;
  readonly platform?: string | null;
  readonly account_token?: string | null;
}

/** All versions sent, with what each is worth as of the day. */
export function buildVersions(history: History, roll: Roll): readonly Version[] {
  const match = buildMatcher(history, roll);
  return [
    ...judge(history, history.training_record, match, false),
    ...judge(history, history.programme_record, match, true),
  ];
}

function judge<R extends TrainingRow | ProgrammeRow>(
  history: History, rows: readonly R[], match: (row: PersonAsWritten) => Match,
  isProgramme: boolean,
): readonly Version[] {
  const keyOf = (row: LakeRow, m: Match): string =>
    JSON.stringify([row.system, row.export, m.teacher ?? row.person_key ?? "", row.id_rest]);
  const standing = standingRejected(history).map((j) => keyOf(j, match(j)));
  const voided = new Set(history.voiding.map((v) => `${v.system} ${v.target_id.toLowerCase()}`));
  const together = new Map<string, WrittenRecord<R>[]>();
  for (const record of buildRecords(rows)) {
    const newest = record.versions[0]!;
    const key = keyOf(newest, match(newest));
    together.set(key, [...(together.get(key) ?? []), record]);
  }
  const versions: Version[] = [];
  for (const [key, records] of together) {
    const present = records.filter((r) => r.isPresent);
    const isThere = present.length > 0 || standing.includes(key);
    const candidates = (present.length > 0 ? present : records).flatMap((r) => r.versions);
    const newest = candidates.sort(isNewer)[0]!;
    const isVoided = voided.has(`${newest.system} ${newest.record_id.toLowerCase()}`);
    for (const row of records.flatMap((r) => r.versions)) {
      const worth = isThere && !isVoided ? "newest" : "retracted";
      versions.push({
        row, isProgramme, match: match(row), standing: row === newest ? worth : "superseded",
      });
    }
  }
  return versions;
}

/** Rejected rows that stand in the newest accepted snapshot of their export. */
function standingRejected(history: History): readonly PersonRow[] {
  return history.rejected_identity.filter((j) => {
    const snapshots = history.file_arrival.filter((f) => f.system === j.system
      && f.export === j.export && (f.status === "accepted" || f.status === "partly"));
    return snapshots.every((f) => f.known_on <= j.known_on);
  });
}
