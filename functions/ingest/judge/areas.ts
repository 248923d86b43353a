import { isDigits } from "./parse-identity.ts";

export interface County {
  readonly code: string;
  readonly name: string;
  /** 4 digits. */
  readonly cityCode: string;
  readonly cityName: string;
}
/** An old code and name of a county that has other ones now, or a later name. */
export interface CountyAlias {
  readonly aliasCode: string;
  readonly aliasName: string;
  readonly code: string;
}

const prefectureEnding = /(?:藏族羌族|藏族|彝族)自治州$/;

/** Codes and names of a province's areas, current and historical. */
export class Areas {
  readonly #counties = new Map<string, County>();
  readonly #aliases = new Map<string, string>();
  readonly #cities = new Set<string>();
  readonly #provinces = new Set<string>();
  readonly #cityNames = new Map<string, string>();
  /** Name with or without its ending → codes of the counties that bear or bore it. */
  readonly #countyNames = new Map<string, Set<string>>();

  constructor(counties: readonly County[], aliases: readonly CountyAlias[]) {
    for (const county of counties) {
      this.#counties.set(county.code, county);
      this.#cities.add(county.cityCode);
      this.#provinces.add(county.cityCode.slice(0, 2));
      for (const name of cityNames(county.cityName)) this.#cityNames.set(name, county.cityCode);
      this.#addName(county.name, county.code);
    }
    for (const alias of aliases) {
      this.#aliases.set(alias.aliasCode, alias.code);
      this.#addName(alias.aliasName, alias.code);
    }
  }

  #addName(name: string, code: string): void {
    for (const form of [name, name.replace(/[县区市]$/, "")]) {
      const codes = this.#countyNames.get(form) ?? new Set();
      this.#countyNames.set(form, codes.add(code));
    }
  }

  /** Current 6-digit code of a county code of 6, 9 or 12 digits, valid or historical. */
  findCounty(code: string): string | undefined {
    const six = cutCode(code);
    // The seed's own codes first: an old code can have been given to another county since.
    return this.#counties.has(six) ? six : this.#aliases.get(six);
  }

  /** County by name inside a named city, or by a bare name that fits one county only. */
  findCountyByName(county: string, city: string): string | undefined {
    const codes = this.#countyNames.get(county.replaceAll(" ", ""));
    if (!codes) return undefined;
    if (city === "") return codes.size === 1 ? [...codes][0] : undefined;
    const cityCode = this.findCity(city.replaceAll(" ", ""));
    const inside = [...codes].filter((c) => this.#counties.get(c)?.cityCode === cityCode);
    return inside.length === 1 ? inside[0] : undefined;
  }

  /** Whether the names written beside a code are names of that county; '' says nothing. */
  isWitness(code: string, county: string, city: string): boolean {
    const named = this.#countyNames.get(county.replaceAll(" ", ""));
    if (county !== "" && !named?.has(code)) return false;
    return city === ""
      || this.findCity(city.replaceAll(" ", "")) === this.#counties.get(code)?.cityCode;
  }

  /** 4-digit city code by code (5101, 510100) or name. */
  findCity(text: string): string | undefined {
    if (isDigits(text, 4)) return this.#cities.has(text) ? text : undefined;
    const six = cutCode(text);
    if (isDigits(six, 6) && six.endsWith("00") && this.#cities.has(six.slice(0, 4))) {
      return six.slice(0, 4);
    }
    return this.#cityNames.get(text);
  }

  /** Province (51, 510000), city or county by code. */
  findAny(code: string): string | undefined {
    const six = cutCode(code);
    if (this.#provinces.has(six)) return six;
    if (six.endsWith("0000") && six.length === 6 && this.#provinces.has(six.slice(0, 2))) {
      return six.slice(0, 2);
    }
    return isDigits(six, 4) || isDigits(six, 6)
      ? this.findCity(six) ?? this.findCounty(six)
      : undefined;
  }

  isCity(code: string): boolean {
    return this.#cities.has(code);
  }
}

function cutCode(code: string): string {
  return isDigits(code, 12) || isDigits(code, 9) ? code.slice(0, 6) : code;
}

/** 成都市, 成都; 阿坝藏族羌族自治州, 阿坝州, 阿坝. */
function cityNames(name: string): readonly string[] {
  const short = name.replace(prefectureEnding, "").replace(/[市州]$/, "");
  return prefectureEnding.test(name) ? [name, `${short}州`, short] : [name, short];
}
