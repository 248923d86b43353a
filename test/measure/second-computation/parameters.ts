import type { Parameter } from "./lake.ts";

/** Value of a parameter in a county, city or province on a day: nearest area, then latest row. */
export function findValue(
  parameters: readonly Parameter[], area: string, name: string, day: string,
): string | undefined {
  for (const code of [area, area.slice(0, 4), area.slice(0, 2)]) {
    const rows = parameters
      .filter((p) => p.area_code === code && p.parameter === name && p.valid_from <= day)
      .sort((a, b) => (a.valid_from < b.valid_from ? 1 : -1));
    if (rows[0]) return rows[0].value;
  }
  return undefined;
}

export function requireNumber(
  parameters: readonly Parameter[], area: string, name: string, day: string,
): number {
  return Number(requireText(parameters, area, name, day));
}

export function requireText(
  parameters: readonly Parameter[], area: string, name: string, day: string,
): string {
  const value = findValue(parameters, area, name, day);
  if (value === undefined) throw new Error(`${name}: missing for ${area} on ${day}`);
  return value;
}
