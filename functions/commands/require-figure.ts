import { UsageError } from "../shared/errors.ts";
import { figureNames } from "../shared/figures.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import type { ObjectStore } from "../shared/object-store.ts";

/**
 * A code of a figure; programmes of the home give codes of their own (`L4_<programme>`). Throws
 * UsageError for any other.
 */
export async function requireFigure(store: ObjectStore, code: string): Promise<string> {
  if (Object.hasOwn(figureNames, code)) return code;
  const programmes = (await readHomeSeed(store, "programmes.csv")).rows
    .map((row) => `L4_${row.programme_code}`);
  if (programmes.includes(code)) return code;
  const accepted = new Set([...Object.keys(figureNames), ...programmes]);
  throw new UsageError(`--figure: unknown: ${code}; accepted: ${[...accepted].join(" ")}`);
}
