/**
 * The statements of Athena that the adapter writes, taken apart for test backends. Everything that
 * is none of them is Trino's SQL.
 */
export type ParsedStatement =
  | { readonly kind: "create database" | "drop database"; readonly name: string }
  | {
    readonly kind: "external table"; readonly name: string; readonly location: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    /** The folder holds texts that name the files. */
    readonly isLinked: boolean;
  }
  | {
    readonly kind: "table as"; readonly name: string; readonly select: string;
    readonly location: string | undefined;
  }
  | { readonly kind: "unload"; readonly select: string; readonly location: string }
  | { readonly kind: "other"; readonly sql: string };

/** Hive's types → Trino's. */
const types: Readonly<Record<string, string>> = {
  string: "varchar", bigint: "bigint", int: "integer", double: "double", boolean: "boolean",
  date: "date", timestamp: "timestamp(3)",
};

const forms = {
  database: /^(CREATE|DROP) DATABASE (?:IF EXISTS )?`(\w+)`(?: CASCADE)?$/,
  external: /^CREATE EXTERNAL TABLE `(\w+)` \(([^)]*)\) (.*) LOCATION '([^']+)'$/s,
  tableAs: /^CREATE TABLE (\w+) WITH \(([^)]*)\) AS\n(.*)$/s,
  unload: /^UNLOAD \((.*)\) TO '([^']+)' WITH \(format = 'PARQUET', compression = 'ZSTD'\)$/s,
};

export function parseStatement(sql: string): ParsedStatement {
  const database = forms.database.exec(sql);
  if (database) {
    return { kind: database[1] === "CREATE" ? "create database" : "drop database",
      name: database[2]! };
  }
  const external = forms.external.exec(sql);
  if (external) {
    return {
      kind: "external table", name: external[1]!, location: external[4]!,
      isLinked: external[3]!.includes("SymlinkTextInputFormat"),
      columns: external[2]!.split(", ").map((column) => {
        const [, name, type] = /^`(\w+)` (\w+)$/.exec(column) ?? [];
        if (!name || !type || !types[type]) throw new Error(`external table: column: ${column}`);
        return { name, type: types[type] };
      }),
    };
  }
  const table = forms.tableAs.exec(sql);
  if (table) {
    return { kind: "table as", name: table[1]!, select: table[3]!,
      location: /external_location = '([^']+)'/.exec(table[2]!)?.[1] };
  }
  const unload = forms.unload.exec(sql);
  if (unload) return { kind: "unload", select: unload[1]!, location: unload[2]! };
  return { kind: "other", sql };
}
