import { cityLines, countyLines } from "./county-list.ts";

export type AreaLevel = "province" | "city" | "county";

/** One administrative area; `tile` and the flags belong to counties. */
export interface Area {
  readonly code: string;
  readonly level: AreaLevel;
  readonly name: string;
  readonly parent: string | null;
  /** Place in the tile grid, columns from the west, rows from the north. */
  readonly tile: { readonly column: number; readonly row: number } | null;
  readonly isDeepPoverty: boolean;
  readonly isPoverty: boolean;
  readonly isEthnic: boolean;
  readonly isThreePrefectures: boolean;
}

const plain = {
  tile: null, isDeepPoverty: false, isPoverty: false, isEthnic: false, isThreePrefectures: false,
} as const;

export const province: Area = {
  code: "51", level: "province", name: "四川省", parent: null, ...plain,
};

/** The 21 cities in the order of their codes. */
export const cities: readonly Area[] = cityLines.map((line) => {
  const [code = "", name = ""] = line.split(",");
  return { code, level: "city", name, parent: province.code, ...plain };
});

/** The 183 counties in the order of their codes. */
export const counties: readonly Area[] = countyLines.map((line) => {
  const [code = "", name = "", column, row, flags = ""] = line.split(",");
  return {
    code, level: "county", name, parent: code.slice(0, 4),
    tile: { column: Number(column), row: Number(row) },
    isDeepPoverty: flags.includes("d"),
    isPoverty: flags.includes("p"),
    isEthnic: flags.includes("e"),
    isThreePrefectures: flags.includes("t"),
  };
});

const byCode = new Map([province, ...cities, ...counties].map((area) => [area.code, area]));

/** The area of a code (`51`, `5101`, `510104`), undefined where it is not known. */
export function findArea(code: string): Area | undefined {
  return byCode.get(code);
}

/** Name of an area, its code where it is not known. */
export function areaName(code: string): string {
  return byCode.get(code)?.name ?? code;
}

/** Code → name of every area. */
export const areaNames: ReadonlyMap<string, string> =
  new Map([...byCode.values()].map((area) => [area.code, area.name]));

/** Children of a province or city, in the order of their codes. */
export function childrenOf(code: string): readonly Area[] {
  return code.length === 2 ? cities : counties.filter((county) => county.parent === code);
}

/** From the province down to the area itself. */
export function lineageOf(code: string): readonly Area[] {
  return [2, 4, 6].filter((length) => length <= code.length)
    .flatMap((length) => byCode.get(code.slice(0, length)) ?? []);
}

/** Name without the kind of division, for tiles and labels: 青川县 → 青川, 阿坝藏族羌族自治州 → 阿坝州. */
export function shortAreaName(name: string): string {
  if (name.endsWith("自治州")) return `${name.slice(0, 2)}州`;
  const bare = name.replace(/(彝族|藏族|羌族)+自治县$/, "");
  return bare.length > 2 && /[县区市]$/.test(bare) ? bare.slice(0, -1) : bare;
}
