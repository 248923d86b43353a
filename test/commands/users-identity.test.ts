import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { homeKeys } from "../../functions/shared/home.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { findUserByIdentity } from "../../functions/shared/users.ts";
import { runCommand } from "../province/province-home.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-identity-"));
const store = createFolderStore(join(root, "home"));
const issuer = "https://id.example/realm";
const users = (...words: string[]) => runCommand("users", ...words, "--home", join(root, "home"));

beforeAll(() => store.put(homeKeys.description, JSON.stringify({
  version: 1, oidc: { issuer, client_id: "dudao" },
})));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a user of the home's issuer gets an area and no password", async () => {
  const { code, out } = await users("li", "--area", "510104", "--subject", "person-17");
  expect([code, out]).toEqual([0, [`li may see 510104 锦江区; logs in at ${issuer}`]]);
  expect(await findUserByIdentity(store, { issuer, subject: "person-17", email: "" }))
    .toMatchObject({ user: "li", area_code: "510104" });
  expect(await findUserByIdentity(store, { issuer: "https://x.example", subject: "person-17", email: "" }))
    .toBeUndefined();
});

test("an address is kept in lower case, at the issuer that is named", async () => {
  const other = "https://other.example";
  expect((await users("wang", "--area", "5103", "--email", "Wang@Edu.example", "--issuer", other)).code).toBe(0);
  expect(await findUserByIdentity(store, { issuer: other, subject: "s", email: "wang@edu.example" }))
    .toMatchObject({ user: "wang" });
  expect(await findUserByIdentity(store, { issuer: other, subject: "s", email: "" })).toBeUndefined();
});

test.each([
  [["--subject", "a", "--email", "a@b"], "--subject, --email: both; accepted: one of them"],
  [["--issuer", issuer], "--issuer: alone; accepted: with --subject or --email"],
  [["--subject", "a", "--issuer", "http://id.example"], "--issuer: invalid: http://id.example"],
  [["--email", "nobody"], "--email: invalid"],
  [["--subject", "person-17"], "user: identity: duplicate of li: two"],
])("%j is refused", async (words, message) => {
  const { code, err } = await users("two", "--area", "51", ...words);
  expect([code, err.join("\n")]).toEqual([2, expect.stringContaining(message)]);
});
