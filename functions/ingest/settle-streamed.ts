import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Relation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import { isInOrder } from "./in-order.ts";
import { copyTo, selectColumns } from "./settle-copy.ts";
import type { FreshFile } from "./settle-fresh.ts";
import type { LakeShare } from "./settle-shares.ts";
import { readParquetSql, type NightFile, type SettleRequest } from "./settle-request.ts";
import { repeatsPart, type StagedPart } from "./staging.ts";

/** Places of one file that one bit each can tell, as a text of SQL. */
const mostPlaces = 10_000_000;

/** A file's rows that go to the lake. */
interface StreamedFile {
  readonly select: string;
  /** Default: all of them. */
  readonly where?: string | undefined;
  /** Variable of the rows that are left out, and one character `0` or `1` a place. */
  readonly leftOut?: { readonly variable: string; readonly bits: string };
}

/**
 * Begins to write the rows of large files whose rows are nearly all news: they go to the lake as
 * they lie in staging, which is in the order of `export_seq`, without being sorted. What is left
 * out stands in a variable, one bit a row, for a join would lose the order; so no table is needed,
 * and another connection can do it. Returns what waits for the number of rows, undefined where they
 * must be sorted after all; undefined at once where that can be told.
 */
export async function streamOutput(
  request: SettleRequest, { relation, system, staged, share, lane, path }: {
    readonly relation: Relation; readonly system: string; readonly staged: readonly StagedPart[];
    readonly share: LakeShare; readonly lane: number; readonly path: string;
  },
): Promise<(() => Promise<number | undefined>) | undefined> {
  if (request.replacing || staged.length === 0 || relation.name === "rejected_identity") {
    return undefined;
  }
  const files: StreamedFile[] = [];
  const numbers = new Set(staged.flatMap((part) => part.file ?? []));
  // Rows of other files of the system lie in parts of several files, in the order of none.
  if (request.files.some((f) => f.system === system && !numbers.has(f.file))) return undefined;
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const parts = staged.filter((part) => part.file === number);
    const file = await selectFile(request, relation, system, number, parts);
    if (file === "unfit") return undefined;
    if (file) files.push({ ...file, ...share });
  }
  if (files.length === 0) return undefined;
  return begin(request.beside?.[lane] ?? request.connection, files, path);
}

/** A lake file that is being written. */
export interface FreshOutput {
  readonly name?: string | undefined;
  readonly path: string;
  /** Waits for it. */
  readonly rows: () => Promise<number>;
}

/** The same for a file that is not compared; it is sorted where its order was lost. */
export async function streamFresh(
  request: SettleRequest, fresh: FreshFile,
): Promise<readonly FreshOutput[]> {
  const { file, relation, parts, repeats } = fresh;
  const places = repeats.length === 0 ? undefined
    : `SELECT stage_seq AS seq FROM ${readParquetSql(repeats)} WHERE stage_file = ${file.file}`;
  const bits = places && await selectBits(request, file.file, parts, places);
  return fresh.shares.map(({ name, where = "true" }, i) => {
    const connection = request.beside?.[i] ?? request.connection;
    const path = join(request.outFolder, `${relation.name}.${file.system}.${i}.parquet`);
    const select = selectRows(request, relation, file, parts);
    const streaming = bits === "unfit" ? undefined
      : begin(connection, [{ select, where, ...bits }], path);
    const sort = (): Promise<number> => copyTo(connection, `${select}
      ${places ? `ANTI JOIN (${places}) r ON r.seq = s.stage_seq` : ""}
      WHERE ${where} ORDER BY export_seq`, path);
    return { name, path, rows: async () => await streaming?.() ?? sort() };
  });
}

function begin(
  connection: DuckDBConnection, files: readonly StreamedFile[], path: string,
): () => Promise<number | undefined> {
  const writing = write(connection, files, path);
  // Whoever waits for it hears of its failure; others may fail before.
  writing.catch(() => undefined);
  return async () => {
    const rows = await writing;
    return await isInOrder(connection, path) ? rows : undefined;
  };
}

async function write(
  connection: DuckDBConnection, files: readonly StreamedFile[], path: string,
): Promise<number> {
  for (const { leftOut } of files) {
    if (!leftOut) continue;
    await connection.run(`SET VARIABLE ${leftOut.variable} = '${leftOut.bits}'::BIT`);
  }
  const selects = files.map(({ select, where = "true", leftOut }) => `${select} WHERE ${where}${
    leftOut ? ` AND get_bit(getvariable('${leftOut.variable}'), s.stage_seq) = 0` : ""}`);
  const rows = await copyTo(connection, selects.join(" UNION ALL "), path);
  for (const { leftOut } of files) {
    if (leftOut) await connection.run(`RESET VARIABLE ${leftOut.variable}`);
  }
  return rows;
}

/** Undefined for a file of another system; `unfit` where too many rows are left out. */
async function selectFile(
  request: SettleRequest, relation: Relation, system: string, number: number,
  staged: readonly StagedPart[],
): Promise<StreamedFile | "unfit" | undefined> {
  const file = request.files.find((f) => f.file === number && f.system === system);
  if (!file) return undefined;
  const repeats = request.parts.filter((part) => part.relation === repeatsPart);
  const bits = await selectBits(request, number, staged,
    `SELECT seq FROM left_out WHERE file = ${number}${repeats.length === 0 ? ""
      : ` UNION ALL SELECT stage_seq FROM ${readParquetSql(repeats)} WHERE stage_file = ${number}`}`);
  return bits === "unfit" ? bits : { select: selectRows(request, relation, file, staged), ...bits };
}

function selectRows(
  { knownOn }: SettleRequest, relation: Relation, file: NightFile, staged: readonly StagedPart[],
): string {
  return `SELECT ${selectColumns(relation, knownOn, {
    system: quoteText(file.system), export: quoteText(file.export),
    landing_day: `DATE ${quoteText(file.landingDay)}`, file_id: quoteText(file.fileId),
    record_version: "s.record_version",
  })} FROM ${readParquetSql(staged)} s`;
}

/** What leaves these places of a file out; `unfit` where they are too many. */
async function selectBits(
  { connection }: SettleRequest, number: number, staged: readonly StagedPart[], places: string,
): Promise<Pick<StreamedFile, "leftOut"> | "unfit"> {
  const own = readParquetSql(staged);
  const [[rows, most, nLeftOut] = []] = (await connection.runAndReadAll(`SELECT
    (SELECT count(*) FROM ${own}), (SELECT max(stage_seq) FROM ${own}),
    (SELECT count(*) FROM (${places}))`)).getRowsJS();
  if (Number(nLeftOut) * 2 > Number(rows) || Number(most) > mostPlaces) return "unfit";
  if (Number(nLeftOut) === 0) return {};
  // Places of other relations of the file may lie behind its own.
  const [[bits] = []] = (await connection.runAndReadAll(`
    SELECT bitstring_agg(seq, 0, ${Number(most)})::VARCHAR
    FROM (${places}) WHERE seq <= ${Number(most)}`)).getRowsJS();
  if (typeof bits !== "string") return {};
  return { leftOut: { variable: `left_out_${number}`, bits } };
}
