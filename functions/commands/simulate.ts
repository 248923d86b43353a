import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../shared/errors.ts";
import { usualDailyNights } from "../simulate/calendar.ts";
import { simulateProvince } from "../simulate/simulate-province.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import { makeSimulatedUsers } from "../shared/users.ts";
import { requireDay, type Command } from "./command.ts";
import { createProgressLog } from "./progress-log.ts";

export const simulate: Command = {
  name: "simulate",
  summary: "make a province for trials: real areas, invented people, nine systems' dirty exports, the truth beside",
  options: {
    home: { value: "DIR", default: "./home", help: "empty or missing folder to fill" },
    scale: { value: "SHARE", default: "0.02", help: "share of the 826,000 teachers, 0 < share <= 1" },
    seed: { value: "NUMBER", default: "1", help: "same seed, same bytes" },
    until: { value: "DAY", default: "2021-12-20", help: "last landing day" },
    "daily-nights": { value: "NUMBER", default: "14", help: "last nights on which files land daily, 14 or more; monthly before" },
  },
  examples: [
    { line: "dudao simulate --home NEW --scale 0.001", says: "a small province in a new folder" },
    { line: "dudao simulate --home NEW --scale 0.001 --seed 7 --until 2021-06-30", says: "another world, half a year shorter" },
  ],
  exitCodes: { 0: "done; truth.json names every dirty row and its fate", 1: "our fault", 2: "usage" },
  async run(input, io) {
    const home = resolve(input.requireOption("home"));
    if (existsSync(home) && readdirSync(home).length > 0) {
      throw new UsageError(`--home: not empty: ${home}; accepted: an empty or missing folder`);
    }
    const scale = Number(input.requireOption("scale"));
    if (!(scale > 0 && scale <= 1)) {
      throw new UsageError(`--scale: invalid: ${input.requireOption("scale")}; accepted: 0 < share <= 1`);
    }
    const seed = Number(input.requireOption("seed"));
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new UsageError(`--seed: invalid: ${input.requireOption("seed")}; accepted: a whole number from 0`);
    }
    const until = requireDay("until", input.requireOption("until"));
    const dailyNights = Number(input.requireOption("daily-nights"));
    if (!Number.isSafeInteger(dailyNights) || dailyNights < usualDailyNights) {
      throw new UsageError(`--daily-nights: invalid: ${input.requireOption("daily-nights")}; accepted: a whole number from ${usualDailyNights}`);
    }
    await simulateProvince({ home, scale, seed, until, dailyNights, log: createProgressLog(io) });
    const users = await makeSimulatedUsers(createFolderStore(home), seed);
    io.out(`simulated province in ${home} (scale ${scale}, seed ${seed}, until ${until})`);
    for (const user of users) io.out(`  user ${user.user} password ${user.password} (area ${user.area_code}, ${user.name})`);
    io.out(`next: dudao nightly --home ${input.requireOption("home")}`);
    return 0;
  },
};
