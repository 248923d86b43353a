import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import {
  loadContracts, readContractFiles, type ContractFile,
} from "../../../functions/ingest/contracts/load-contracts.ts";
import { ContractError } from "../../../functions/shared/errors.ts";
import { packageRoot } from "../../../functions/shared/package-root.ts";
import { envelope, requireRelation } from "../../../functions/shared/relations.ts";
import { parseSeed } from "../../../functions/shared/seeds.ts";

const fixture = (name: string) =>
  parseSeed(name, readFileSync(join(import.meta.dirname, "..", "..", "fixtures", name), "utf8"));

describe("contracts", () => {
  const contracts = loadContracts();

  test("are judged by a schema that is itself one", () => {
    const path = join(packageRoot, "functions", "ingest", "contracts", "contract.schema.json");
    const ajv = new Ajv({ allowUnionTypes: true });
    expect(ajv.validateSchema(JSON.parse(readFileSync(path, "utf8")) as object), ajv.errorsText())
      .toBe(true);
  });

  test("say of the 20 exports what exports.csv says", () => {
    const told = contracts.map((c) => ({
      system: c.system, export: c.export, file_pattern: c.file_pattern,
      usual_format: c.usual_format,
      mode: c.scope_field
        ? `${c.mode} per ${c.fields.find((f) => f.field === c.scope_field)?.header}`
        : c.mode,
      cadence_days: String(c.cadence_days), grace_days: String(c.grace_days),
      relation: [c.relation, ...c.voiding ? [c.voiding.relation] : []].join(" | "),
    }));
    const byName = (a: { system: string; export: string }, b: typeof a) =>
      (`${a.system}/${a.export}` < `${b.system}/${b.export}` ? -1 : 1);
    expect([...told].sort(byName)).toEqual(
      ([...fixture("exports.csv").rows] as typeof told).sort(byName));
  });

  test("say of every field what export_fields.csv says", () => {
    const notes = (c: (typeof contracts)[number], f: (typeof c.fields)[number]) => {
      if (c.version_field === f.field) return "record version";
      if (f.unreadable === "warns") return "invalid value warns";
      if (f.unreadable !== "rejects") return "";
      return c.passed !== "never" && f.kind === "list"
        ? "decides passing: a value outside the list rejects"
        : "invalid value rejects";
    };
    const told = contracts.flatMap((c) => c.fields.map((f, i) => ({
      system: c.system, export: c.export, position: String(i + 1), header: f.header,
      field: f.field,
      kind: f.values
        ? `list:${Object.entries(f.values).map(([v, code]) => `${v}=${code}`).join("/")}`
        : f.kind,
      required: f.required === "when_passed" ? "when passed" : f.required ?? "no",
      in_record_id: f.in_record_id ? "yes" : "", personal: f.personal ? "yes" : "",
      note: notes(c, f),
    })));
    const key = (r: { system?: string; export?: string; position?: string; header?: string }) =>
      `${r.system}/${r.export}/${r.position?.padStart(2, "0")}`;
    const sorted = <T extends Parameters<typeof key>[0]>(rows: readonly T[]) =>
      [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(sorted(told)).toEqual(sorted(fixture("export_fields.csv").rows));
  });

  test("let no personal field into a public relation as it is", () => {
    for (const contract of contracts) {
      const isPrivate = requireRelation(contract.relation).isPrivate ?? false;
      const personal = new Set(contract.fields.filter((f) => f.personal).map((f) => f.field));
      for (const source of Object.values(contract.columns)) {
        if ("from" in source) expect(isPrivate || !personal.has(source.from)).toBe(true);
      }
    }
  });

  test("fill every column of their relations that the export can fill", () => {
    const filled = new Map<string, Set<string>>();
    for (const c of contracts) {
      const names = filled.get(c.relation) ?? new Set();
      for (const column of Object.keys(c.columns)) names.add(column);
      filled.set(c.relation, names);
    }
    for (const [relation, names] of filled) {
      const columns = requireRelation(relation).columns.slice(envelope.length);
      expect([...names].sort()).toEqual(columns.map((column) => column.name).sort());
    }
  });
});

interface Editable { readonly columns: object; readonly fields: readonly object[] }
const field = (contract: Editable, index: number) => contract.fields[index] as object;

describe("a broken contract", () => {
  const files = readContractFiles();
  const survey = files.find((f) => f.name === "survey/evaluations.json") as ContractFile;
  const change = (edit: (value: Editable) => void): ContractFile => {
    const value = JSON.parse(survey.text) as Editable;
    edit(value);
    return { name: survey.name, text: JSON.stringify(value) };
  };
  const messageOf = (...changed: ContractFile[]): string => {
    try {
      loadContracts(changed);
    } catch (error) {
      expect(error).toBeInstanceOf(ContractError);
      return (error as Error).message;
    }
    return "";
  };

  test("lists all faults of all files: file, key, value, what is accepted", () => {
    const message = messageOf(
      change((c) => Object.assign(c, { mode: "half", cadence_days: 0 })),
      { name: "survey/other.json", text: "{" },
    );
    expect(message).toContain("3 fault(s)");
    expect(message).toMatch(/survey\/evaluations\.json: mode: .*half; accepted: full, delta/);
    expect(message).toMatch(/survey\/evaluations\.json: cadence_days: .*0; accepted: 1/);
    expect(message).toMatch(/survey\/other\.json: invalid JSON/);
  });

  const cases: readonly (readonly [string, (c: Editable) => void, RegExp])[] = [
    ["an unknown relation", (c) => Object.assign(c, { relation: "evaluations" }),
      /relation: unknown relation: evaluations; accepted: school, /],
    ["an unknown column", (c) => Object.assign(c.columns, { colour: { from: "score" } }),
      /columns: unknown column: colour; accepted: evaluation_no/],
    ["a column from an unknown field",
      (c) => Object.assign(c.columns, { score_hundredths: { from: "points" } }),
      /columns\.score_hundredths: unknown field: points; accepted: evaluation_no/],
    ["an unknown kind", (c) => Object.assign(field(c, 0), { kind: "number" }),
      /fields\.0\.kind: .*number; accepted: teacher_no, /],
    ["a misspelt key", (c) => Object.assign(c, { grace: 1 }), /grace; accepted: .*grace_days/],
    ["a list without values", (c) => Object.assign(field(c, 0), { kind: "list" }),
      /fields\.0 \(评价编号\): values: missing/],
    ["a field twice", (c) => Object.assign(field(c, 1), { field: "score" }),
      /fields: duplicate field: score/],
    ["a place that is not its own", (c) => Object.assign(c, { export: "marks" }),
      /invalid place: survey\/evaluations\.json; accepted: survey\/marks\.json/],
    ["a rule of passing with an unknown value",
      (c) => Object.assign(c, { passed: [{ field: "evaluation_kind", is: ["boss"] }] }),
      /passed\.0: unknown value: boss; accepted: expert, trainee, third/],
  ];
  test.each(cases)("is refused for %s", (_name, edit, form) => {
    expect(messageOf(change(edit))).toMatch(form);
  });
});
