import { UsageError } from "../shared/errors.ts";
import { usualDailyNights } from "../simulate/calendar.ts";
import { simulateProvince } from "../simulate/simulate-province.ts";
import { makeSimulatedUsers } from "../shared/users.ts";
import { requireDay, type Command } from "./command.ts";
import { createProgressLog } from "./progress-log.ts";
import { simulateInto } from "./simulate-into.ts";

export const simulate: Command = {
  name: "simulate",
  summary: "make a province for trials: real areas, invented people, nine systems' dirty exports, the truth beside",
  options: {
    home: { value: "HOME", default: "./home", help: "empty or missing folder to fill, or an empty s3://bucket/prefix" },
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
    const home = input.requireOption("home");
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
    const log = createProgressLog(io);
    const store = await simulateInto(home, (folder) =>
      simulateProvince({ home: folder, scale, seed, until, dailyNights, log }), log);
    const users = await makeSimulatedUsers(store, seed);
    io.out(`simulated province in ${store.name} (scale ${scale}, seed ${seed}, until ${until})`);
    for (const user of users) io.out(`  user ${user.user} password ${user.password} (area ${user.area_code}, ${user.name})`);
    io.out(`next: dudao nightly --home ${home}`);
    return 0;
  },
};
