import { fillMessage } from "../shared/messages/catalogue.ts";
import { faultTexts, faultTextsByKind } from "../shared/messages/slip-reasons.ts";
import { acceptedTexts } from "../shared/messages/slips.ts";
import type { Contract, ContractField } from "./contracts/contract.ts";

const texts = faultTexts.zh;
const shownCharacters = 30;

/** `invalid.credit` → a Chinese sentence with the sender's own column title. */
export function describeReason(reason: string, contract: Contract): string {
  return buildSentence(reason, contract)("");
}

/** The same for many rows: the sentence says what was written there unless that is ''. */
export function buildSentence(reason: string, contract: Contract): (written: string) => string {
  const { word, name } = splitReason(reason);
  if (reason === "invalid.encoding") return () => texts.encoding;
  if (reason === "invalid.structure") return () => texts.structure;
  const fields = findFields(reason, contract);
  const titles = fields.map((field) => field.header).join("”、“") || name;
  const template = templateOf(word, name, fields);
  const plain = fillMessage(template, {
    column: fillMessage(texts.namedColumn, { column: titles }),
  });
  if (word === "missing" || fields.length !== 1) return () => plain;
  return (written) => {
    if (written === "") return plain;
    const value = written.length > shownCharacters ? cutText(written) : written;
    return fillMessage(template, {
      column: fillMessage(texts.namedValue, { column: titles, value }),
    });
  };
}

function cutText(text: string): string {
  const points = Array.from(text.slice(0, 2 * shownCharacters + 2));
  return points.length > shownCharacters ? `${points.slice(0, shownCharacters).join("")}…` : text;
}

function templateOf(word: string, name: string, fields: readonly ContractField[]): string {
  if (name === "period") return texts.period;
  if (word === "missing" && fields.length > 1) return texts.missingPerson;
  const field = fields[0];
  const special = field && faultTextsByKind.zh[`${word} ${kindOf(field)}`];
  if (special) return special;
  const general: Readonly<Record<string, string>> = texts;
  return general[word] ?? `{column}${word}`;
}

/** What may be written there (rows.md, *Kinds of field*), in Chinese. */
export function describeAccepted(reason: string, contract: Contract): string {
  const { name } = splitReason(reason);
  const fields = findFields(reason, contract);
  const field = fields[0];
  if (!field && name !== "structure" && name !== "encoding") return "";
  const kind = name === "period" ? "period" : field === undefined ? "row"
    : fields.length > 1 ? field.kind : kindOf(field);
  return fillMessage(acceptedTexts.zh[kind] ?? "", {
    values: Object.keys(field?.values ?? {}).join("、"),
  });
}

/** Fields that a reason is about: `person` and `period` are faults of more than one column. */
export function findFields(reason: string, contract: Contract): readonly ContractField[] {
  const { name } = splitReason(reason);
  if (reason === "invalid.encoding" || reason === "invalid.structure") return [];
  const { period } = contract;
  if (name === "period" && period) {
    return contract.fields.filter((f) => f.field === period.begin || f.field === period.end);
  }
  const named = contract.fields.filter((f) => f.field === name);
  return named.length === 0 && name === "person"
    ? contract.fields.filter((f) => f.kind === "person") : named;
}

/** A person is written as a teacher number or an identity number, which are said plainly. */
function kindOf(field: ContractField): string {
  return field.kind === "person" ? field.person_as ?? field.kind : field.kind;
}

function splitReason(reason: string): { readonly word: string; readonly name: string } {
  const dot = reason.indexOf(".");
  return { word: reason.slice(0, dot), name: reason.slice(dot + 1) };
}
