import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DayTruth } from "../../functions/simulate/truth/figures.ts";
import type { ExpectedDirt, ExpectedFile } from "../../functions/simulate/truth/landing-book.ts";

export interface Truth {
  readonly seed: number;
  readonly scale: number;
  readonly until: string;
  readonly files: readonly ExpectedFile[];
  readonly dirt: readonly ExpectedDirt[];
  readonly days: readonly DayTruth[];
}

export function readTruth(home: string): Truth {
  return JSON.parse(readFileSync(join(home, "truth.json"), "utf8")) as Truth;
}
