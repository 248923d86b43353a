import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAddress } from "../../dashboards/address.ts";
import { findArea } from "../../functions/shared/areas.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { launchBrowser } from "./browser.ts";
import { makeUpProvince, runId } from "./made-up-province.ts";
import type { MadeUpProvince } from "./made-up-province.ts";
import { serveStatic } from "./static-site.ts";
import type { StaticSite } from "./static-site.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

const everywhere = Buffer.from(JSON.stringify({
  user: "leader", name: "省级领导", areas: [{ code: "51", name: "四川省" }],
}));

let browser: Browser;
/** One profile for all pages: the shell comes from its cache after the first. */
let profile: BrowserContext;
let site: StaticSite;
let province: MadeUpProvince;
let shell: string;
/** What any page complained about since it was opened. */
let complaints: string[] = [];
/** One page for the tests that only look: it goes from address to address as a reader does. */
let reader: Page | undefined;

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
  site.files.set("publish/api/me", everywhere);
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

/** The reader's page at an address, loaded once and then followed by its links. */
async function visit(hash: string): Promise<Page> {
  reader ??= await openWhole(hash);
  await reader.evaluate(async (to) => {
    location.hash = to;
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  }, hash);
  await reader.waitForFunction((area) => {
    const mark = document.querySelector("footer") && document.querySelector("#main h1");
    return mark && document.querySelector(".waiting, .skeleton") === null &&
      (document.querySelector("nav b a, nav b")?.textContent ?? "") === area;
  }, areaOfHash(hash));
  return reader;
}

function areaOfHash(hash: string): string {
  const address = parseAddress(hash);
  return address.page === "runs" ? "数据与运行" : findArea(address.area)?.name ?? "";
}

