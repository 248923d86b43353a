import type { RawCell, RawDate } from "../raw.ts";
import { normaliseText } from "../../shared/normalise-text.ts";
import { dayText, secondsText } from "./calendar.ts";

/** Further for codes, numbers and names of things: apostrophe, enclosing `="…"`, all spaces. */
export function compactText(text: string): string {
  let out = text;
  if (out.charCodeAt(0) === 0x27) out = out.slice(1);
  if (out.charCodeAt(0) === 0x3d && out.length >= 3 && out[1] === '"' && out.endsWith('"')) {
    out = out.slice(2, -1);
  }
  return out.includes(" ") ? out.replaceAll(" ", "") : out;
}

const emptyTexts = new Set(
  ["", "-", "--", "—", "/", "无", "空", "null", "n/a", "#n/a", "#ref!", "#value!"],
);

/** Whether normalised text stands for nothing. */
export function isEmptyText(text: string): boolean {
  if (text.length > 7) return false;
  if (text.length < 3) return emptyTexts.has(text);
  const first = text.charCodeAt(0);
  return (first === 0x23 || first === 0x6e || first === 0x4e) && emptyTexts.has(text.toLowerCase());
}

/** Normalised text of a cell of any type; '' where the cell is empty. */
export function cellText(cell: RawCell | undefined): string {
  if (typeof cell === "string") {
    const text = normaliseText(cell);
    return isEmptyText(text) ? "" : text;
  }
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return numberText(cell);
  if (typeof cell === "boolean") return cell ? "true" : "false";
  return dateText(cell);
}

/** Header text as it is compared: normalised, without spaces. */
export function headerText(cell: RawCell | undefined): string {
  return cellText(cell).replaceAll(" ", "");
}

/** A spreadsheet's double holds 15 digits: longer numbers have lost some. */
export const RUINED_FROM = 1e15;

function numberText(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  if (!Number.isFinite(value)) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(20).replace(/0+$/, "");
}

function dateText(cell: RawDate): string {
  const { day, second } = wallTime(cell);
  return second === 0 ? dayText(day) : `${dayText(day)} ${secondsText(second)}`;
}

/** Day number and second of the day of a date cell, rounded to the second (serials are doubles). */
export function wallTime(cell: RawDate): { readonly day: number; readonly second: number } {
  const seconds = Math.round(cell.wallMs / 1000);
  const day = Math.floor(seconds / 86_400);
  return { day, second: seconds - day * 86_400 };
}
