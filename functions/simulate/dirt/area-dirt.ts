import { readShippedSeed } from "../../shared/seeds.ts";
import { accepted, rejected, type RowEdit } from "./row-edit.ts";
import type { RowDirt } from "./person-dirt.ts";

const survey = { "survey/evaluations": "行政区划代码" };
const withRegistry = {
  ...survey, "registry/schools": "行政区划代码", "registry/county_registrations": "行政区划代码",
};

interface Alias { readonly oldCode: string; readonly oldName: string; readonly code: string }

let aliases: readonly Alias[] | undefined;

function listAliases(): readonly Alias[] {
  return (aliases ??= readShippedSeed("division_aliases.csv").rows.map((r) => ({
    oldCode: r["alias_code"]!, oldName: r["alias_name"]!, code: r["code"]!,
  })));
}

function pickAlias(edit: RowEdit, column: string): Alias | undefined {
  const code = edit.text(column);
  const own = listAliases().find((a) => a.code === code && a.oldCode !== code);
  if (own) return own;
  // An evaluation may be of any county; a school may not.
  if (!edit.has("评价编号")) return undefined;
  return edit.random.pick(listAliases().filter((a) => a.oldCode !== a.code));
}

/** Dirt in county codes and names. */
export const areaDirt: readonly RowDirt[] = [
  {
    name: "county_old_code", meaning: "a county under the code it had before", on: withRegistry,
    apply: (edit, column) => {
      const alias = pickAlias(edit, column);
      if (!alias) return null;
      edit.set(column, alias.oldCode);
      edit.set("县（市、区）", alias.oldName);
      return accepted;
    },
  },
  {
    name: "county_old_name", meaning: "no code, and the name it had before", on: survey,
    apply: (edit, column) => {
      const alias = pickAlias(edit, column);
      if (!alias || alias.oldName.startsWith("简阳")) return null;
      edit.set(column, "");
      edit.set("县（市、区）", alias.oldName);
      return accepted;
    },
  },
  {
    name: "county_name_twice", meaning: "市中区 without a code: two counties have that name",
    on: survey,
    apply: (edit, column) => {
      edit.set(column, "");
      edit.set("县（市、区）", "市中区");
      return rejected("unknown.area", false);
    },
  },
  {
    name: "zone_for_county", meaning: "高新区, 天府新区, 经开区 are no counties", on: survey,
    apply: (edit, column) => {
      edit.set(column, "");
      edit.set("县（市、区）", edit.random.pick(["高新区", "天府新区", "经开区"]));
      return rejected("unknown.area", false);
    },
  },
  {
    name: "city_code_for_county", meaning: "the code of the city where a county is wanted",
    on: survey,
    apply: (edit, column) => {
      edit.set(column, `${edit.text(column).slice(0, 4)}00`);
      return rejected("unknown.area", true);
    },
  },
  {
    name: "county_name_disagrees", meaning: "code and name are of two counties: the code counts",
    on: withRegistry,
    apply: (edit, column) => {
      edit.set("县（市、区）", edit.text(column) === "510104" ? "青羊区" : "锦江区");
      return { outcome: "warning", reasons: ["contradictory.area"] };
    },
  },
];