async function findViolations(page: Page): Promise<readonly string[]> {
  const violations = await page.evaluate(async () => {
    const { violations: found } = await (window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    }).axe.run();
    return found.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200)}`);
  });
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  return (widths[0] ?? 0) > (widths[1] ?? 0) ? [...violations, `overflows: ${widths}`] : violations;
}

const pages = [
  { name: "province", hash: "#/51" },
  { name: "city", hash: "#/51/5101" },
  { name: "county", hash: "#/51/5101/510104" },
  { name: "county that has not reported", hash: "" },
  { name: "run", hash: "#/runs" },
  { name: "province in English", hash: "#/51?lang=en&map=progress" },
];

describe("at 1440 × 900 and at 390 × 844", () => {
  it.each(pages)("the $name page has no axe violation and does not overflow", async ({ hash }) => {
    const unreported = province.unreported[0] ?? "";
    const page = await openWhole(hash || `#/51/${unreported.slice(0, 4)}/${unreported}`);
    await page.evaluate(axe);
    expect(await findViolations(page)).toEqual([]);
    await page.setViewportSize(phone);
    // The charts are drawn anew at the new width.
    await page.waitForFunction(() => [...document.querySelectorAll(".drawing svg")].every((svg) =>
      Number(svg.getAttribute("width")) === Math.floor(svg.parentElement?.clientWidth ?? 0)));
    expect(await findViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("the province page", () => {
  it("answers in its first line, in words made from the figures", async () => {
    const page = await visit("#/51");
    const lead = await page.innerText("h1");
    expect(lead).toContain(`183 个县（市、区）已启动 ${province.startedCounties} 个`);
    expect(lead).toMatch(/距年底 60% 目标还差 \d+ 个县/);
    expect(await page.innerText("header")).toContain("截至 2021年11月30日");
    expect(await page.innerText("header")).toContain("8 / 9 个系统按时 · 3 县未报送");
    expect(await page.innerText("footer")).toContain(runId);
  });

  it("draws every county as a link and hatches the ones that have not reported", async () => {
    const page = await visit("#/51?map=progress");
    expect(await page.locator(".map a[data-area]").count()).toBe(183);
    const silent = page.locator(`.map a[data-area="${province.unreported[0]}"]`);
    expect(await silent.locator("title").textContent()).toContain("未报送");
    expect(await silent.locator("title").textContent()).not.toContain("0.0%");
    expect(await silent.locator("path").count()).toBeGreaterThan(0);
    await page.locator(".map a[data-area='510104']").click();
    await page.waitForSelector("text=锦江区已");
    await page.goBack();
    await page.waitForSelector(".map svg");
    expect(page.url()).toContain("#/51?map=progress");
  });

  it("switches the map, keeps the choice in the address, and shows switches only with figures", async () => {
    const page = await visit("#/51");
    const labels = await page.locator(".switch label").allInnerTexts();
    expect(labels.map((label) => label.trim())).toEqual(["启动", "学时进度", "达标", "数据报送"]);
    await page.locator(".switch label", { hasText: "数据报送" }).click();
    await page.waitForFunction(() => location.hash.includes("map=reporting"));
    await page.waitForSelector(".legend >> text=已报送 180");
    expect(await page.innerText(".legend")).toContain("未报送 3");
  });

  it("sorts the cities by any column, numbers first from the largest, and says so", async () => {
    const page = await visit("#/51");
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
    const page = await visit("#/51");
    await page.getByRole("button", { name: "口径 R1" }).click();
    await page.waitForSelector("dialog[open]");
    const words = await page.innerText("dialog");
    expect(words).toContain("已启动县占比");
    expect(words).toContain("全部县（市、区）");
    await page.getByRole("button", { name: "关闭" }).click();
    await page.waitForSelector("dialog", { state: "detached" });
  });

  it("opens each chart as a table", async () => {
    const page = await visit("#/51");
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.waitForFunction(() => document.querySelectorAll(".as-table table").length === 3);
    expect(await page.locator(".map .as-table tbody tr").count()).toBe(183);
  });
});

describe("the city page", () => {
  it("names the counties that have not started and links every scorecard", async () => {
    const page = await visit("#/51/5101");
    expect(await page.innerText(".reading")).toMatch(/尚未启动：.+[区县市]/);
    const cards = page.locator("tbody a[href$='scorecard.pdf']");
    expect(await cards.count()).toBe(20);
    expect(await cards.first().getAttribute("href")).toBe(`../51/5101/510104/${runId}/scorecard.pdf`);
  });
});

describe("the way out", () => {
  it("logs out by a form and forgets the area of the last reader", async () => {
    const page = await openWhole("#/51/5101");
    expect(await page.evaluate(() => localStorage.getItem("dudao-area"))).toBeTruthy();
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.method() === "POST"),
      page.getByRole("button", { name: "退出登录" }).click(),
    ]);
    expect(new URL(request.url()).pathname).toBe("/logout");
    await page.waitForURL("**/logout");
    await page.goto(`${site.origin}/app/#/51`, { waitUntil: "commit" });
    await page.waitForSelector("footer");
    expect(await page.evaluate(() => localStorage.getItem("dudao-area"))).toBe("51");
    await page.close();
  });

  it("links only areas that are open to the account", async () => {
    site.files.set("publish/api/me", Buffer.from(JSON.stringify({
      user: "jinjiang", name: "锦江区", areas: [{ code: "510104", name: "锦江区" }],
    })));
    const page = await openWhole("#/51/5101/510104");
    await page.waitForFunction(() => document.querySelectorAll("nav a").length === 0);
    expect(await page.innerText("nav")).toMatch(/四川省\s*›\s*成都市\s*›\s*锦江区/);
    site.files.set("publish/api/me", everywhere);
    await page.close();
  });
});

