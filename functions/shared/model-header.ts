import { ContractError } from "./errors.ts";
import type { Column, ColumnType } from "./relations.ts";
import type { Model } from "./sql-engine.ts";

/*
 * Header of a file of sql/models and sql/checks; the file's name is the relation's name.
 *
 *   -- int_teacher_state: one row a teacher of the denominator with hours on the day.
 *   -- grain: teacher_no
 *   -- reads: int_credit_row, run_context, seed_parameters
 *   -- per: system            (only where the heavy model runs once per system)
 *   -- columns:
 *   --   teacher_no varchar: number on the roll
 *   --   n_teachers bigint: numerator, teachers
 *   -- rule: [二.1] …          (optional, may be repeated: plan paragraph)
 *   -- matters: …  resolve: …  (checks only: what is at stake; what to do)
 *   WITH … SELECT …
 *
 * - `grain`, `reads`: names between commas; a long list goes on in the next line when the line
 *   before ends with a comma. `grain: one row` for a relation of a single row.
 * - `reads` lists every relation named in the SQL, in any order, CTEs left out.
 * - `columns`: every output column in order: name, type, colon, meaning and unit. Types: varchar
 *   bigint integer double boolean date timestamp(3).
 * - One bare SELECT, no semicolon, no parameters. Comments may stand below the header too.
 *
 * Names that a model may read beside other models:
 *   run_context                 as_of_date date, run_id varchar (one row)
 *   src_<relation>              columns of relations.ts, known_on <= as-of day; not for private
 *                               relations. In a `per: system` model every src_ view may hold the
 *                               rows of one system alone (rows of other systems come through a
 *                               model) or of all: partition by system, the result is the same.
 *   file_arrival, export_contract   relations.ts; file_arrival with known_on <= as-of day
 *   seed_<name>, dim_date       functions/measure/seed-tables.ts
 */

const columnTypes: Readonly<Record<string, ColumnType>> = {
  varchar: "VARCHAR", bigint: "BIGINT", integer: "INTEGER", double: "DOUBLE",
  boolean: "BOOLEAN", date: "DATE", "timestamp(3)": "TIMESTAMP_MS",
};

/**
 * Reads the header of a model; `name` is the file's name without `.sql`.
 * Throws ContractError with all faults of the header together.
 */
export function parseModel(name: string, sql: string): Model {
  const faults: string[] = [];
  const { entries, columnLines } = splitHeader(sql);
  const first = entries[0];
  if (first?.key !== name) {
    faults.push(`first line: invalid: ${first?.key ?? ""}; accepted: -- ${name}: one sentence`);
  }
  for (const e of entries.slice(1)) {
    if (!keys.has(e.key)) faults.push(`unknown key: ${e.key}; accepted: ${[...keys].join(", ")}`);
  }
  const value = (key: string): string | undefined =>
    entries.slice(1).find((e) => e.key === key)?.value;
  for (const key of ["grain", "reads"]) if (!value(key)) faults.push(`missing key: ${key}`);
  const per = value("per");
  if (per !== undefined && per !== "system") faults.push(`invalid per: ${per}; accepted: system`);
  const columns = columnLines.flatMap((line) => {
    const column = parseColumn(line);
    if (!column) {
      faults.push(`invalid column: ${line}; accepted: name type: meaning, types ` +
        Object.keys(columnTypes).join(" "));
    }
    return column ? [column] : [];
  });
  if (columnLines.length === 0) faults.push("missing key: columns");
  const grain = value("grain") === "one row" ? [] : parseNames(value("grain") ?? "");
  for (const g of grain) {
    if (!columns.some((c) => c.name === g)) faults.push(`unknown column in grain: ${g}`);
  }
  if (faults.length > 0) {
    throw new ContractError(`${name}.sql: ${faults.length} fault(s)\n  ${faults.join("\n  ")}`);
  }
  const matters = value("matters");
  const resolve = value("resolve");
  return {
    name, sql, about: first?.value ?? "", grain, reads: parseNames(value("reads") ?? ""),
    isPerSystem: per === "system", columns,
    ...(matters === undefined ? {} : { matters }), ...(resolve === undefined ? {} : { resolve }),
  };
}

const keys: ReadonlySet<string> = new Set([
  "grain", "reads", "per", "columns", "rule", "matters", "resolve",
]);

interface Entry { readonly key: string; readonly value: string }

/** Entries of the leading comment; a line that begins no entry goes on with the one before. */
function splitHeader(sql: string): { entries: readonly Entry[]; columnLines: readonly string[] } {
  const entries: { key: string; value: string }[] = [];
  const columnLines: string[] = [];
  for (const line of sql.split(/\r?\n/)) {
    const comment = /^--(.*)$/.exec(line)?.[1];
    if (comment === undefined) break;
    const last = entries.at(-1);
    if (last?.key === "columns" && /^\s{2,}/.test(comment)) {
      columnLines.push(comment.trim());
      continue;
    }
    const entry = /^ ([a-z][a-z0-9_]*):(?: (.*))?$/.exec(comment);
    if (entry?.[1] && (entries.length === 0 || keys.has(entry[1]) || !last?.value.endsWith(","))) {
      entries.push({ key: entry[1], value: (entry[2] ?? "").trim() });
    } else if (last) {
      last.value = `${last.value} ${comment.trim()}`.trim();
    }
  }
  return { entries, columnLines };
}

function parseColumn(line: string): Column | undefined {
  const parts = /^([a-z][a-z0-9_]*) ([a-z]+(?:\(3\))?): (.+)$/.exec(line);
  const type = columnTypes[parts?.[2] ?? ""];
  if (!parts?.[1] || !type) return undefined;
  return { name: parts[1], type, meaning: parts[3] ?? "" };
}

function parseNames(text: string): readonly string[] {
  return text.split(",").map((n) => n.trim()).filter((n) => n !== "");
}
