// The floor that ingest is measured against: read_csv of UTF-8, all columns VARCHAR, COPY to Parquet.
import { DuckDBInstance } from "@duckdb/node-api";

const [from, to] = process.argv.slice(2);
const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "1GB" });
const connection = await instance.connect();
await connection.run(
  `COPY (SELECT * FROM read_csv('${from}', header=true, all_varchar=true, auto_detect=false, delim=',', quote='"', escape='"', columns=${columns()}))
   TO '${to}' (FORMAT parquet, COMPRESSION zstd)`,
);

function columns() {
  const names = Array.from({ length: 15 }, (_, i) => `'c${i}': 'VARCHAR'`);
  return `{${names.join(", ")}}`;
}
