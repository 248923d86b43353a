import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import { formatDay, parseDay, planNights } from "./calendar.ts";
import { listExporters } from "./exports/list-exporters.ts";
import { DirtMaker } from "./dirt/soil-files.ts";
import { LandingBook } from "./truth/landing-book.ts";
import { pickTruthDays, writeTruth } from "./truth/write-truth.ts";
import { listCrosswalk } from "./world/trainings.ts";
import { buildWorld } from "./world/world.ts";

export interface SimulationOptions {
  /** Folder that is missing or empty. */
  readonly home: string;
  /** Share of the real number of teachers, 0 < scale ≤ 1. */
  readonly scale: number;
  readonly seed: number;
  /** Last landing day, YYYY-MM-DD. */
  readonly until: string;
  /** Nights up to the last on which files land daily; 14 or more, 14 without it. */
  readonly dailyNights?: number;
  readonly log: Log;
}

export interface SimulatedProvince {
  readonly nights: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly teachers: number;
  readonly schools: number;
}

/**
 * Writes a simulated province into an empty home: `home.json`, token key, crosswalk seed, landing
 * of all nights and `truth.json`; the same options give the same bytes.
 * Throws UsageError for options out of bounds or a folder that is not empty.
 */
export async function simulateProvince(options: SimulationOptions): Promise<SimulatedProvince> {
  const { home, scale, seed, log } = options;
  if (!(scale > 0 && scale <= 1)) throw new UsageError(
    `scale: invalid: ${scale}; accepted: above 0, at most 1`
  );
  if (!Number.isSafeInteger(seed)) throw new UsageError(
    `seed: invalid: ${seed}; accepted: a whole number`
  );
  const until = parseDay(options.until);
  const nights = planNights(until, options.dailyNights);
  if (existsSync(home) && readdirSync(home).length > 0) {
    throw new UsageError(`home: not empty: ${home}; accepted: a new or empty folder`);
  }
  const world = buildWorld(scale, seed, until);
  const write = (key: string, bytes: Buffer | string, mode?: number): void => {
    const path = join(home, key);
    // Exports and keys are personal data.
    const isPersonal = mode !== undefined || key.startsWith(homeKeys.landingPrefix);
    mkdirSync(dirname(path), { recursive: true, mode: isPersonal ? 0o700 : 0o777 });
    writeFileSync(path, bytes, isPersonal ? { mode: 0o600 } : {});
  };
  write(
    homeKeys.description,
    `${JSON.stringify({ version: 1, simulated: { seed, scale, until: options.until } })}\n`
  );
  write(
    homeKeys.tokenKey,
    createHash("sha256").update(`dudao simulated token key ${seed}`).digest("hex"), 0o600
  );
  write(homeKeys.seed("training_crosswalk.csv"), ["source_system,source_training_id,training_id",
    ...listCrosswalk().map((row) => row.join(","))].join("\n") + "\n");
  const exporters = listExporters(world);
  const dirt = new DirtMaker(seed, pickTruthDays(nights), world.roll.sameSecondSchool);
  const book = new LandingBook();
  let files = 0;
  let bytes = 0;
  for (const [i, night] of nights.entries()) {
    const day = formatDay(night.day);
    for (const exporter of exporters) {
      if (!exporter.isDue(night)) continue;
      const prepared = dirt.soil(night, exporter.build(night, night.day - 1));
      for (const file of prepared) {
        write(homeKeys.landing(file.system, day, file.fileName), file.bytes);
        files++;
        bytes += file.bytes.length;
      }
      book.take(night.day, prepared);
    }
    log.progress(`simulate ${i + 1}/${nights.length} ${day}`);
  }
  writeTruth(join(home, "truth.json"), world, nights, book);
  return {
    nights: nights.map((n) => formatDay(n.day)), files, bytes,
    teachers: world.roll.teachers.length, schools: world.roll.schools.length,
  };
}
