import { parseDay, type DayNumber } from "../calendar.ts";
import type { Knowledge } from "./knowledge.ts";
import type { RollPayload } from "./payloads.ts";

interface Entry { readonly schoolCode: string; readonly status: string; readonly from: DayNumber }

export interface Assignment {
  readonly entries: readonly Entry[];
  readonly isOnRoll: boolean;
  /** The newest roll version carries a valid identity number. */
  readonly hasToken: boolean;
}

export type Assignments = ReadonlyMap<string, Assignment>;

const beforeAll = parseDay("2020-01-01");

/** Roll entries with their first days as figures.md dates them, of everyone ever on the roll. */
export function listAssignments(knowledge: Knowledge, day: DayNumber): Assignments {
  const assignments = new Map<string, Assignment>();
  for (const found of knowledge.list<RollPayload>("registry/teachers", day, () => 0)) {
    const groups: {
      schoolCode: string;
      status: string;
      landedOn: DayNumber;
      stated: DayNumber | null
    }[] = [];
    for (const { day: landedOn, payload } of found.versions) {
      const last = groups.at(-1);
      if (last && last.schoolCode === payload.schoolCode && last.status === payload.status) {
        last.stated = payload.changedOn ?? last.stated;
      } else {
        groups.push({
          schoolCode: payload.schoolCode, status: payload.status, landedOn,
          stated: payload.changedOn,
        });
      }
    }
    const dated = groups.map((g, i): Entry => {
      const before = groups[i - 1]?.stated ?? null;
      const from = g.stated !== null && g.stated !== before ? g.stated : i === 0 ? beforeAll
        : g.landedOn;
      return { schoolCode: g.schoolCode, status: g.status, from };
    });
    const entries = dated.filter(
      (e, i) => dated.slice(i + 1).every((later) => e.from < later.from)
    );
    assignments.set(
      found.key, { entries, isOnRoll: !found.isGone, hasToken: found.payload.hasToken }
    );
  }
  return assignments;
}

/** Entry in force on a day: the latest begun, else the earliest. */
export function schoolOn(assignment: Assignment, day: DayNumber): Entry {
  let found = assignment.entries[0]!;
  for (const entry of assignment.entries) if (entry.from <= day) found = entry;
  return found;
}
