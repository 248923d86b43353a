// A peer: what a statement holds that credit needs, extracted by DuckDB alone, nothing judged.
// usage: json-duckdb.mjs FILE PARQUET; prints the rows.
import { DuckDBInstance } from "@duckdb/node-api";

const [from, to] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "1GB" });
const connection = await instance.connect();
const paths = [
  "$.id", "$.timestamp", "$.stored", "$.actor.account.homePage", "$.actor.account.name", "$.verb.id",
  "$.object.id", "$.object.definition.name", "$.result.completion", "$.result.success",
  "$.result.duration", "$.context.platform",
];
await connection.run(`
  COPY (
    SELECT ${paths.map((_, i) => `cells[${i + 1}] AS c${i}`).join(", ")}
    FROM (
      SELECT json_extract_string(json, [${paths.map((path) => `'${path}'`).join(", ")}]) AS cells
      FROM read_ndjson_objects('${from}')
    )
  ) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`);
const rows = await connection.runAndReadAll(`SELECT count(*)::INT AS rows FROM '${to}'`);
process.stdout.write(JSON.stringify(rows.getRowObjectsJson()[0]));
