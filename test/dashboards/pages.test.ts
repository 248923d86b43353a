import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { launchBrowser } from "./browser.ts";
import { makeUpProvince, runId } from "./made-up-province.ts";
import type { MadeUpProvince } from "./made-up-province.ts";
import { serveStatic } from "./static-site.ts";
import type { StaticSite } from "./static-site.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

let browser: Browser;
/** One profile for all pages: the shell comes from its cache after the first. */
let profile: BrowserContext;
let site: StaticSite;
let province: MadeUpProvince;
let shell: string;
/** What any page complained about; looked at after every test. */
let complaints: string[] = [];

beforeAll(async () => {
  shell = mkdtempSync(join(tmpdir(), "dudao-shell-"));
  province = makeUpProvince();
  const dashboards = join(packageRoot, "dashboards");
  await Promise.all([
    launchBrowser().then(async (launched) => {
      browser = launched;
      profile = await browser.newContext();
    }),
    build({
      root: dashboards, configFile: join(dashboards, "vite.config.ts"), logLevel: "warn",
      build: { outDir: shell },
    }),
  ]);
  site = await serveStatic(province.files, shell);
});

afterAll(async () => {
  await profile?.close();
  await browser?.close();
  await site?.close();
  rmSync(shell, { recursive: true, force: true });
});

async function open(hash: string, viewport = wide): Promise<Page> {
  complaints = [];
  const page = await profile.newPage();
  await page.setViewportSize(viewport);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(`${site.origin}/app/${hash}`, { waitUntil: "commit" });
  return page;
}

/** The page when all its parts are there. */
async function openWhole(hash: string, viewport = wide): Promise<Page> {
  const page = await open(hash, viewport);
  await page.waitForSelector("footer");
  await page.waitForFunction(() => document.querySelector(".waiting, .skeleton") === null);
  return page;
}

const pages = [
  { name: "province", hash: "#/51" },
  { name: "city", hash: "#/51/5101" },
  { name: "county", hash: "#/51/5101/510104" },
  { name: "county that has not reported", hash: "" },
  { name: "run", hash: "#/runs" },
  { name: "province in English", hash: "#/51?lang=en&map=progress" },
];

