import {
  childrenOf, constantValue, fault, functionName, isInterval, noFault, typeOf,
} from "./ast.ts";
import type { AstNode, Rule } from "./ast.ts";

const castTypes =
  /^(BIGINT|INTEGER|DOUBLE|VARCHAR|DATE|BOOLEAN|DECIMAL|TIMESTAMP|TIMESTAMP_MS)$/;
/** Naming rule of style.md: these columns are days. */
const dayName = /(_on|_date|_from|_to)$/;

export const casts: Rule = (node) => {
  if (node.class !== "CAST") return noFault;
  const type = typeOf(node) ?? "";
  const child = node.child as AstNode;
  if (node.try_cast) return fault("try-cast", "TRY_CAST accepts other text: parse in TypeScript");
  if (!castTypes.test(type)) return fault("cast-type", `${type} is not portable`);
  const isDouble = functionName(child) === "/" || typeOf(child) === "DOUBLE";
  if (isDouble && /^(BIGINT|INTEGER|DECIMAL)$/.test(type)) {
    return fault("cast-double", "rounding differs: CAST(floor(x) AS bigint) or ceil");
  }
  return noFault;
};

/** A literal is varchar(n) on Trino and a bare NULL has no type there at all. */
export const literalColumns: Rule = (node) => {
  if (node.type !== "SELECT_NODE") return noFault;
  return (node.select_list as AstNode[]).flatMap((item) => {
    if (item.class === "CONSTANT" && /NULL/.test(typeOf(item) ?? "")) {
      return fault("null-type", `write CAST(NULL AS type) AS ${String(item.alias)}`);
    }
    return isOnlyTextLiterals(item)
      ? fault("literal-type", `write CAST(… AS varchar) AS ${String(item.alias)}`) : noFault;
  });
};

function isOnlyTextLiterals(node: AstNode): boolean {
  if (node.class === "CONSTANT") return typeOf(node) === "VARCHAR";
  if (node.class !== "CASE") return false;
  const results = [
    ...(node.case_checks as AstNode[]).map((c) => c.then_expr as AstNode),
    node.else_expr as AstNode,
  ];
  return results.some(isOnlyTextLiterals) &&
    results.every((r) => isOnlyTextLiterals(r) || /NULL/.test(typeOf(r) ?? ""));
}

export const constants: Rule = (node, { parent }) => {
  const type = typeOf(node);
  if (node.class !== "CONSTANT") return noFault;
  if (type === "DECIMAL") {
    return fault("decimal-literal", "type differs per engine: whole numbers or CAST");
  }
  const text = constantValue(node);
  const isDay = type === "VARCHAR" && /^\d{4}-\d{2}-\d{2}/.test(String(text));
  return isDay && parent?.class !== "CAST"
    ? fault("date-literal", `write DATE '${String(text)}'`) : noFault;
};

/** date ± interval is a timestamp on DuckDB, date ± number an error on Trino. */
export const dayArithmetic: Rule = (node, { parent }) => {
  const name = functionName(node);
  const isCast = parent?.class === "CAST" && typeOf(parent) === "DATE";
  if (name === "date_trunc" && !isCast) {
    return fault("date-trunc-type", "write CAST(date_trunc('week', d) AS date)");
  }
  if (name === "date_diff" && constantValue(childrenOf(node)[0]) !== "day") {
    return fault("date-diff-unit", "only date_diff('day', date, date)");
  }
  if (name !== "+" && name !== "-") return noFault;
  const sides = childrenOf(node);
  if (sides.some(isInterval)) {
    return isCast ? noFault : fault("date-arithmetic", "write CAST(d + INTERVAL … AS date)");
  }
  return sides.length === 2 && sides.some(isDay)
    ? fault("date-arithmetic", "write date_diff('day', a, b) or CAST(d + INTERVAL … AS date)")
    : noFault;
};

function isDay(node: AstNode): boolean {
  const names = node.class === "COLUMN_REF" ? (node.column_names as string[]) : [];
  return typeOf(node) === "DATE" || dayName.test(names.at(-1) ?? "");
}

export const typeRules: readonly Rule[] = [casts, literalColumns, constants, dayArithmetic];
