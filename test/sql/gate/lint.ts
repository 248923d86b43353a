import type { DuckDBConnection } from "@duckdb/node-api";
import { TrinoSQL } from "dt-sql-parser/dist/parser/trino";
import { parseWithDuckDb, walkStatement } from "./ast.ts";
import type { Fault } from "./ast.ts";
import { functionRules } from "./function-rules.ts";
import { queryRules } from "./query-rules.ts";
import { textFaults } from "./text-rules.ts";
import { typeRules } from "./type-rules.ts";

const trino = new TrinoSQL();

/**
 * Everything in a SELECT that DuckDB and Athena would not read the same way (portable-sql.md):
 * Trino's grammar, the text, and the rules over DuckDB's own parse tree. `rule: what to write`.
 */
export async function lintSql(
  connection: DuckDBConnection, sql: string,
): Promise<readonly string[]> {
  const faults: Fault[] = trino.validate(sql).map((e) =>
    ({ rule: "grammar", text: `line ${e.startLine}: ${e.message.slice(0, 90)}` }));
  faults.push(...textFaults(sql));
  const parsed = await parseWithDuckDb(connection, sql);
  if ("fault" in parsed) faults.push(parsed.fault);
  else {
    for (const statement of parsed.statements) {
      faults.push(...walkStatement(statement, [...functionRules, ...typeRules, ...queryRules]));
    }
  }
  return [...new Set(faults.map((f) => `${f.rule}: ${f.text}`))];
}