describe.each([["1440 × 900", wide], ["390 × 844", phone]] as const)("at %s", (_, viewport) => {
  it.each(pages)("the $name page has no axe violation and does not overflow", async ({ hash }) => {
    const unreported = province.unreported[0] ?? "";
    const page = await openWhole(
      hash || `#/51/${unreported.slice(0, 4)}/${unreported}`, viewport);
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { violations: found } = await (window as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }).axe.run();
      return found.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200)}`);
    });
    expect(violations).toEqual([]);
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("the province page", () => {
  it("answers in its first line, in words made from the figures", async () => {
    const page = await openWhole("#/51");
    const lead = await page.innerText("h1");
    expect(lead).toContain(`183 个县（市、区）已启动 ${province.startedCounties} 个`);
    expect(lead).toMatch(/距年底 60% 目标还差 \d+ 个县/);
    expect(await page.innerText("header")).toContain("截至 2021年11月30日");
    expect(await page.innerText("header")).toContain("8 / 9 个系统按时 · 3 县未报送");
    expect(await page.innerText("footer")).toContain(runId);
    await page.close();
  });

  it("draws every county as a link and hatches the ones that have not reported", async () => {
    const page = await openWhole("#/51?map=progress");
    expect(await page.locator(".map a[data-area]").count()).toBe(183);
    const silent = page.locator(`.map a[data-area="${province.unreported[0]}"]`);
    expect(await silent.locator("title").textContent()).toContain("未报送");
    expect(await silent.locator("title").textContent()).not.toContain("0.0%");
    expect(await silent.locator("path").count()).toBeGreaterThan(0);
    await page.locator(".map a[data-area='510104']").click();
    await page.waitForSelector("text=锦江区已");
    await page.goBack();
    await page.waitForSelector(".map");
    expect(page.url()).toContain("#/51?map=progress");
    await page.close();
  });

  it("switches the map, keeps the choice in the address, and shows switches only with figures", async () => {
    const page = await openWhole("#/51");
    const labels = await page.locator(".switch label").allInnerTexts();
    expect(labels.map((label) => label.trim())).toEqual(["启动", "学时进度", "达标", "数据报送"]);
    await page.locator(".switch label", { hasText: "数据报送" }).click();
    await page.waitForFunction(() => location.hash.includes("map=reporting"));
    const legend = await page.innerText(".legend");
    expect(legend).toContain("已报送 180");
    expect(legend).toContain("未报送 3");
    await page.close();
  });

  it("sorts the cities by any column, numbers first from the largest, and says so", async () => {
    const page = await openWhole("#/51");
    const head = page.locator("th", { hasText: "教师（人）" });
    await head.locator("button").click();
    await page.waitForSelector("th[aria-sort=descending] >> text=教师");
    expect(page.url()).toContain("sort=-teachers");
    const column = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
    const teachers = column.map((text) => Number(text.replaceAll(",", "")));
    expect(teachers).toHaveLength(21);
    expect(teachers).toEqual([...teachers].sort((a, b) => b - a));
    await head.locator("button").click();
    await page.waitForSelector("th[aria-sort=ascending] >> text=教师");
    expect(page.url()).toContain("sort=teachers");
    await page.close();
  });

  it("speaks English when asked and keeps the page", async () => {
    const page = await openWhole("#/51?map=completed");
    await page.getByText("English", { exact: true }).click();
    await page.waitForSelector("text=counties have started");
    expect(page.url()).toContain("map=completed");
    expect(await page.getAttribute("html", "lang")).toBe("en");
    await page.close();
  });

  it("shows a strip for each city on a phone", async () => {
    const page = await openWhole("#/51", phone);
    expect(await page.locator(".map a[data-area]").count()).toBe(21);
    await page.close();
  });

  it("stands before the program has arrived, in the same words", async () => {
    site.delays.set("overview.arrow", 1500);
    const page = await open("#/51");
    await page.waitForSelector("h1");
    const published = await page.innerText("h1");
    expect(await page.locator("footer").count()).toBe(0);
    expect(await page.evaluate(() => performance.getEntriesByName("dudao-useful").length)).toBe(1);
    await page.waitForSelector("footer");
    expect(await page.innerText("h1")).toBe(published);
    expect(await page.locator("h1").count()).toBe(1);
    expect(complaints).toEqual([]);
    site.delays.clear();
    await page.close();
  });

  it("can be walked with the keyboard alone", async () => {
    const page = await openWhole("#/51");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("跳到正文");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    const stops: string[] = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      stops.push(await page.evaluate(() => {
        const element = document.activeElement;
        const outline = element ? getComputedStyle(element).outlineStyle : "none";
        const label = element?.closest("label");
        const hasOutline = outline !== "none" ||
          (label ? getComputedStyle(label).outlineStyle !== "none" : false);
        return `${element?.tagName}:${element?.getAttribute("data-area") ?? ""}:${hasOutline}`;
      }));
      if (stops.at(-1)?.startsWith("a:")) break;
    }
    expect(stops.filter((stop) => !stop.endsWith("true") && !stop.startsWith("BODY"))).toEqual([]);
    expect(stops.at(-1)).toMatch(/^a:\d{6}:true$/);
    await page.keyboard.press("ArrowDown");
    const moved = await page.evaluate(() => document.activeElement?.getAttribute("data-area"));
    expect(moved).toMatch(/^\d{6}$/);
    expect(stops.at(-1)).not.toContain(moved);
    await page.keyboard.press("Enter");
    await page.waitForFunction((code) => location.hash.endsWith(code ?? "?"), moved);
    await page.close();
  });

  it("tells what a figure means", async () => {
    const page = await openWhole("#/51");
    await page.getByRole("button", { name: "口径 R1" }).click();
    await page.waitForSelector("dialog[open]");
    const words = await page.innerText("dialog");
    expect(words).toContain("已启动县占比");
    expect(words).toContain("全部县（市、区）");
    await page.getByRole("button", { name: "关闭" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
    await page.close();
  });

  it("opens each chart as a table", async () => {
    const page = await openWhole("#/51");
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.waitForFunction(() => document.querySelectorAll(".as-table table").length === 3);
    expect(await page.locator(".map .as-table tbody tr").count()).toBe(183);
    await page.close();
  });
});

describe("the county page", () => {
  it("says what is missing, and beside it city and province", async () => {
    const page = await openWhole("#/51/5101/510104");
    expect(await page.innerText("h1")).toMatch(/锦江区.*还缺 [\d,]+ 学时：线上 [\d,]+，实践 [\d,]+。/);
    expect(await page.locator("text=全省").count()).toBeGreaterThan(0);
    const card = page.getByRole("link", { name: "下载记分卡（PDF）" });
    expect(await card.getAttribute("href")).toBe(`../51/5101/510104/${runId}/scorecard.pdf`);
    expect(await page.locator("table tbody tr", { hasText: "小规模学校（合并）" }).count()).toBe(1);
    await page.close();
  });

  it("never shows 0 % where nothing was reported", async () => {
    const code = province.unreported[0] ?? "";
    const page = await openWhole(`#/51/${code.slice(0, 4)}/${code}`);
    const words = await page.innerText("main");
    expect(words).toContain("未报送");
    expect(words).not.toContain("0.0%");
    await page.close();
  });
});