describe("the county page", () => {
  it("says what is missing, and beside it city and province", async () => {
    const page = await visit("#/51/5101/510104");
    expect(await page.innerText("h1")).toMatch(/锦江区.*还缺 [\d,]+ 学时：线上 [\d,]+，实践 [\d,]+。/);
    expect(await page.locator("text=全省").count()).toBeGreaterThan(0);
    const card = page.getByRole("link", { name: "下载记分卡（PDF）" });
    expect(await card.getAttribute("href")).toBe(`../51/5101/510104/${runId}/scorecard.pdf`);
    expect(await page.locator("table tbody tr", { hasText: "不足5人的学校（合并）" }).count()).toBe(1);
  });

  it("draws the history as known today and as known then, and the same as a table", async () => {
    const page = await visit("#/51/5101/510104");
    const part = page.locator("section:has(h2:has-text('学时进度的历史'))");
    expect(await part.locator("svg desc").textContent()).toMatch(/按今天所知：.*按当时所知：\d+ 天/);
    expect(await part.locator("svg circle").count()).toBeGreaterThan(2);
    expect(await part.innerText()).toMatch(/与今天所知不同的有 \d+ 天，最多相差 [\d.]+ 个百分点/);
    await part.locator("summary").click();
    expect(await part.locator("tbody tr").first().innerText()).toMatch(/2021年11月30日\s+[\d.]+%\s+[\d.]+%/);
  });

  it("names kinds of schools in words and hides small groups in words", async () => {
    const page = await visit("#/51/5101/510104");
    const schools = await page.locator("section:has(h2:text-is('学校')) tbody").innerText();
    expect(schools).toMatch(/第4中心小学[^]*村小\s+乡村/);
    expect(schools).not.toMatch(/school|rural|town/);
    expect(await page.innerText(".groups")).toContain("人数过少不显示");
    expect(await page.innerText(".groups")).not.toMatch(/\d%/);
  });

  it("never shows 0 % where nothing was reported", async () => {
    const code = province.unreported[0] ?? "";
    const page = await visit(`#/51/${code.slice(0, 4)}/${code}`);
    const words = await page.innerText("main");
    expect(words).toContain("未报送");
    expect(words).not.toContain("0.0%");
    expect(words).not.toMatch(/(^|[^\d,])0 \/ /);
    expect(words).toMatch(/— \/ [\d,]+/);
  });
});

describe("the run page", () => {
  it("shows numbers that add up, and what was refused and why", async () => {
    const page = await visit("#/runs");
    const lead = (await page.innerText("h1")).replaceAll(",", "");
    const [read = 0, accepted = 0, rejected = 0, duplicate = 0] =
      [...lead.matchAll(/(?:读入|接受|退回|重复) (\d+)/g)].map((match) => Number(match[1]));
    expect(read).toBeGreaterThan(0);
    expect(accepted + rejected + duplicate).toBe(read);
    expect(await page.innerText("main")).toContain("人员未填 7 行；学时无法识别或超出范围 5 行");
    await page.locator("td.cell.refused").click();
    await page.waitForSelector("text=缺少必需的列：idCard");
    expect(page.url()).toContain("day=2021-11-27");
    expect(await page.locator("td.refused").getAttribute("title"))
      .toBe("2021年11月27日：拒收（文件 1，拒收 1，暂扣 0）");
    expect(await page.locator("td.silent").count()).toBe(2);
    expect(await page.innerText(".reading p")).toMatch(/拒收 1 个文件。截至2021年11月30日：1 个系统逾期/);
    expect(await page.locator("main section:nth-of-type(3) tbody tr").first().innerText())
      .toContain("拒收");
  });
});

describe("the cost of a night on the run page", () => {
  it("names price, list and what is not known", async () => {
    const page = await visit("#/runs");
    const cost = page.locator("section", { hasText: "云上费用" });
    await cost.waitFor();
    const words = await cost.innerText();
    expect(words).toMatch(/cn-north-1\s+未知 \(缺价格：s3 put, s3 get\)\s+—/);
    expect(words).toMatch(/us-east-1\s+0\.0194 USD\s+2021年12月1日/);
    expect(words).toContain("58 次函数调用，215 GB·秒；写请求 2,890、读请求 1,410；扫描 0 B。本夜发布之后的步骤尚未计入");
    expect(words).toContain("价目来源：https://prices.example/list。");
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
    { name: "city", hash: "#/51/5101" },
    { name: "county", hash: "#/51/5101/510104" },
    { name: "run", hash: "#/runs" },
  ])("the $name page prints on A4 without clipped elements", async ({ hash }) => {
    const page = await visit(hash);
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
    await page.emulateMedia({ media: null });
    await page.setViewportSize(wide);
  });
});

