import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { ContractError, EngineError, UsageError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";

/** One person who may log in. */
export interface LocalUser {
  /** Account name: letters, digits, `.`, `_`, `-`. */
  readonly user: string;
  readonly name: string;
  /** `51`, `5101` or `510104`: this area and those below. */
  readonly area_code: string;
}
export interface NewLocalUser extends LocalUser {
  readonly password: string;
  readonly identity?: UserIdentity;
}
/** The same person at an issuer of OpenID Connect: by its subject or a verified address. */
export type UserIdentity =
  | { readonly issuer: string; readonly subject: string }
  | { readonly issuer: string; /** Lower case. */ readonly email: string };

interface StoredUser extends LocalUser {
  readonly identity?: UserIdentity;
  readonly salt: string;
  /** scrypt's N of this hash, so that it can be raised for new ones. */
  readonly work: number;
  /** scrypt of the password, 32 bytes, hex. */
  readonly hash: string;
  /** Failed attempts since the last success. */
  readonly failures: number;
  /** ISO instant, null while not locked. */
  readonly locked_until: string | null;
}
interface UsersFile { readonly users: readonly StoredUser[] }

export type PasswordCheck =
  | { readonly kind: "accepted"; readonly user: LocalUser }
  | { readonly kind: "wrong" }
  | { readonly kind: "locked"; readonly until: string };

const allowedFailures = 5;
const lockMinutes = 15;
/** scrypt's N: 32 MiB and about 0.1 s a guess. */
const usualWork = 2 ** 15;

export interface HashOptions {
  /** 16 bytes; random unless a simulation must be reproducible. */
  readonly saltOf?: (user: string) => Uint8Array;
  /** scrypt's N; less than the default is for tests. */
  readonly work?: number;
}

/** Replaces the users of a home (`private/users.json`, mode 0600); UsageError for bad ones. */
export async function writeLocalUsers(
  store: ObjectStore, users: readonly NewLocalUser[], options: HashOptions = {},
): Promise<void> {
  const seen = new Set<string>();
  for (const entry of users) {
    requireValid(entry);
    if (seen.has(entry.user)) throw new UsageError(`user: duplicate name: ${entry.user}`);
    seen.add(entry.user);
  }
  const stored = await Promise.all(users.map((entry) => storedOf(entry, options)));
  await store.put(homeKeys.users, textOf({ users: stored }), { mode: 0o600 });
}

/** Everybody who may log in, sorted by name. */
export async function listLocalUsers(store: ObjectStore): Promise<readonly LocalUser[]> {
  const users = (await readUsers(store))?.file.users ?? [];
  return users.map(publicPart).sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** Adds a user, or gives one a new area and password and unlocks it; UsageError for a bad one. */
export async function putLocalUser(
  store: ObjectStore, entry: NewLocalUser, options: HashOptions = {},
): Promise<void> {
  requireValid(entry);
  const stored = await storedOf(entry, options);
  await changeUsers(store, (users) => {
    const others = users.filter((u) => u.user !== entry.user);
    const spelled = JSON.stringify(entry.identity);
    const same = others.find((u) => u.identity && JSON.stringify(u.identity) === spelled);
    if (same) throw new UsageError(`user: identity: duplicate of ${same.user}: ${entry.user}`);
    return [...others, stored];
  });
}

/**
 * The user whom an issuer's person is, undefined where none is or more than one could be. An entry
 * with the subject counts before one with the address.
 */
export async function findUserByIdentity(
  store: ObjectStore,
  { issuer, subject, email }: {
    readonly issuer: string; readonly subject: string;
    /** '' where the issuer did not verify one. */
    readonly email: string;
  },
): Promise<LocalUser | undefined> {
  const users = ((await readUsers(store))?.file.users ?? [])
    .filter(({ identity }) => identity?.issuer === issuer);
  const bySubject = users.filter(({ identity: own }) =>
    own && "subject" in own && own.subject === subject);
  const byEmail = users.filter(({ identity: own }) =>
    email !== "" && own && "email" in own && own.email === email);
  const found = bySubject.length > 0 ? bySubject : byEmail;
  return found.length === 1 ? found.map(publicPart)[0] : undefined;
}

/** Removes a user; UsageError where there is none. An open session ends with its cookie. */
export async function removeLocalUser(store: ObjectStore, user: string): Promise<void> {
  await changeUsers(store, (users) => {
    if (users.every((u) => u.user !== user)) throw new UsageError(`user: unknown: ${user}`);
    return users.filter((u) => u.user !== user);
  });
}

async function changeUsers(
  store: ObjectStore, change: (users: readonly StoredUser[]) => readonly StoredUser[],
): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await readUsers(store);
    const { written } = await store.put(
      homeKeys.users, textOf({ users: change(found?.file.users ?? []) }),
      { ...(found ? { ifMatch: found.etag } : { ifNoneMatch: true }), mode: 0o600 });
    if (written) return;
  }
  throw new EngineError(`${homeKeys.users}: changed by others a hundred times in a row`);
}

function requireValid({ user, area_code: area, password }: NewLocalUser): void {
  const fault = !/^[a-z0-9._-]{2,40}$/.test(user) ? "invalid name"
    : !/^\d{2}(\d{2}){0,2}$/.test(area) ? `invalid area ${area}`
      : password.length < 8 ? "password shorter than 8 characters" : undefined;
  if (fault) throw new UsageError(`user: ${fault}: ${user}`);
}