describe("the run page", () => {
  it("shows numbers that add up, and what was refused and why", async () => {
    const page = await openWhole("#/runs");
    const lead = (await page.innerText("h1")).replaceAll(",", "");
    const [read = 0, accepted = 0, rejected = 0, duplicate = 0] =
      [...lead.matchAll(/(?:读入|接受|退回|重复) (\d+)/g)].map((match) => Number(match[1]));
    expect(read).toBeGreaterThan(0);
    expect(accepted + rejected + duplicate).toBe(read);
    expect(await page.innerText("main")).toContain("人员未填 7 行；学时无法识别或超出范围 5 行");
    await page.locator(".grid thead a:has-text('2021年11月27日')").click();
    await page.waitForSelector("text=缺少必需的列：idCard");
    expect(await page.locator("td.silent").count()).toBe(2);
    await page.close();
  });
});

describe("when something is missing", () => {
  it("names the area that the reader may not open", async () => {
    site.refused.set("/51/5103/", 403);
    const page = await open("#/51/5103");
    await page.waitForSelector("[role=alert]");
    expect(await page.innerText("[role=alert]")).toContain("您的账号不能查看自贡市的数据");
    site.refused.clear();
    await page.close();
  });

  it("asks for a login when the session has ended", async () => {
    site.refused.set("/51/", 401);
    const page = await open("#/51");
    await page.waitForSelector("text=请先登录");
    site.refused.clear();
    await page.close();
  });

  it("says that nothing was published yet", async () => {
    site.refused.set("/app/current.json", 404);
    const page = await open("#/51");
    await page.waitForSelector("text=尚无数据");
    site.refused.clear();
    await page.close();
  });

  it("says that a data file is damaged", async () => {
    const key = `publish/51/${runId}/overview.arrow`;
    const whole = site.files.get(key) ?? new Uint8Array();
    site.files.set(key, whole.subarray(0, 1000));
    const page = await open("#/51");
    await page.waitForSelector("text=数据文件损坏");
    site.files.set(key, whole);
    await page.close();
  });

  it("shows nothing for a second, then a skeleton", async () => {
    site.delays.set("overview.arrow", 2000);
    const page = await open("#/51/5101");
    await page.waitForSelector("header");
    expect(await page.locator(".skeleton").count()).toBe(0);
    await page.waitForSelector(".skeleton");
    await page.waitForSelector("footer");
    site.delays.clear();
    await page.close();
  });

  it("offers a newer publication and does not jump to it", async () => {
    const page = await openWhole("#/51");
    const pointer = site.files.get("publish/app/current.json") ?? new Uint8Array();
    site.files.set("publish/app/current.json",
      Buffer.from(JSON.stringify({ run_id: "2021-12-01-aaaaaa", as_of: "2021-12-01" })));
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await page.waitForSelector("text=已有2021年12月1日的新数据");
    expect(await page.innerText("header")).toContain("截至 2021年11月30日");
    site.files.set("publish/app/current.json", pointer);
    await page.close();
  });

  it("knows an address that does not exist", async () => {
    const page = await open("#/51/9999");
    await page.waitForSelector("text=没有这个页面");
    await page.close();
  });
});

describe("on paper", () => {
  it.each([
    { name: "province", hash: "#/51" },
    { name: "county", hash: "#/51/5101/510104" },
    { name: "run", hash: "#/runs" },
  ])("the $name page prints on A4 without clipped elements", async ({ hash }) => {
    const page = await openWhole(hash);
    await page.emulateMedia({ media: "print" });
    // A4 less the margins of @page, at 96 dots an inch.
    await page.setViewportSize({ width: 702, height: 1000 });
    const clipped = await page.evaluate(() => [...document.querySelectorAll("main *, footer *")]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || element.closest(".hidden, svg") !== null) return false;
        const style = getComputedStyle(element);
        const hides = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
        return box.right > innerWidth + 1 || box.left < -1 || hides;
      })
      .map((element) => `${element.tagName}.${element.getAttribute("class") ?? ""}`));
    expect(clipped).toEqual([]);
    const heads = page.locator("thead .print-only");
    for (const head of (await heads.all()).slice(0, 3)) expect(await head.isVisible()).toBe(true);
    const margins = await page.evaluate(() => document.adoptedStyleSheets
      .flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join(""));
    expect(margins).toContain(runId);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.toString("latin1")).toMatch(/MediaBox \[0 0 59[45]\.\d* 84[12]/);
    await page.close();
  });
});

