import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { UsageError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { requireSessionKey } from "../../functions/shared/session-key.ts";
import {
  checkPassword, findUser, listLocalUsers, makeSimulatedUsers, putLocalUser, removeLocalUser,
  writeLocalUsers,
} from "../../functions/shared/users.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-users-"));
let count = 0;
let root: string;
let store: ReturnType<typeof createFolderStore>;
const at = (minutes: number): Date => new Date(Date.UTC(2021, 11, 20, 8, minutes));
const anna = { user: "anna", name: "安娜", area_code: "510104", password: "right password" };

beforeEach(async () => {
  root = join(base, String(count++));
  store = createFolderStore(root);
  await writeLocalUsers(store, [anna], { work: 2 ** 10 });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const attempt = async (password: string, minutes = 0): Promise<string> =>
  (await checkPassword(store, "anna", password, at(minutes))).kind;

test("the right password opens, another does not, an unknown name neither", async () => {
  expect(await checkPassword(store, "anna", "right password", at(0))).toEqual({
    kind: "accepted", user: { user: "anna", name: "安娜", area_code: "510104" },
  });
  expect(await attempt("wrong password")).toBe("wrong");
  expect((await checkPassword(store, "nobody", "right password", at(0))).kind).toBe("wrong");
});

test("a home without users lets nobody in", async () => {
  const empty = createFolderStore(join(base, "empty"));
  expect((await checkPassword(empty, "anna", "right password", at(0))).kind).toBe("wrong");
});

test("the file is for its owner alone and holds no password", async () => {
  const path = join(root, homeKeys.users);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await attempt("wrong password");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).not.toContain("password");
});

describe("lock-out", () => {
  test("five failures lock for 15 minutes, also against the right password", async () => {
    for (let i = 0; i < 5; i++) expect(await attempt("guess", i)).toBe("wrong");
    expect(await attempt("right password", 5)).toBe("locked");
    expect(await attempt("right password", 18)).toBe("locked");
    expect(await attempt("right password", 19)).toBe("accepted");
  });

  test("a success before the fifth failure starts the count again", async () => {
    for (let i = 0; i < 4; i++) await attempt("guess");
    expect(await attempt("right password")).toBe("accepted");
    for (let i = 0; i < 4; i++) await attempt("guess");
    expect(await attempt("right password")).toBe("accepted");
  });

  test("after a lock four failures are free again", async () => {
    for (let i = 0; i < 5; i++) await attempt("guess");
    for (let i = 0; i < 4; i++) expect(await attempt("guess", 16)).toBe("wrong");
    expect(await attempt("right password", 16)).toBe("accepted");
  });

  test("guesses made at the same moment do not pass the limit", async () => {
    const kinds = await Promise.all(Array.from({ length: 12 }, () => attempt("guess")));
    expect(kinds.filter((kind) => kind === "wrong").length).toBe(5);
    expect(kinds.filter((kind) => kind === "locked").length).toBe(7);
  });
});

test.each([
  ["a name with a slash", { ...anna, user: "a/b" }],
  ["an area of five digits", { ...anna, area_code: "51010" }],
  ["a short password", { ...anna, password: "1234567" }],
])("%s is refused", async (_, user) => {
  await expect(writeLocalUsers(store, [user])).rejects.toThrow(UsageError);
});

test("one name twice is refused", async () => {
  await expect(writeLocalUsers(store, [anna, anna])).rejects.toThrow("user: duplicate name: anna");
});

test("a simulated home has a leader, a city and a county, the same for the same seed", async () => {
  const users = await makeSimulatedUsers(store, 1);
  const file = readFileSync(join(root, homeKeys.users), "utf8");
  expect(users.map(({ area_code: area }) => area)).toEqual(["51", "5101", "510104"]);
  for (const { user, password } of users) {
    expect((await checkPassword(store, user, password, at(0))).kind).toBe("accepted");
  }
  expect(await makeSimulatedUsers(store, 1)).toEqual(users);
  expect(readFileSync(join(root, homeKeys.users), "utf8")).toBe(file);
  const others = await makeSimulatedUsers(store, 2);
  expect(others.map((user) => user.password)).not.toEqual(users.map((user) => user.password));
  expect(await findUser(store, "leader")).toMatchObject({ area_code: "51" });
});

test("the session key is made once, for its owner alone", async () => {
  const keys = await Promise.all(Array.from({ length: 5 }, () => requireSessionKey(store)));
  expect(keys[0]?.length).toBe(32);
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(1);
  expect(statSync(join(root, homeKeys.sessionKey)).mode & 0o777).toBe(0o600);
  await store.put(homeKeys.sessionKey, "short");
  await expect(requireSessionKey(store)).rejects.toThrow("private/session.key: invalid key");
});

test("adds a user beside the others, gives one another area and password, removes one", async () => {
  store = createFolderStore(join(base, "managed"));
  const work = 2 ** 4;
  await putLocalUser(store, { user: "first", name: "甲", area_code: "51", password: "long enough 1" }, { work });
  await putLocalUser(store, { user: "second", name: "乙", area_code: "5101", password: "long enough 2" }, { work });
  await putLocalUser(store, { user: "first", name: "甲", area_code: "5101", password: "long enough 3" }, { work });
  expect(await listLocalUsers(store)).toEqual([
    { user: "first", name: "甲", area_code: "5101" }, { user: "second", name: "乙", area_code: "5101" },
  ]);
  const now = new Date("2021-12-20T08:00:00Z");
  expect((await checkPassword(store, "first", "long enough 1", now)).kind).toBe("wrong");
  expect((await checkPassword(store, "first", "long enough 3", now)).kind).toBe("accepted");
  await removeLocalUser(store, "first");
  expect((await checkPassword(store, "first", "long enough 3", now)).kind).toBe("wrong");
  await expect(removeLocalUser(store, "first")).rejects.toThrow("user: unknown: first");
  await expect(putLocalUser(store, { user: "x", name: "", area_code: "51", password: "long enough" }))
    .rejects.toThrow("user: invalid name: x");
});
