import type { ArrivalRow, LakeRow } from "./lake.ts";

export type Payload = Readonly<Record<string, unknown>>;
/** Id of a record as written. */
export interface Written {
  readonly id: string;
  readonly person: string | null;
  readonly rest: string;
}
export interface SentRow { readonly at: Written; readonly version?: number; readonly payload: Payload }
/** Where rows come from. */
export interface Export {
  readonly relation: string;
  readonly system: string;
  readonly name: string;
}

/** A lake that is written night by night, as ingest writes it: news only, and retractions. */
export interface MadeUpLake {
  /** A snapshot of a full export; what is missing and not `kept` (rejected rows) is retracted. */
  snapshot(from: Export, night: string, rows: readonly SentRow[], kept?: ReadonlySet<string>): void;
  /** Rows of a delta export; those without news are not stored. */
  append(from: Export, night: string, rows: readonly SentRow[]): void;
  /** One row, whatever came before. */
  put(from: Export, night: string, row: SentRow): void;
  readonly arrivals: ArrivalRow[];
  rowsOf<R>(relation: string): readonly R[];
}

export function createMadeUpLake(): MadeUpLake {
  const tables = new Map<string, LakeRow[]>();
  const seqs = new Map<string, number>();
  const present = new Map<string, SentRow>();
  const put = (
    { relation, system, name }: Export, night: string, { at, version = 0, payload }: SentRow,
    isGone = false,
  ): void => {
    const seqKey = `${relation} ${system} ${night}`;
    const seq = (seqs.get(seqKey) ?? 0) + 1;
    seqs.set(seqKey, seq);
    const rows = tables.get(relation) ?? [];
    tables.set(relation, rows);
    rows.push({
      system, export: name, known_on: night, landing_day: night, file_id: `f${system}${night}`,
      sheet: "", row_number: seq, export_seq: seq, record_id: at.id, person_key: at.person,
      id_rest: at.rest, record_version: version, is_retraction: isGone, ...payload,
    } as LakeRow);
  };
  const append = (from: Export, night: string, rows: readonly SentRow[]): void => {
    for (const row of rows) {
      const key = `${from.system}/${from.name}/${row.at.id}`;
      if (JSON.stringify(present.get(key)?.payload) === JSON.stringify(row.payload)) continue;
      present.set(key, row);
      put(from, night, row);
    }
  };
  return {
    append,
    put: (from, night, row) => put(from, night, row),
    snapshot: (from, night, rows, kept = new Set()) => {
      append(from, night, rows);
      const prefix = `${from.system}/${from.name}/`;
      const ids = new Set(rows.map((r) => prefix + r.at.id));
      for (const [key, { at, payload }] of present) {
        if (!key.startsWith(prefix) || ids.has(key) || kept.has(key.slice(prefix.length))) continue;
        present.delete(key);
        const { teacher_no = null, person_token = null } = payload;
        const blank = Object.fromEntries(Object.keys(payload).map((k) => [k, null]));
        put(from, night, { at, payload: { ...blank, teacher_no, person_token } }, true);
      }
    },
    arrivals: [],
    rowsOf: <R>(relation: string): readonly R[] =>
      (tables.get(relation) ?? []) as unknown as readonly R[],
  };
}
