import { inspectTexts } from "../../shared/messages/inspect.ts";
import { translatorOf, type Language } from "../../shared/messages/catalogue.ts";
import type { Contract, ContractField } from "../contracts/contract.ts";
import { chooseRoles, type Roles } from "./choose-roles.ts";
import { draftFields } from "./draft-fields.ts";
import type { FileStudy, SheetProfile } from "./inspection.ts";

export interface DraftRequest {
  readonly study: FileStudy;
  readonly system: string;
  readonly export: string;
  readonly fileName: string;
  readonly language: Language;
}

/** A first contract, and what a person must decide about it, one remark a line. */
export interface ContractDraft {
  readonly contract: Contract;
  readonly remarks: readonly string[];
}

/** Days between exports and of grace until a person says otherwise. */
const CADENCE_DAYS = 7;
const GRACE_DAYS = 3;

/**
 * Drafts a contract of training records for a file that was studied deeply. Undefined where its
 * widest table has no column that tells persons: then there is nobody to credit.
 */
export function draftContract(request: DraftRequest): ContractDraft | undefined {
  const profile = widest(request.study.profiles);
  const roles = profile && chooseRoles(profile.columns);
  if (!profile || !roles) return undefined;
  const fields = draftFields(profile.columns, roles);
  const named = (role: keyof Roles): ContractField | undefined =>
    fields.find((field) => field.header === roles[role]?.header);
  const passed = passedRule(named("passed"));
  const credit = named("credit");
  const event = named("event");
  const training = named("training");
  const category = named("category");
  const contract: Contract = {
    system: request.system,
    export: request.export,
    file_pattern: patternOf(request.fileName),
    usual_format: [request.study.inspection.format, request.study.inspection.encoding]
      .filter(Boolean).join(" "),
    mode: "delta",
    cadence_days: CADENCE_DAYS,
    grace_days: GRACE_DAYS,
    relation: "training_record",
    fields,
    passed,
    columns: {
      teacher_no: { person: "teacher_no" },
      person_token: { person: "token" },
      ...(training && { source_training_id: { from: training.field } }),
      category: category
        ? { from: category.field, map: categoryMap(category) } : { value: "online" },
      ...(credit && { credit_seconds: { from: credit.field } }),
      is_passed: { passed: true },
      ...(event && { event_on: { from: event.field }, event_at: { time_of: event.field } }),
    },
  };
  return { contract, remarks: listRemarks(contract, fields, roles, request.language) };
}

function widest(profiles: readonly SheetProfile[]): SheetProfile | undefined {
  return [...profiles].sort((a, b) => b.columns.length - a.columns.length)[0];
}

/** Digits of a name are its day or number: any text may stand there. */
function patternOf(fileName: string): string {
  const name = fileName.normalize("NFC").replace(/\d[\d._-]*(?=\.[A-Za-z])/g, "*");
  const end = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - end.length).replace(/\d[\d._-]*/g, "*");
  return `${stem.replace(/\*?$/, "*").replace(/\*+/g, "*")}${end}`;
}

function passedRule(field: ContractField | undefined): Contract["passed"] {
  if (!field) return "always";
  if (field.kind === "yes_no") return [{ field: field.field, is: [true] }];
  const codes = Object.values(field.values ?? {});
  return [{ field: field.field, is: codes.filter((code) => passedCodes.has(code)) }];
}
/** Codes of draft-fields.ts that mean success. */
export const passedCodes: ReadonlySet<string> = new Set(["passed", "completed", "valid"]);

function categoryMap(field: ContractField): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(field.values ?? {}).map((code) =>
    [code, code.startsWith("practice") ? "practice" : "online"]));
}

function listRemarks(
  contract: Contract, fields: readonly ContractField[], roles: Roles, language: Language,
): readonly string[] {
  const say = translatorOf(inspectTexts, language);
  const headersOf = (test: (field: ContractField) => boolean): string =>
    fields.filter(test).map(({ header }) => `“${header}”`).join("、");
  const remarks = [
    say("askPerson", { columns: headersOf((field) => field.kind === "person") }),
    say("askId", { fields: headersOf((field) => field.in_record_id === true) }),
  ];
  if (roles.training) remarks.push(say("askTraining", { header: roles.training.header }));
  if (roles.credit) {
    const { header, kind } = roles.credit;
    const unit = say(kind === "minutes" ? "minutes" : "creditHours");
    remarks.push(say("askCredit", { header, kind, unit }));
  }
  if (roles.event) remarks.push(say("askEvent", { header: roles.event.header }));
  remarks.push(roles.passed
    ? say("askPassed", { header: roles.passed.header, condition: JSON.stringify(contract.passed) })
    : say("askAlways"));
  remarks.push(roles.category
    ? say("askCategoryField", { header: roles.category.header }) : say("askCategory"));
  for (const field of fields.filter((f) => f.kind === "list")) {
    const values = Object.entries(field.values ?? {}).map(([value, code]) => `${value} → ${code}`);
    remarks.push(say("askList", { header: field.header, values: values.join("，") }));
  }
  remarks.push(say("askMode"), say("askCadence", { days: CADENCE_DAYS, grace: GRACE_DAYS }),
    say("askPattern", { pattern: contract.file_pattern }));
  return remarks;
}