async function storedOf(
  entry: NewLocalUser, { saltOf = () => randomBytes(16), work = usualWork }: HashOptions,
): Promise<StoredUser> {
  const salt = saltOf(entry.user);
  return {
    user: entry.user, name: entry.name, area_code: entry.area_code,
    salt: Buffer.from(salt).toString("hex"), work,
    hash: (await hashPassword(entry.password, salt, work)).toString("hex"),
    failures: 0, locked_until: null,
    ...(entry.identity ? { identity: entry.identity } : {}),
  };
}

/** The user of a name, undefined when there is none. */
export async function findUser(store: ObjectStore, user: string): Promise<LocalUser | undefined> {
  const found = (await readUsers(store))?.file.users.find((entry) => entry.user === user);
  return found && publicPart(found);
}

/**
 * Checks a password. The attempt is counted before the password is looked at, so that parallel
 * guesses cannot pass the limit: five failures lock the account for 15 minutes from the fifth.
 * An unknown name takes as long as a wrong password.
 */
export async function checkPassword(
  store: ObjectStore, user: string, password: string, now: Date,
): Promise<PasswordCheck> {
  const counted = await updateUser(store, user, (entry) => {
    if (isLocked(entry, now)) return entry;
    const failures = (entry.locked_until === null ? entry.failures : 0) + 1;
    const until = new Date(now.getTime() + lockMinutes * 60_000).toISOString();
    return { ...entry, failures, locked_until: failures >= allowedFailures ? until : null };
  });
  const salt = Buffer.from(counted?.before.salt ?? "00", "hex");
  const hash = await hashPassword(password, salt, counted?.before.work ?? usualWork);
  if (!counted) return { kind: "wrong" };
  const { before } = counted;
  if (isLocked(before, now)) return { kind: "locked", until: before.locked_until ?? "" };
  if (!timingSafeEqual(hash, Buffer.from(before.hash, "hex"))) return { kind: "wrong" };
  await updateUser(store, user, (entry) => ({ ...entry, failures: 0, locked_until: null }));
  return { kind: "accepted", user: publicPart(before) };
}

/**
 * Gives a simulated home its three users: the leader of the province, a city's and a county's.
 * Passwords come from the seed (the home holds no real person) and are returned to be printed.
 */
export async function makeSimulatedUsers(
  store: ObjectStore, seed: string | number,
): Promise<readonly NewLocalUser[]> {
  const from = (what: string): Buffer => createHmac("sha256", `user ${seed}`).update(what).digest();
  const users = simulatedUsers.map((user): NewLocalUser =>
    ({ ...user, password: spellPassword(from(`password ${user.user}`)) }));
  const saltOf = (user: string): Uint8Array => from(`salt ${user}`).subarray(0, 16);
  await writeLocalUsers(store, users, { saltOf });
  return users;
}

const simulatedUsers: readonly LocalUser[] = [
  { user: "leader", name: "省级领导（模拟）", area_code: "51" },
  { user: "chengdu", name: "成都市项目办（模拟）", area_code: "5101" },
  { user: "jinjiang", name: "锦江区项目办（模拟）", area_code: "510104" },
];

/** A fresh password of the same kind. */
export function makePassword(): string {
  return spellPassword(randomBytes(12));
}

/** Twelve characters without look-alikes, in groups of four: about 59 bits. */
function spellPassword(bytes: Uint8Array): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const text = [...bytes.subarray(0, 12)].map((byte) => letters[byte % letters.length]).join("");
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

function isLocked(entry: StoredUser, now: Date): boolean {
  return entry.locked_until !== null && new Date(entry.locked_until) > now;
}

function publicPart({ user, name, area_code }: LocalUser): LocalUser {
  return { user, name, area_code };
}

async function readUsers(store: ObjectStore) {
  const object = await store.get(homeKeys.users);
  if (!object) return undefined;
  try {
    const file = JSON.parse(Buffer.from(object.body).toString("utf8")) as UsersFile;
    return { file, etag: object.etag };
  } catch (cause) {
    throw new ContractError(`${homeKeys.users}: invalid JSON`, { cause });
  }
}

/** Changes one user if nobody else changed the file meanwhile, else tries again. */
async function updateUser(
  store: ObjectStore, user: string, change: (entry: StoredUser) => StoredUser,
): Promise<{ readonly before: StoredUser } | undefined> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const found = await readUsers(store);
    const before = found?.file.users.find((entry) => entry.user === user);
    if (!found || !before) return undefined;
    const after = change(before);
    if (after === before) return { before };
    const users = found.file.users.map((entry) => (entry === before ? after : entry));
    const { written } = await store.put(
      homeKeys.users, textOf({ users }), { ifMatch: found.etag, mode: 0o600 });
    if (written) return { before };
  }
  throw new EngineError(`${homeKeys.users}: changed by others a hundred times in a row`);
}

function textOf(file: UsersFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

function hashPassword(password: string, salt: Uint8Array, work: number): Promise<Buffer> {
  const cost = { N: work, r: 8, p: 1, maxmem: 2 * 128 * 8 * work };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, 32, cost, (error, hash) =>
      (error ? reject(error) : resolve(hash)));
  });
}
