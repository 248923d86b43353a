import type { DuckDBConnection } from "@duckdb/node-api";
import { ContractError } from "../../shared/errors.ts";
import type { Relation } from "../../shared/relations.ts";
import { quoteText } from "../../shared/sql-engine-duckdb-open.ts";
import { tokenPattern } from "../../shared/token-key-id.ts";

/** Columns in which a token may stand, alone or among other parts. */
const tokenColumns = [
  "record_id", "person_key", "id_rest", "teacher_no", "person_token", "account_token",
];

/** Local files of one relation, each with the place of its new version. */
export interface RenewRequest {
  readonly connection: DuckDBConnection;
  readonly relation: Relation;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  /** Hex text that only the next key gives; renews content hashes without a pair. */
  readonly contentKey: string;
}

/**
 * Loads the pairs of `collectPairs` into the tables `token_pair` and `hash_pair`; throws
 * ContractError unless they are one to one.
 */
export async function loadPairs(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE pair AS SELECT DISTINCT old, next
    FROM read_csv(${quoteText(path)}, header = false, auto_detect = false, delim = ',',
      columns = {'old': 'VARCHAR', 'next': 'VARCHAR'})`);
  for (const [table, condition] of [["token_pair", "contains(old, '.')"],
    ["hash_pair", "NOT contains(old, '.')"]] as const) {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT old, next FROM pair WHERE ${condition}`);
    const [counts = []] = (await connection.runAndReadAll(
      `SELECT count(*), count(DISTINCT old), count(DISTINCT next) FROM ${table}`)).getRowsJS();
    if (counts[0] === counts[1] && counts[0] === counts[2]) continue;
    throw new ContractError(`rekey: invalid ${table}: ${counts.join(" pairs, ")} distinct; ` +
      "accepted: one new for one old");
  }
  await connection.run("DROP TABLE pair");
}

/**
 * Writes lake objects anew with the tokens and content hashes of the next key: same rows, same
 * order, everything else equal (`proveRenewed`). A token without a pair stays as it is.
 */
export async function renewObjects(request: RenewRequest): Promise<void> {
  const { connection, relation, files, contentKey } = request;
  const own = ownTokenColumns(relation);
  await connection.run(`CREATE OR REPLACE TEMP TABLE original AS
    SELECT v.*, list_sort(list_distinct(regexp_extract_all(
      concat_ws(' ', ${own.map((name) => `v.${name}`).join(", ")}), '${tokenPattern}'))) AS tokens
    FROM ${readFiles(files.map((file) => file.from))} v`);
  const [[most] = []] = (await connection.runAndReadAll(
    "SELECT coalesce(max(len(tokens)), 0) FROM original")).getRowsJS();
  const places = Array.from({ length: Number(most) }, (_, i) => i + 1);
  const renewed = (column: string): string => places.reduce((text, i) =>
    `CASE WHEN p${i}.next IS NULL THEN ${text} ELSE replace(${text}, p${i}.old, p${i}.next) END`,
  `v.${column}`);
  const select = relation.columns.map(({ name }) => {
    if (own.includes(name)) return `${renewed(name)} AS ${name}`;
    if (name !== "content_hash") return `v.${name}`;
    return `CASE WHEN v.content_hash = '' THEN '' ELSE coalesce(h.next,
      left(sha256(${quoteText(contentKey)} || v.content_hash), 32)) END AS content_hash`;
  });
  await connection.run(`CREATE OR REPLACE TEMP TABLE renewed AS
    SELECT ${select.join(", ")}, v.filename FROM original v
    ${places.map((i) => `LEFT JOIN token_pair p${i} ON p${i}.old = v.tokens[${i}]`).join(" ")}
    LEFT JOIN hash_pair h ON h.old = v.content_hash`);
  await connection.run("DROP TABLE original");
  for (const { from, to } of files) {
    await connection.run(`COPY (SELECT * EXCLUDE (filename) FROM renewed
      WHERE filename = ${quoteText(from)} ORDER BY export_seq)
      TO ${quoteText(to)} (FORMAT parquet, COMPRESSION zstd)`);
  }
  await connection.run("DROP TABLE renewed");
}

/**
 * Proof that renewed objects differ from their originals in tokens and content hashes alone, and
 * that neither lost or joined any of them. Throws ContractError with the number of rows that
 * differ; the rows of each new file.
 */
export async function proveRenewed(request: RenewRequest): Promise<ReadonlyMap<string, number>> {
  const { connection, relation, files } = request;
  const masked = (side: string, name: string): string => (tokenColumns.includes(name)
    ? `regexp_replace(${side}.${name}, '${tokenPattern}', '#', 'g')` : `${side}.${name}`);
  const plain = relation.columns.map((c) => c.name).filter((name) => name !== "content_hash");
  const pairs = files.map(({ from, to }) => `(${quoteText(from)}, ${quoteText(to)})`).join(", ");
  const [row = []] = (await connection.runAndReadAll(`
    SELECT count(*) FILTER (o.export_seq IS NULL OR n.export_seq IS NULL OR ${plain.map((name) =>
    `${masked("o", name)} IS DISTINCT FROM ${masked("n", name)}`).join(" OR ")}),
      ${[...ownTokenColumns(relation), "content_hash"].map((name) =>
    `count(DISTINCT o.${name}) = count(DISTINCT n.${name})`).join(" AND ")}
    FROM (SELECT v.*, p.new_name FROM ${readFiles(files.map((file) => file.from))} v
      JOIN (VALUES ${pairs}) p(old_name, new_name) ON p.old_name = v.filename) o
    FULL JOIN ${readFiles(files.map((file) => file.to))} n
      ON n.filename = o.new_name AND n.export_seq = o.export_seq`)).getRowsJS();
  const [different, isOneToOne] = row;
  if (Number(different) !== 0 || isOneToOne !== true) {
    throw new ContractError(`rekey: ${relation.name}: not the same rows under the next key: ` +
      `${different} differ beyond their tokens, one to one: ${isOneToOne}`);
  }
  const counts = await connection.runAndReadAll(`SELECT filename, count(*)
    FROM ${readFiles(files.map((file) => file.to))} GROUP BY filename`);
  return new Map(counts.getRowsJS().map(([name, rows]) => [String(name), Number(rows)]));
}

/** Tokens in objects that are not of the given key. */
export async function listOtherTokens(
  connection: DuckDBConnection, relation: Relation, paths: readonly string[], keyId: string,
): Promise<readonly string[]> {
  const found = await connection.runAndReadAll(`
    SELECT DISTINCT token FROM (
      SELECT unnest(regexp_extract_all(concat_ws(' ', ${ownTokenColumns(relation).join(", ")}),
        '${tokenPattern}')) AS token FROM ${readFiles(paths)})
    WHERE NOT starts_with(token, ${quoteText(`${keyId}.`)}) ORDER BY token`);
  return found.getRowsJS().map(([token]) => String(token));
}

function ownTokenColumns(relation: Relation): readonly string[] {
  return tokenColumns.filter((name) => relation.columns.some((c) => c.name === name));
}

function readFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(", ")}], hive_partitioning = false,
    filename = true)`;
}
