import { fault, noFault } from "./ast.ts";
import type { AstNode, Fault, Rule } from "./ast.ts";

/** Aliases of the same SELECT are names on DuckDB, errors on Trino. */
export const qualifiedColumns: Rule = (node, place) => {
  if (node.class !== "COLUMN_REF" || place.isInModifier) return noFault;
  const names = node.column_names as string[];
  return names.length === 2 ? noFault
    : fault("qualify", `write the relation's alias before column ${names.join(".")}`);
};

export const noStar: Rule = (node, place) =>
  node.class === "STAR" && !place.isValuesList ? fault("star", "name the columns") : noFault;

export const noOddSyntax: Rule = (node) =>
  node.class === "LAMBDA" || node.class === "POSITIONAL_REFERENCE"
    ? fault("syntax", String(node.class)) : noFault;

export const relationsAreBare: Rule = (node) => {
  if (node.type === "TABLE_FUNCTION") return fault("table-function", "read a relation");
  if (node.type !== "BASE_TABLE") return noFault;
  return [
    ...(node.schema_name || node.catalog_name
      ? fault("bare-name", `${String(node.schema_name)}.${String(node.table_name)}`) : []),
    // Trino reads `a ASOF JOIN b` as an inner join with alias asof
    ...(/^(asof|semi|anti|positional)$/i.test(String(node.alias))
      ? fault("join-kind", `alias ${String(node.alias)}`) : []),
  ];
};

export const joins: Rule = (node) => {
  if (node.type !== "JOIN") return noFault;
  const isRegular = node.ref_type === "REGULAR";
  const using = node.using_columns as unknown[] | undefined;
  return [
    ...(using && using.length > 0 ? fault("join-using", "write ON") : []),
    ...(isRegular || node.ref_type === "CROSS" ? []
      : fault("join-kind", String(node.ref_type))),
    ...(["INNER", "LEFT", "RIGHT", "FULL"].includes(String(node.join_type)) ? []
      : fault("join-kind", String(node.join_type))),
    ...(isRegular && node.join_type !== "INNER" && !hasEquality(node.condition as AstNode | null)
      ? fault("outer-join-equality", "an outer join needs an equality") : []),
  ];
};

function hasEquality(condition: AstNode | null): boolean {
  return condition?.type === "COMPARE_EQUAL" || (condition?.type === "CONJUNCTION_AND" &&
    (condition.children as AstNode[]).some(hasEquality));
}

/** Stands on the relation that is sampled, or on the whole SELECT. */
export const noSample: Rule = (node) =>
  node.sample ? fault("sample", "not deterministic") : noFault;

export const selects: Rule = (node) => {
  if (node.type === "RECURSIVE_CTE_NODE") return fault("recursive", "Athena stops at depth 10");
  if (node.type !== "SELECT_NODE") return noFault;
  const sets = node.group_sets as unknown[] | undefined;
  const keys = (node.group_expressions ?? []) as AstNode[];
  return [
    ...(node.qualify ? fault("qualify-clause", "use a CTE and WHERE") : []),
    ...(node.aggregate_handling === "FORCE_AGGREGATES"
      ? fault("group-by-all", "name the columns") : []),
    ...((sets?.length ?? 0) > 1 && keys.some((k) => k.class !== "COLUMN_REF")
      ? fault("grouping-sets", "columns only") : []),
  ];
};

export const modifiers: Rule = (node, place) => {
  const list = (Array.isArray(node.modifiers) ? node.modifiers : []) as AstNode[];
  const isOrdered = list.some((m) => m.type === "ORDER_MODIFIER");
  return list.flatMap((modifier): readonly Fault[] => {
    if (modifier.type === "LIMIT_MODIFIER" && !isOrdered) return fault("limit", "needs ORDER BY");
    if (modifier.type === "ORDER_MODIFIER" && place.depth === 0) {
      return fault("order-by", "a relation has no order");
    }
    const on = modifier.distinct_on_targets as unknown[] | undefined;
    return on && on.length > 0 ? fault("distinct-on", "use row_number()") : noFault;
  });
};

export const queryRules: readonly Rule[] = [
  qualifiedColumns, noStar, noOddSyntax, relationsAreBare, joins, noSample, selects,
  modifiers,
];
