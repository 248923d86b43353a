import { areaNames } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { listLocalUsers, makePassword, putLocalUser, removeLocalUser } from "../shared/users.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

export const users: Command = {
  name: "users",
  summary: "who may log in; add a user, give one a new password, remove one",
  positionals: [{ name: "[USER]", help: "account name: a-z, digits, . _ -; without it all are listed" }],
  options: {
    ...homeOption,
    area: { value: "AREA", help: "51, a city (5101) or a county (510104): adds USER or replaces it" },
    name: { value: "NAME", help: "with --area: name that the pages show (default USER)" },
    remove: { help: "remove USER; an an open session ends with its cookie, 12 hours at most" },
    json: { help: "one JSON object a user" },
  },
  examples: [
    { line: "dudao users --home HOME", says: "account, area, name" },
    { line: "dudao users steward --area 51 --home HOME", says: "a fresh password, printed this once" },
  ],
  exitCodes: { ...doneCodes, 2: "usage, no such user or area" },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const [user] = input.positionals;
    const area = input.option("area");
    const isRemoval = input.hasFlag("remove");
    if (user === undefined) {
      if (area !== undefined || isRemoval) throw new UsageError("users: missing USER");
      for (const entry of await listLocalUsers(store)) {
        io.out(input.hasFlag("json") ? JSON.stringify(entry)
          : `${entry.user.padEnd(20)}${entry.area_code.padEnd(8)}${entry.name}`);
      }
      return 0;
    }
    if (isRemoval === (area !== undefined)) {
      throw new UsageError("users: with USER exactly one of --area AREA and --remove");
    }
    if (area === undefined) {
      await removeLocalUser(store, user);
      io.out(input.hasFlag("json") ? JSON.stringify({ user }) : `${user} removed`);
      return 0;
    }
    if (!areaNames.has(area)) throw new UsageError(`--area: unknown: ${area}; accepted: 51, 5101, 510104`);
    const entry = { user, name: input.option("name") ?? user, area_code: area };
    const password = makePassword();
    await putLocalUser(store, { ...entry, password });
    io.out(input.hasFlag("json") ? JSON.stringify({ ...entry, password })
      : `${user} may see ${area} ${areaNames.get(area) ?? ""}; password: ${password} (shown this once)`);
    return 0;
  },
};
