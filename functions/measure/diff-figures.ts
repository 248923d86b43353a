import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { openDuckDb } from "../shared/sql-engine-duckdb-open.ts";
import { createDuckDbEngine } from "../shared/sql-engine-duckdb.ts";
import type { EngineResult, SqlEngine } from "../shared/sql-engine.ts";
import { findCauses, findRecordChanges, loadNews, newsRelations } from "./diff-causes.ts";
import type { Cause, CausePaths, RecordChange } from "./diff-causes.ts";
import { diffFigureRows, diffMembers } from "./diff-members.ts";
import type { FigureChange, MemberChange } from "./diff-members.ts";
import { findMemberSource } from "./figure-members.ts";
import type { MemberSource } from "./figure-members.ts";
import { planMeasure } from "./plan-measure.ts";
import type { MeasurePlan } from "./plan-measure.ts";
import { fetchSources } from "./read-inputs.ts";

export interface DiffQuestion {
  readonly store: ObjectStore;
  /** The earlier day. */
  readonly from: string;
  readonly to: string;
  readonly area: string;
  /** Figures whose members are wanted. */
  readonly isWanted: (figure: string) => boolean;
  readonly log: Log;
  readonly engine?: SqlEngine;
}
/** `dudao diff --json`: one line a figure that moved, keys in this order. */
export interface FigureDiff extends FigureChange {
  readonly area_code: string;
  readonly from: string;
  readonly to: string;
  /** What the members are; null where the figure has none of its own, or they were not asked for. */
  readonly member_kind: MemberSource["kind"] | null;
  /** Those that moved it: their changes add up to the change of n and d. */
  readonly members: readonly MovedMember[];
}
export interface MovedMember extends MemberChange {
  /** Files that brought rows about it between the days; none: no file, a day passed. */
  readonly because: readonly NamedCause[];
  /** Of a teacher: records that count otherwise than before. */
  readonly records: readonly RecordChange[];
}
export interface NamedCause extends Omit<Cause, "file_id"> {
  /** null: no file of that night has the row, e.g. a record gone from a full export. */
  readonly file_name: string | null;
}

const asked = [
  "mart_figure", "int_member_teacher", "int_member_county", "int_member_record",
  "int_school_count", "int_credit_record", "int_person", "int_person_token",
  "int_account_person", "int_teacher_state",
] as const;

/**
 * Which teachers, counties, schools or records moved the figures of an area between two days, and
 * because of which files. Throws ContractError where members do not add up to a figure of either
 * day: then nothing is said.
 */
export async function diffFigures(question: DiffQuestion): Promise<readonly FigureDiff[]> {
  const { store, from, to, area, isWanted, log } = question;
  const folder = mkdtempSync(join(tmpdir(), "dudao-diff-"));
  const plan = await planMeasure(store, question.engine ?? createDuckDbEngine(), to);
  try {
    log.progress(`measure ${from} and ${to}`);
    const result = await plan.compute(to, asked, folder, { earlier: { asOf: from, keep: asked } });
    const pathOf = (day: "before" | "after", name: string): string =>
      requirePath(day === "after" ? result : result.earlier, name);
    const news = await fetchNews(plan, question, folder);
    const allowed = new Set([folder, ...[...news.values()].flat().map((path) => dirname(path))]);
    const db = await openDuckDb({
      threads: 2, memoryLimit: "2GB", tempDir: join(folder, "spill"), allowed: [...allowed],
    });
    try {
      const { connection } = db;
      const changes = await diffFigureRows(
        connection, area, pathOf("before", "mart_figure"), pathOf("after", "mart_figure"));
      const paths: CausePaths = {
        person: pathOf("after", "int_person"), token: pathOf("after", "int_person_token"),
        account: pathOf("after", "int_account_person"),
        state: pathOf("after", "int_teacher_state"),
        creditBefore: pathOf("before", "int_credit_record"),
        creditAfter: pathOf("after", "int_credit_record"),
      };
      await loadNews(connection, news, paths);
      const nameOf = await readFileNames(store, to);
      const diffs: FigureDiff[] = [];
      for (const change of changes) {
        const source = isWanted(change.figure_code)
          ? findMemberSource(change.figure_code) : undefined;
        const base = { area_code: area, from, to, ...change };
        if (!source) {
          diffs.push({ ...base, member_kind: null, members: [] });
          continue;
        }
        const members = await diffMembers(connection, area, change, {
          before: pathOf("before", source.model), after: pathOf("after", source.model),
        });
        const causes = await findCauses(connection, change.figure_code, members);
        const records = source.kind === "teacher"
          ? await findRecordChanges(connection, paths) : undefined;
        diffs.push({
          ...base, member_kind: source.kind,
          members: members.map((member) => ({
            ...member,
            because: (causes.get(member.member) ?? []).map((cause) => nameCause(cause, nameOf)),
            records: records?.get(member.member) ?? [],
          })),
        });
      }
      return diffs;
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requirePath(result: EngineResult | undefined, name: string): string {
  const path = result?.outputs.find((output) => output.name === name)?.path;
  if (path === undefined) throw new ContractError(`diff: missing relation: ${name}`);
  return path;
}

/** Relation → local Parquet files that became known after the first day. */
async function fetchNews(
  plan: MeasurePlan, { store, from, to }: DiffQuestion, folder: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = new Set<string>(newsRelations);
  const objects = plan.inputs.objects
    .filter((o) => o.knownOn > from && o.knownOn <= to && wanted.has(o.relation));
  const sources = await fetchSources(store, objects, join(folder, "news"));
  return new Map([...sources].map(([relation, files]) => [relation, files.map((f) => f.path)]));
}

/** Name of the file by system, night and file id. */
async function readFileNames(
  store: ObjectStore, through: string,
): Promise<ReadonlyMap<string, string>> {
  const key = (row: LedgerRow): string => `${row.system}|${row.known_on}|${row.file_id}`;
  const rows = (await readLedger(store, { through })).filter((row) => row.status !== "repeated");
  return new Map(rows.map((row) => [key(row), row.file_name]));
}

function nameCause({ file_id, ...cause }: Cause, nameOf: ReadonlyMap<string, string>): NamedCause {
  const { relation, system, known_on, landing_day, rows, rows_gone } = cause;
  const name = nameOf.get(`${system}|${known_on}|${file_id}`) ?? null;
  return { relation, system, known_on, landing_day, rows, rows_gone, file_name: name };
}
