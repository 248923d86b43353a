import { childrenOf, constantValue, fault, functionName, noFault, typeOf } from "./ast.ts";
import type { AstNode, Rule } from "./ast.ts";

const aggregates = ["count", "count_star", "sum", "min", "max", "bool_and", "bool_or"];
const rankings = ["row_number", "rank", "dense_rank", "ntile", "lag", "lead",
  "first_value", "last_value"];
const scalars = ["date_diff", "date_trunc", "ceil", "floor", "abs", "sqrt", "nullif", "lower", "upper",
  "length", "substr", "strpos", "replace", "lpad", "starts_with",
  "+", "-", "*", "/", "%", "||", "~~", "!~~", "to_days", "to_months"];
const allowed: ReadonlySet<string> = new Set([...aggregates, ...rankings, ...scalars]);

const advice: Readonly<Record<string, string>> = {
  greatest: "rule for NULL differs: CASE",
  least: "rule for NULL differs: CASE",
  concat: "rule for NULL differs: ||",
  count_if: "type differs: count(*) FILTER (WHERE …)",
  avg: "of decimals differs: CAST(sum AS double) / CAST(count AS double)",
  max_by: "rules for NULL and ties differ: row_number()",
  min_by: "rules for NULL and ties differ: row_number()",
  arg_max: "DuckDB only: row_number()",
  arg_min: "DuckDB only: row_number()",
  approx_count_distinct: "name and algorithm differ: count(DISTINCT x)",
  round: "round where you display",
  any_value: "not deterministic",
  arbitrary: "not deterministic",
};

/** Only functions that both engines have with one meaning. */
export const allowedFunctions: Rule = (node) => {
  const name = functionName(node);
  if (name === undefined || allowed.has(name)) return noFault;
  return fault("function", `${name} is not on the list${advice[name] ? `: ${advice[name]}` : ""}`);
};

/** A whole sum is a HUGEINT on DuckDB, which Parquet turns into a double. */
export const sumsAreCast: Rule = (node, { parent }) =>
  functionName(node) === "sum" && parent?.class !== "CAST"
    ? fault("sum-type", "write CAST(sum(x) AS bigint)") : noFault;

/** 1/3 is 0 on Trino and 0.333 on DuckDB; x/0 is an error or Infinity. */
export const divisions: Rule = (node) => {
  if (functionName(node) !== "/") return noFault;
  const [dividend, divisor] = childrenOf(node);
  if (typeOf(dividend) !== "DOUBLE" || typeOf(divisor) !== "DOUBLE" || divisor?.class !== "CAST") {
    return fault("division", "both sides must be CAST(… AS double)");
  }
  const inner = divisor.child as AstNode;
  const isSafe = inner.class === "CONSTANT" ? constantValue(inner) !== 0
    : inner.type === "OPERATOR_NULLIF" || functionName(inner) === "nullif";
  return isSafe ? noFault : fault("division", "the divisor must be a literal or nullif(x, 0)");
};

/** Indexes from 0 differ; `||` of anything but text is an error on Trino. */
export const textFunctions: Rule = (node) => {
  const name = functionName(node);
  if (name === "substr" && constantValue(childrenOf(node)[1]) === 0) {
    return fault("substr-start", "substr starts at 1");
  }
  if (name === "||" && childrenOf(node).some((k) =>
    typeOf(k) !== undefined && typeOf(k) !== "VARCHAR")) {
    return fault("concat-type", "|| takes varchar only");
  }
  return noFault;
};

/** What Trino does not know, or another way, of functions over windows. */
export const windows: Rule = (node) => {
  if (node.class !== "WINDOW") return noFault;
  const name = functionName(node) ?? "";
  const hasOrder = Array.isArray(node.orders) && node.orders.length > 0;
  return [
    ...(rankings.includes(name) && !hasOrder
      ? fault("window-order", `${name} needs ORDER BY`) : []),
    ...(node.filter_expr ? fault("window-filter", "FILTER with OVER: sum(CASE …) OVER") : []),
    ...(node.distinct ? fault("window-distinct", "DISTINCT with OVER: two steps") : []),
    ...(node.ignore_nulls ? fault("ignore-nulls", "syntax differs") : []),
  ];
};

export const functionRules: readonly Rule[] =
  [allowedFunctions, sumsAreCast, divisions, textFunctions, windows];
