import type { DuckDBConnection } from "@duckdb/node-api";

/** A node of `json_serialize_sql`, as loose as it comes. */
export interface AstNode { readonly [key: string]: unknown }

export interface Place {
  /** Nearest expression, join or clause above. */
  readonly parent: AstNode | undefined;
  /** 0 in the outermost SELECT. */
  readonly depth: number;
  /** Inside ORDER BY, LIMIT or DISTINCT of a query, where aliases are fine. */
  readonly isInModifier: boolean;
  /** Inside the rows of a VALUES list, whose own star is no star of ours. */
  readonly isValuesList: boolean;
}
export type Rule = (node: AstNode, place: Place) => readonly Fault[];
export interface Fault { readonly rule: string; readonly text: string }

/** Statements of the text as DuckDB parses them, or the fault that stops it. */
export async function parseWithDuckDb(
  connection: DuckDBConnection, sql: string,
): Promise<{ readonly statements: readonly AstNode[] } | { readonly fault: Fault }> {
  const prepared = await connection.prepare("SELECT json_serialize_sql(CAST($1 AS varchar))");
  prepared.bindVarchar(1, sql);
  try {
    const text = (await prepared.runAndReadAll()).getRows()[0]?.[0];
    const json = JSON.parse(String(text)) as AstNode;
    if (json.error) return { fault: { rule: "duckdb", text: String(json.error_message) } };
    return { statements: (json.statements as AstNode[]).map((s) => s.node as AstNode) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { fault: { rule: "duckdb", text: text.split("\n")[0] ?? "" } };
  } finally {
    prepared.destroySync();
  }
}

/** Faults of all rules over a statement. */
export function walkStatement(statement: AstNode, rules: readonly Rule[]): readonly Fault[] {
  const faults: Fault[] = [];
  const walk = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item, place);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const node = value as AstNode;
    for (const rule of rules) faults.push(...rule(node, place));
    const isQuery = node.type === "SELECT_NODE";
    const inside: Place = {
      ...place,
      parent: node.class || node.type === "JOIN" ? node : place.parent,
      ...(isQuery ? {
        depth: place.depth + 1,
        isValuesList: (node.from_table as AstNode | null)?.type === "EXPRESSION_LIST",
      } : {}),
    };
    // INTERVAL '7' DAY arrives as to_days(CAST(…)): its inside is DuckDB's own spelling.
    if (isIntervalLiteral(node)) return;
    for (const [key, child] of Object.entries(node)) {
      walk(child, key === "modifiers" ? { ...inside, isInModifier: true } : inside);
    }
  };
  walk(statement, { parent: undefined, depth: 0, isInModifier: false, isValuesList: false });
  return faults;
}

export function fault(rule: string, text: string): readonly Fault[] {
  return [{ rule, text }];
}
export const noFault: readonly Fault[] = [];

export function childrenOf(node: AstNode): readonly AstNode[] {
  return Array.isArray(node.children) ? (node.children as AstNode[]) : [];
}
export function functionName(node: AstNode): string | undefined {
  const isCall = node.class === "FUNCTION" || node.class === "WINDOW";
  return isCall ? String(node.function_name).toLowerCase() : undefined;
}
/** Type to which a CAST casts, or the type of a constant; else undefined. */
export function typeOf(node: AstNode | undefined): string | undefined {
  if (node?.class === "CAST") return String((node.cast_type as AstNode).id);
  if (node?.class !== "CONSTANT") return undefined;
  return String(((node.value as AstNode).type as AstNode).id);
}
export function constantValue(node: AstNode | undefined): unknown {
  return node?.class === "CONSTANT" ? (node.value as AstNode).value : undefined;
}
export function isIntervalLiteral(node: AstNode): boolean {
  return /^to_(days|months)$/.test(functionName(node) ?? "");
}
/** INTERVAL '1' DAY or n * INTERVAL '1' DAY. */
export function isInterval(node: AstNode): boolean {
  return (functionName(node) ?? "").startsWith("to_") ||
    (functionName(node) === "*" && childrenOf(node).some(isInterval));
}
