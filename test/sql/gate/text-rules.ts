import type { Fault } from "./ast.ts";

/** Athena takes 262,144 bytes a query; the CTAS around a model needs some of them. */
const maxBytes = 200_000;

/** Rules that the text shows: what a parse tree has already interpreted away. */
export function textFaults(sql: string): readonly Fault[] {
  const code = withoutComments(sql);
  const outside = code.replace(/'(?:[^']|'')*'/g, "''");
  const faults: Fault[] = [];
  const add = (rule: string, text: string): void => { faults.push({ rule, text }); };
  if (outside.includes(";")) add("one-statement", "no semicolon");
  if (/[^\x20-\x7e\r\n\t]/.test(code)) add("ascii", "only ASCII outside comments");
  if (outside.includes('"')) add("quoted-name", "names are lower_snake_case, never quoted");
  if (/[?$]/.test(outside)) add("parameter", "no parameters: read run_context");
  if (/(^|[^a-z0-9_'])(e|x|b|u&)''/i.test(outside)) add("string-prefix", "plain strings only");
  if (/\b(current_date|current_timestamp|localtime|localtimestamp|current_time)\b/i.test(outside)) {
    add("clock", "no clock: run_context.as_of_date");
  }
  if (/[A-Z]/.test(outside.match(/\b[a-z_]+\.[A-Za-z_]*[A-Z][A-Za-z_]*/)?.[0] ?? "")) {
    add("lower-case", "names are lower_snake_case");
  }
  if (Buffer.byteLength(sql) > maxBytes) add("size", `over ${maxBytes} bytes`);
  return faults;
}

/** Comments to spaces, strings kept; `--` inside a string is no comment. */
export function withoutComments(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith("'") ? part : " ");
}

/** Words that Athena's DDL reserves: no names of columns of a relation that it makes. */
const reserved: ReadonlySet<string> = new Set((
  "all alter and array as authorization between bigint " +
  "binary boolean both by case cast char column constraint create cross cube current cursor date " +
  "day decimal delete describe distinct double drop else end exchange exists extended external " +
  "false fetch float following for foreign from full function grant group grouping having if " +
  "import in inner insert int integer intersect interval into is join lateral left less like " +
  "local macro map month more none not null numeric of on only or order out outer over partition " +
  "percent preceding precision primary procedure range reads reduce regexp revoke right rlike " +
  "row rows select session set smallint start table tablesample then time timestamp to transform " +
  "trigger true truncate union unique update user using values varchar view views when where " +
  "window with year auto skip").split(" "));

export function columnNameFaults(names: readonly string[]): readonly Fault[] {
  return names.flatMap((name) => {
    if (reserved.has(name)) return [{ rule: "reserved-name", text: `column ${name}` }];
    return /^[a-z][a-z0-9_]*$/.test(name) ? []
      : [{ rule: "lower-case", text: `column ${name}; accepted: lower_snake_case` }];
  });
}
