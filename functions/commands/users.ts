import { areaNames } from "../shared/areas.ts";
import { UsageError } from "../shared/errors.ts";
import { isTrustedAddress, readOidcSettings } from "../shared/oidc-settings.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import {
  listLocalUsers, makePassword, putLocalUser, removeLocalUser, type UserIdentity,
} from "../shared/users.ts";
import { doneCodes, type Command, type CommandInput } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

export const users: Command = {
  name: "users",
  summary: "who may log in; add a user, give one a new password, remove one",
  positionals: [{ name: "[USER]", help: "account name: a-z, digits, . _ -; without it all are listed" }],
  options: {
    ...homeOption,
    area: { value: "AREA", help: "51, a city (5101) or a county (510104): adds USER or replaces it" },
    name: { value: "NAME", help: "with --area: name that the pages show (default USER)" },
    subject: { value: "ID", help: "with --area: USER logs in at the OIDC issuer as this `sub`" },
    email: { value: "ADDRESS", help: "the same by an address that the issuer has verified" },
    issuer: { value: "URL", help: "issuer of --subject or --email (default: oidc of home.json)" },
    remove: { help: "remove USER; an open session ends with its cookie, 12 hours at most" },
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
    const identity = await readIdentity(store, input);
    if (identity) {
      // A password that nobody knows: only the issuer opens.
      await putLocalUser(store, { ...entry, identity, password: makePassword() });
      io.out(input.hasFlag("json") ? JSON.stringify({ ...entry, identity })
        : `${user} may see ${area} ${areaNames.get(area) ?? ""}; logs in at ${identity.issuer}`);
      return 0;
    }
    const password = makePassword();
    await putLocalUser(store, { ...entry, password });
    io.out(input.hasFlag("json") ? JSON.stringify({ ...entry, password })
      : `${user} may see ${area} ${areaNames.get(area) ?? ""}; password: ${password} (shown this once)`);
    return 0;
  },
};

async function readIdentity(
  store: ObjectStore, input: CommandInput,
): Promise<UserIdentity | undefined> {
  const subject = input.option("subject");
  const email = input.option("email")?.toLowerCase();
  if (subject === undefined && email === undefined) {
    if (input.option("issuer") === undefined) return undefined;
    throw new UsageError("--issuer: alone; accepted: with --subject or --email");
  }
  if (subject !== undefined && email !== undefined) {
    throw new UsageError("--subject, --email: both; accepted: one of them");
  }
  const issuer = input.option("issuer") ?? (await readOidcSettings(store, {}))?.issuer;
  if (issuer === undefined) {
    throw new UsageError("--issuer: missing; home.json has no oidc, so say whose it is");
  }
  if (!isTrustedAddress(issuer)) {
    throw new UsageError(`--issuer: invalid: ${issuer}; accepted: https://…`);
  }
  if (subject !== undefined) {
    if (subject === "" || subject.length > 255) throw new UsageError("--subject: invalid");
    return { issuer, subject };
  }
  if (email === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw new UsageError("--email: invalid; accepted: name@edu.example.cn");
  }
  return { issuer, email };
}
