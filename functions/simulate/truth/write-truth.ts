import { closeSync, openSync, writeSync } from "node:fs";
import { formatDay, parseDay, type DayNumber, type Night } from "../calendar.ts";
import type { World } from "../world/world.ts";
import { stateDay, type DayTruth } from "./figures.ts";
import type { LandingBook } from "./landing-book.ts";

const wantedDays = ["2020-12-31", "2021-06-30"];

/**
 * Three landing days: end of 2020, middle of 2021 and the last, or what comes nearest in a short
 * run.
 */
export function pickTruthDays(nights: readonly Night[]): readonly DayNumber[] {
  const days = nights.map((n) => n.day);
  const last = days.at(-1)!;
  const wanted = wantedDays.map(parseDay).filter((d) => days.includes(d) && d < last);
  for (const part of [2, 3]) {
    const day = days[Math.floor(days.length / part)]!;
    if (wanted.length < 2 && !wanted.includes(day)) wanted.push(day);
  }
  return [...wanted, last].sort((a, b) => a - b);
}

/** Writes truth.json piece by piece; a province at full scale has 800,000 teachers a day. */
export function writeTruth(
  path: string, world: World, nights: readonly Night[], book: LandingBook
): readonly DayTruth[] {
  const file = openSync(path, "w");
  const list = (name: string, items: readonly object[], indent: string, end: string): void => {
    writeSync(file, `${indent}"${name}": [`);
    for (let i = 0; i < items.length; i += 5000) {
      const lines = items.slice(i, i + 5000).map((item) => `\n${indent}  ${JSON.stringify(item)}`);
      writeSync(file, (i === 0 ? "" : ",") + lines.join(","));
    }
    writeSync(file, `\n${indent}]${end}\n`);
  };
  writeSync(
    file,
    `{\n  "seed": ${world.seed},\n  "scale": ${world.scale},\n` +
      `  "until": "${formatDay(world.until)}",\n`
  );
  list("files", book.files, "  ", ",");
  list("dirt", book.dirt, "  ", ",");
  writeSync(file, `  "days": [\n`);
  const days = pickTruthDays(nights);
  const truths = days.map((day, i) => {
    const truth = stateDay(book.knowledge, world.counties, day);
    writeSync(file, `    {\n      "as_of": "${truth.as_of}",\n`);
    list("teachers", truth.teachers, "      ", ",");
    list("counties", truth.counties, "      ", "");
    writeSync(file, `    }${i === days.length - 1 ? "" : ","}\n`);
    return truth;
  });
  writeSync(file, "  ]\n}\n");
  closeSync(file);
  return truths;
}
