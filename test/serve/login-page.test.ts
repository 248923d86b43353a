import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publishRun } from "../../functions/publish/publish-run.ts";
import { serveHome } from "../../functions/serve/serve-home.ts";
import type { RunningSite } from "../../functions/serve/serve-home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { makeSimulatedUsers, writeLocalUsers } from "../../functions/shared/users.ts";
import { launchBrowser } from "../dashboards/browser.ts";
import { storeRun } from "../publish/store-run.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const runId = "2021-12-20-0a1b2c";
const base = mkdtempSync(join(tmpdir(), "dudao-login-"));
const store = createFolderStore(join(base, "home"));
let site: RunningSite;
let password = "";
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

/** Says where it is and who is logged in; enough of a shell to come to. */
const shell = `<!doctype html><html lang="zh-CN"><title>shell</title><p id="who"></p>
<script>fetch("/api/me").then((r) => r.json()).then((me) => {
  document.getElementById("who").textContent = location.hash + " " + me.user; });</script>`;

beforeAll(async () => {
  const launched = launchBrowser();
  mkdirSync(join(base, "shell"));
  writeFileSync(join(base, "shell", "index.html"), shell);
  const scratch = join(base, "scratch");
  await storeRun(store, scratch, {
    runId, asOf: "2021-12-20", counties: ["510104", "510105", "510302"],
  });
  await publishRun({ store, runId, scratch, log: silentLog, shellFolder: join(base, "shell") });
  const users = await makeSimulatedUsers(store, 1);
  await writeLocalUsers(store, users, { work: 2 ** 10 });
  password = users.find(({ user }) => user === "jinjiang")?.password ?? "";
  site = await serveHome({ store, now: () => new Date(), log: silentLog });
  browser = await launched;
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(base, { recursive: true, force: true });
});
beforeEach(async () => {
  complaints = [];
  context = await browser.newContext();
  page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Chromium reports our own 401 and 403 answers as errors of the network.
    if (message.type() === "error" && !/status of 40[13]/.test(message.text())) {
      complaints.push(message.text());
    }
  });
});
afterEach(() => context.close());

async function findFaults(): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    }).axe.run();
    const isWide = document.documentElement.scrollWidth > innerWidth;
    return [
      ...violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`),
      ...(isWide ? ["overflows"] : []),
    ];
  });
}

async function logIn(): Promise<void> {
  await page.goto(`${site.url}/login`);
  await page.fill("#user", "jinjiang");
  await page.fill("#password", password);
  await page.click("button");
  await page.waitForURL(/\/app\//);
}

describe.each([["1440 × 900", 1440, 900], ["390 × 844", 390, 844]])("at %s", (_, width, height) => {
  test("the login, its refusal, and the closed door have no axe violation", async () => {
    await page.setViewportSize({ width, height });
    await page.goto(`${site.url}/login`);
    expect(await findFaults()).toEqual([]);
    await page.fill("#user", "jinjiang");
    await page.fill("#password", "wrong password");
    await page.click("button");
    await page.waitForSelector('[role="alert"]');
    expect(await page.inputValue("#user")).toBe("jinjiang");
    expect(await findFaults()).toEqual([]);
    await logIn();
    const closed = await page.goto(`${site.url}/51/5101/510105/${runId}/scorecard.pdf`);
    expect(closed?.status()).toBe(403);
    expect(await page.textContent("main")).toContain("您的账号无权查看“青羊区”的数据");
    expect(await findFaults()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

test("the keyboard alone logs in, and the page that was asked for comes up", async () => {
  await page.goto(`${site.url}/#/51/5101/510104?lang=en`);
  expect(new URL(page.url()).pathname).toBe("/login");
  await page.waitForSelector("#user:focus");
  await page.keyboard.type("jinjiang");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#who:not(:empty)");
  expect(await page.textContent("#who")).toBe("#/51/5101/510104?lang=en jinjiang");
  expect(complaints).toEqual([]);
});

test("without script the login works too", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const bare = await plain.newPage();
  await bare.goto(`${site.url}/login`);
  await bare.fill("#user", "jinjiang");
  await bare.fill("#password", password);
  await bare.click("button");
  await bare.waitForURL(`${site.url}/app/#/51/5101/510104`);
  await plain.close();
});

test("a one-time link comes up logged in; logging out closes the door again", async () => {
  await page.goto(await site.oneTimeLink("jinjiang"));
  await page.waitForSelector("#who:not(:empty)");
  expect(await page.textContent("#who")).toBe("#/51/5101/510104 jinjiang");
  await page.goto(`${site.url}/51/5101/510105/${runId}/overview.arrow`);
  await page.click("button");
  await page.waitForURL(/\/login$/);
  const reply = await page.goto(`${site.url}/51/5101/510104/${runId}/overview.arrow`);
  expect(new URL(reply?.url() ?? "").pathname).toBe("/login");
  expect(await page.evaluate(() => document.cookie)).toBe("");
  expect(complaints).toEqual([]);
});
