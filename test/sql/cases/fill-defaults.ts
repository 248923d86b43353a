import { createHash } from "node:crypto";
import type { ExportContract } from "../../../functions/measure/read-contracts.ts";
import type { Column, ColumnType } from "../../../functions/shared/relations.ts";

type Row = Readonly<Record<string, string>>;
export type Cell = string | number | boolean | null;

/** Natural key of a record without its person (rows.md, export_fields.csv). */
const idRestColumns: Readonly<Record<string, readonly string[]>> = {
  school: ["school_code"],
  teacher: [],
  county_registration: ["registration_no"],
  plan_filing: ["filing_no"],
  school_point: ["school_code", "school_year", "ability_code"],
  teacher_point: ["ability_code"],
  programme_record: ["programme_title", "phase"],
  model_school: ["school_code"],
  spot_check: ["check_no"],
  local_point: ["ability_code"],
  account: ["platform", "account_token"],
  training_record: ["source_training_id"],
  voiding: ["target_id"],
  evaluation: ["evaluation_no"],
  rejected_identity: [],
};
/** Relations whose record id begins with the person. */
const personal: ReadonlySet<string> = new Set([
  "teacher", "teacher_point", "programme_record", "training_record", "rejected_identity",
]);
const payloadDefaults: Readonly<Record<string, Row>> = {
  school: {
    school_type: "school", place_type: "urban", school_status: "open",
    is_smart_education: "false", has_cio: "false",
  },
  teacher: { post: "teacher", employment_status: "in_post" },
  training_record: { is_passed: "true" },
  programme_record: { is_passed: "true" },
};
const systemDefaults: Readonly<Record<string, string>> = {
  voiding: "lrs", evaluation: "survey", training_record: "",
};

/** A row of a lake relation as written in a case; what is left out is filled as README says. */
export function fillLakeRow(
  relation: string, given: Row, line: number, contracts: readonly ExportContract[],
): Row {
  const system = given.system || systemDefaults[relation] || (relation === "training_record"
    ? fail(`${relation} row ${line}: missing system`) : "registry");
  const knownOn = given.known_on || "2020-07-01";
  const account = given.account_token ? `${given.platform ?? ""}|${given.account_token}` : "";
  const person = personal.has(relation)
    ? given.teacher_no || given.person_token || account : "";
  const rest = (idRestColumns[relation] ?? []).map((c) => given[c] ?? "").join("|");
  const personKey = given.person_key ?? person;
  const idRest = given.id_rest ?? (rest === "" ? "''" : rest);
  const written = [personKey, idRest].filter((part) => part !== "" && part !== "''");
  return withValues({
    ...payloadDefaults[relation],
    ...(relation === "school" ? { school_name: given.school_code ?? "" } : {}),
    system,
    export: contracts.find((c) => c.system === system && c.relation === relation)?.export ?? "''",
    known_on: knownOn,
    landing_day: knownOn,
    file_id: "f1",
    sheet: "''",
    row_number: String(line),
    export_seq: String(line),
    record_id: written.join("|"),
    person_key: personKey,
    id_rest: idRest,
    record_version: "0",
    content_hash: createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, 32),
    is_retraction: "false",
  }, given);
}

/** A row of file_arrival as written in a case, with the rest filled. */
export function fillArrival(given: Row, line: number): Row {
  const knownOn = given.known_on || given.landing_day || "2020-07-01";
  return withValues({
    known_on: knownOn, landing_day: given.landing_day || knownOn, file_id: `f${line}`,
    file_name: `f${line}`, status: "accepted", rows_read: "0", rows_accepted: "0",
    rows_rejected: "0", rows_duplicate: "0",
  }, given);
}

/** A column that stands in the case counts even where its cell is empty (NULL). */
function withValues(defaults: Row, given: Row): Row {
  const always = ["known_on", "landing_day", "system"];
  const stated = Object.entries(given).filter(([k, v]) => v !== "" || !always.includes(k));
  return { ...defaults, ...Object.fromEntries(stated) };
}

/** Cells of a row in the order of the columns; throws for a cell that is not of its type. */
export function typedCells(columns: readonly Column[], row: Row, where: string): Cell[] {
  const known = new Set(columns.map((c) => c.name));
  for (const name of Object.keys(row)) {
    if (!known.has(name)) fail(`${where}: unknown column: ${name}; accepted: ${[...known].join()}`);
  }
  return columns.map((c) => typedCell(c.type, row[c.name] ?? "", `${where}.${c.name}`));
}

function typedCell(type: ColumnType, text: string, where: string): Cell {
  if (text === "") return null;
  if (text === "''") return "";
  switch (type) {
    case "BIGINT": case "INTEGER":
      return /^-?\d+$/.test(text) ? Number(text) : fail(`${where}: invalid number: ${text}`);
    case "DOUBLE": return readDouble(text, where);
    case "BOOLEAN":
      return text === "true" || (text !== "false" && fail(`${where}: invalid boolean: ${text}`));
    default: return text;
  }
}

/** A double as written in a case: `0.5` or the quotient `37/183`. */
export function readDouble(text: string, where: string): number {
  const [n, d, ...more] = text.split("/").map(Number);
  const value = d === undefined ? n : n! / d;
  return value !== undefined && Number.isFinite(value) && more.length === 0
    ? value : fail(`${where}: invalid number: ${text}`);
}

function fail(message: string): never {
  throw new Error(message);
}
