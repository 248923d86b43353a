import { findArea } from "../functions/shared/areas.ts";
import type { Language } from "../functions/shared/messages/catalogue.ts";

/** Everything that the page shows is in its address: `#/51/5101?sort=-H3&lang=en`. */
export interface Address {
  readonly page: "area" | "runs" | "unknown";
  /** Area shown; on the run page the area whose slice is read. */
  readonly area: string;
  readonly language: Language;
  readonly map: string | null;
  readonly sort: string | null;
  /** Night chosen on the run page. */
  readonly day: string | null;
}

export function parseAddress(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const params = new URLSearchParams(query);
  const language: Language = params.get("lang") === "en" ? "en" : "zh";
  const rest = {
    language, map: params.get("map"), sort: params.get("sort"), day: params.get("day"),
  };
  if (path === "runs") return { page: "runs", area: params.get("area") ?? "51", ...rest };
  const code = path === "" ? "51" : path.split("/").at(-1) ?? "51";
  const isArea = findArea(code) !== undefined && areaHashPath(code) === (path || "51");
  return { page: isArea ? "area" : "unknown", area: code, ...rest };
}

export function formatAddress(address: Address): string {
  const params = new URLSearchParams();
  if (address.page === "runs" && address.area !== "51") params.set("area", address.area);
  if (address.map) params.set("map", address.map);
  if (address.sort) params.set("sort", address.sort);
  if (address.day) params.set("day", address.day);
  if (address.language === "en") params.set("lang", "en");
  const query = params.toString();
  const path = address.page === "runs" ? "runs" : areaHashPath(address.area);
  return `#/${path}${query === "" ? "" : `?${query}`}`;
}

/** Address of another area in the same language, with the switches of that page at rest. */
export function areaHref(code: string, language: Language): string {
  return formatAddress({ page: "area", area: code, language, map: null, sort: null, day: null });
}

export function runsHref(area: string, language: Language): string {
  return formatAddress({ page: "runs", area, language, map: null, sort: null, day: null });
}

/** `510104` → `51/5101/510104` */
export function areaHashPath(code: string): string {
  return [2, 4, 6].filter((length) => length <= code.length)
    .map((length) => code.slice(0, length)).join("/");
}
