// Takes the pictures of the README: serves a home, opens its pages, writes docs/*.png.
// usage: node scripts/make-pictures.mjs HOME [FOLDER]; the home must have been published
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildForNode } from "./build.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [homeFolder, folder = join(root, "docs")] = process.argv.slice(2);
if (!homeFolder || !existsSync(join(homeFolder, "publish", "app", "current.json"))) {
  process.stderr.write("pictures: missing: a published home\nusage: node scripts/make-pictures.mjs HOME [FOLDER]\n");
  process.exit(2);
}
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const county = "#/51/5101/510104";
const pictures = [
  { name: "province-1440", viewport: wide, hash: "#/51" },
  { name: "province-390", viewport: phone, hash: "#/51" },
  { name: "city-1440", viewport: wide, hash: "#/51/5101" },
  { name: "county-1440", viewport: wide, hash: county },
  { name: "county-390", viewport: phone, hash: county },
  { name: "runs-1440", viewport: wide, hash: "#/runs" },
];
const largestBytes = 600_000;

const { createFolderStore, launchBrowser, serveHome } = await load();
mkdirSync(folder, { recursive: true });
const site = await serveHome({
  store: createFolderStore(resolve(homeFolder)), now: () => new Date(), log: { record() {}, progress() {} },
});
const browser = await launchBrowser();
try {
  for (const picture of pictures) await takePage(picture);
  await takeLogin();
  await takeMail();
} finally {
  await browser.close();
  await site.close();
}

async function load() {
  const modules = [
    ["functions/serve/serve-home.ts", "pictures-serve.js"],
    ["functions/shared/object-store-folder.ts", "pictures-store.js"],
    ["test/dashboards/browser.ts", "pictures-browser.js"],
  ];
  const loaded = [];
  for (const [source, name] of modules) {
    loaded.push(await import(pathToFileURL(await buildForNode(source, name)).href));
  }
  return Object.assign({}, ...loaded);
}

async function takePage({ name, viewport, hash }) {
  await withPage(viewport, async (page) => {
    await page.goto(await site.oneTimeLink("leader"));
    await page.waitForSelector("footer");
    await page.evaluate((to) => { location.hash = to; }, hash);
    await page.waitForFunction((to) => location.hash === to, hash);
    // The parts that load after the first view, then the drawings at the width of their place.
    await page.waitForTimeout(1000);
    await page.waitForFunction(() =>
      document.querySelector("footer") && !document.querySelector(".waiting, .skeleton"));
    await shoot(page, name);
  });
}

async function takeLogin() {
  await withPage(wide, async (page) => {
    await page.goto(`${site.url}/login`);
    await shoot(page, "login");
  });
}

/** The HTML part of the first mail of the newest day of the outbox. */
async function takeMail() {
  const outbox = join(homeFolder, "outbox");
  const day = existsSync(outbox) ? readdirSync(outbox).sort().at(-1) : undefined;
  const file = day && readdirSync(join(outbox, day)).filter((name) => name.endsWith(".eml")).sort()[0];
  if (!file) {
    process.stderr.write("pictures: no mail in the outbox; mail.png stays as it is\n");
    return;
  }
  const html = htmlPartOf(readFileSync(join(outbox, day, file)));
  await withPage({ width: 720, height: 400 }, async (page) => {
    await page.setContent(html);
    await shoot(page, "mail");
  });
}

async function withPage(viewport, use) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1, locale: "zh-CN" });
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
  }
}

async function shoot(page, name) {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  const { size } = statSync(path);
  process.stdout.write(`${name}.png ${Math.round(size / 1000)} kB\n`);
  if (size > largestBytes) {
    process.stderr.write(`picture: larger than ${largestBytes} bytes: ${path}\n`);
    process.exitCode = 1;
  }
}

/** Text of the part `text/html` of a mail as the folder mailer writes it (mailer-eml.ts). */
function htmlPartOf(mail) {
  const text = mail.toString("latin1").replaceAll("\r\n", "\n");
  const at = /\ncontent-type: text\/html/i.exec(text)?.index;
  if (at === undefined) throw new Error("mail: missing: part text/html");
  const bodyAt = text.indexOf("\n\n", at + 1);
  const head = text.slice(at, bodyAt);
  const body = text.slice(bodyAt + 2).split(/\n--[^\n]+/)[0] ?? "";
  const encoding = /content-transfer-encoding:\s*(\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1").toString("utf8");
  const bytes = body.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
