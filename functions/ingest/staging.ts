import { join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import { envelope, requireRelation, type Column } from "../shared/relations.ts";
import type { AcceptedRow, LakeValue } from "./judge/verdict.ts";
import { ColumnBuffer } from "./parquet/column-buffer.ts";
import { writeParquet } from "./parquet/write-parquet.ts";

/** One row on its way into the lake, with its place in the file. */
export interface StagedRow {
  readonly row: Omit<AcceptedRow, "kind" | "teacherNo" | "personToken" | "warnings">;
  readonly rowNumber: number;
  readonly sheet: string;
}

/** One Parquet file of staged rows; a part holds rows of many files. */
export interface StagedPart {
  readonly relation: string;
  readonly path: string;
  /** Where all its rows are of one file: the parts of that file come in its order. */
  readonly file?: number;
}

const column = (name: string, type: Column["type"], meaning: string): Column =>
  ({ name, type, meaning });

/** Columns of staged rows by name; `endRow` once every column has, or is owed, its value. */
export interface StagedColumns {
  readonly file: number;
  readonly columns: ReadonlyMap<string, ColumnBuffer>;
  endRow(): void;
  /** Called before other rows follow, or the rows are written. */
  onSync(sync: () => void): void;
}

/** Instead of a relation: a part that names staged rows which only repeat one of their file. */
export const repeatsPart = "(repeats)";
/** A part that names the rows with a further version of a record of their file. */
export const versionsPart = "(versions)";
/** Parts that hold no rows. */
export const placesParts: readonly string[] = [repeatsPart, versionsPart];

/** Writes such a part; `places` of one file. */
export function writePlaces(
  relation: string, path: string, file: number, places: readonly number[],
): StagedPart {
  const columns = stagedEnvelope.slice(0, 2);
  const buffers = columns.map((c) => new ColumnBuffer(c.type));
  for (const place of places) [file, place].forEach((value, i) => buffers[i]?.put(value));
  writeParquet(path, columns, buffers);
  return { relation, path, file };
}

/** The night adds the rest of the envelope from its list of files (settle-night.ts). */
const stagedEnvelope: readonly Column[] = [
  column("stage_file", "INTEGER", "number of the file in the night"),
  column("stage_seq", "INTEGER", "place of the row in its file, rows that are no records included"),
  column("sheet", "VARCHAR", "sheet"),
  column("row_number", "INTEGER", "row of the sheet"),
  column("scope", "VARCHAR", "scope of a full export"),
  column("record_id", "VARCHAR", "record"),
  column("person_key", "VARCHAR", "person"),
  column("id_rest", "VARCHAR", "record id without its person"),
  column("record_version", "DOUBLE", "version of the source"),
  column("content_hash", "VARCHAR", "content"),
];

/** Rows a part: bounds the memory of a large file, and is what one thread of DuckDB takes. */
const rowsAPart = 61_440;

/**
 * Staging of one worker: rows of many files go into columns and from there to Parquet, a part at a
 * time. DuckDB's appender took 8 µs a row of 26 columns for it, one native call a value.
 */
export class Staging {
  readonly #folder: string;
  readonly #name: string;
  readonly #tables = new Map<string, Table>();
  #parts: StagedPart[] = [];
  #nextPart = 0;

  /** `name` keeps the files of several stagings in one folder apart. */
  constructor(folder: string, name = "rows") {
    this.#folder = folder;
    this.#name = name;
  }

  /** Appends one row of a file; `place` counts the file's rows from 1 on. */
  append(file: number, place: number, staged: StagedRow): void {
    const { relation } = staged.row;
    const table = this.#tables.get(relation) ?? this.#open(relation);
    try {
      table.sync?.();
      appendRow(table, file, place, staged);
    } catch (cause) {
      // The judge parsed the value: a type that does not fit is no file's fault.
      throw new ContractError(`${relation}: invalid value of a column`, { cause });
    }
    if (++table.rows >= rowsAPart) this.#write(relation, table);
  }

  /** The columns of a relation, for rows that come column by column. */
  openColumns(relation: string, file: number): StagedColumns {
    const table = this.#tables.get(relation) ?? this.#open(relation);
    const columns = new Map(table.columns.map(({ name }, i) =>
      [name, table.buffers[i] as ColumnBuffer]));
    return {
      file, columns,
      endRow: () => { if (++table.rows >= rowsAPart) this.#write(relation, table); },
      // One at a time owes values: that of the file at work.
      onSync: (sync) => { table.sync = sync; },
    };
  }

  /** Writes everything that is still in columns; returns all parts since the last call. */
  flush(): readonly StagedPart[] {
    for (const [relation, table] of this.#tables) {
      if (table.rows > 0) this.#write(relation, table);
    }
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #open(relation: string): Table {
    const payload = requireRelation(relation).columns.slice(envelope.length);
    const columns = [...stagedEnvelope, ...payload];
    const buffers = columns.map((c) => new ColumnBuffer(c.type));
    const table: Table = { columns, buffers, rows: 0, sync: undefined };
    this.#tables.set(relation, table);
    return table;
  }

  #write(relation: string, table: Table): void {
    table.sync?.();
    const path = join(this.#folder, `${this.#name}-${relation}-${this.#nextPart++}.parquet`);
    writeParquet(path, table.columns, table.buffers);
    this.#parts.push({ relation, path });
    for (const buffer of table.buffers) buffer.clear();
    table.rows = 0;
  }
}

interface Table {
  readonly columns: readonly Column[];
  readonly buffers: readonly ColumnBuffer[];
  rows: number;
  /** Puts the values that are still owed to complete rows. */
  sync: (() => void) | undefined;
}

function appendRow({ buffers }: Table, file: number, seq: number, staged: StagedRow): void {
  const { row, rowNumber, sheet } = staged;
  const nPayload = buffers.length - stagedEnvelope.length;
  if (row.values.length !== nPayload) {
    throw new ContractError(
      `${row.relation}: invalid number of values: ${row.values.length}; ` +
      `accepted: ${nPayload} (functions/shared/relations.ts)`,
    );
  }
  // In the order of `stagedEnvelope`.
  (buffers[0] as ColumnBuffer).putInteger(file);
  (buffers[1] as ColumnBuffer).putInteger(seq);
  (buffers[2] as ColumnBuffer).putText(sheet);
  (buffers[3] as ColumnBuffer).putInteger(rowNumber);
  (buffers[4] as ColumnBuffer).putText(row.scope);
  (buffers[5] as ColumnBuffer).putText(row.recordId);
  put(buffers[6] as ColumnBuffer, row.personKey);
  (buffers[7] as ColumnBuffer).putText(row.idRest);
  (buffers[8] as ColumnBuffer).putDouble(row.recordVersion);
  (buffers[9] as ColumnBuffer).putText(row.contentHash);
  const { values } = row;
  for (let i = 0; i < nPayload; i++) {
    put(buffers[stagedEnvelope.length + i] as ColumnBuffer, values[i] as LakeValue);
  }
}

function put(buffer: ColumnBuffer, value: LakeValue): void {
  if (value === null) buffer.putNull();
  else buffer.put(value);
}
