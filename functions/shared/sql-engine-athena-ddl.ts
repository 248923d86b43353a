import type { Column, ColumnType } from "./relations.ts";
import { quoteText } from "./sql-engine-duckdb-open.ts";

/*
 * Statements of Athena around the models: tables are declared in Hive's words, everything else in
 * Trino's. Unqualified names are those of the query's database.
 */

const hiveTypes: Readonly<Record<ColumnType, string>> = {
  VARCHAR: "string", BIGINT: "bigint", INTEGER: "int", DOUBLE: "double", BOOLEAN: "boolean",
  DATE: "date", TIMESTAMP_MS: "timestamp",
};

/** The type as Athena's information_schema spells it; undefined for one the marts do not have. */
export function parseAthenaType(text: string): ColumnType | undefined {
  // A text literal without a cast is varchar(n) there.
  return athenaTypes[text.replace(/^varchar\(\d+\)$/, "varchar")];
}

const athenaTypes: Readonly<Record<string, ColumnType>> = {
  "varchar": "VARCHAR", "bigint": "BIGINT", "integer": "INTEGER", "double": "DOUBLE",
  "boolean": "BOOLEAN", "date": "DATE", "timestamp(3)": "TIMESTAMP_MS",
};

export interface ExternalTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** `s3://…/`, a folder of its own. */
  readonly location: string;
  /**
   * true: the folder holds a text that names the Parquet files, one a line. A run reads the files
   * that closed nights name; a folder may hold more (a night that was cut off, a key before).
   */
  readonly isLinked: boolean;
}

export function createExternalTable(table: ExternalTable): string {
  const columns = table.columns.map((c) => `\`${c.name}\` ${hiveTypes[c.type]}`).join(", ");
  const form = table.isLinked
    ? "ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' " +
      "STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' " +
      "OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'"
    : "STORED AS PARQUET";
  return `CREATE EXTERNAL TABLE \`${table.name}\` (${columns}) ${form} ` +
    `LOCATION ${quoteText(table.location)}`;
}

/** The rows of a lake table that were known by the end of the day, as `src_<relation>`. */
export function createSourceViewSql(
  relation: string, columns: readonly Column[], asOf: string,
): string {
  const list = columns.map((c) => `l.${c.name}`).join(", ");
  return `CREATE VIEW src_${relation} AS SELECT ${list} FROM lake_${relation} AS l ` +
    `WHERE l.known_on <= DATE ${quoteText(asOf)}`;
}

/** `location` is left out where the workgroup says where tables lie: Athena refuses it there. */
export function createTableAs(name: string, sql: string, location?: string): string {
  const place = location === undefined ? "" : `, external_location = ${quoteText(location)}`;
  return `CREATE TABLE ${name} WITH (format = 'PARQUET', write_compression = 'ZSTD'${place}) ` +
    `AS\n${sql}`;
}

export function unload(select: string, location: string): string {
  return `UNLOAD (${select}) TO ${quoteText(location)} ` +
    "WITH (format = 'PARQUET', compression = 'ZSTD')";
}

export function createDatabase(name: string): string {
  return `CREATE DATABASE \`${name}\``;
}

/** Tables in it go too, their files stay. */
export function dropDatabase(name: string): string {
  return `DROP DATABASE IF EXISTS \`${name}\` CASCADE`;
}

/** Columns of some relations of a database in their order. */
export function selectColumns(database: string, relations: readonly string[]): string {
  return "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c " +
    `WHERE c.table_schema = ${quoteText(database)} ` +
    `AND c.table_name IN (${relations.map(quoteText).join(", ")}) ` +
    "ORDER BY c.table_name, c.ordinal_position";
}
