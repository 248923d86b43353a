import type { DraftFile, Row, Table } from "../exports/table.ts";

export interface PreparedTable extends Table {
  /** 1-based row, line or index of `rows[0]`. */
  readonly firstRow: number;
  /** Rows before the header, empty ones included. */
  readonly skippedBefore: number;
}

/** A file as it lands, with what must become of it. */
export interface PreparedFile extends Omit<DraftFile, "tables"> {
  readonly tables: readonly PreparedTable[];
  readonly bytes: Buffer;
  /** First word of the reason, null where the file is readable. */
  readonly refusal: string | null;
  /** Rows read of each scope ('' = the whole export). */
  readonly scopes: ReadonlyMap<string, number>;
  /** Dirt of the file as a whole. */
  readonly remarks: readonly { kind: string; outcome: string; reasons: readonly string[] }[];
}

/** Scopes of rows that are records; vendor-a: projects that can be read, else ''. */
export function countScopes(
  file: Pick<DraftFile, "system" | "tables">
): ReadonlyMap<string, number> {
  const scopes = new Map<string, number>();
  if (file.system !== "vendor-a") scopes.set("", 0);
  for (const table of file.tables) {
    for (const row of table.rows) {
      if (row.outcome === "skipped") continue;
      const scope = file.system === "vendor-a" ? row.effect?.scope : "";
      if (scope !== undefined) scopes.set(scope, (scopes.get(scope) ?? 0) + 1);
    }
  }
  return scopes;
}

/** Number of the first data row: JSON counts items, everything else counts lines from the top. */
export function prepareTable(format: DraftFile["format"], table: Table): PreparedTable {
  const isJson = format === "json" || format === "ndjson";
  return {
    ...table, firstRow: isJson ? 1 : table.titles.length + 2,
    skippedBefore: isJson ? 0 : table.titles.length,
  };
}

export type { Row };
