import { readJson } from "../../functions/shared/read-json.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import type { NewLocalUser } from "../../functions/shared/users.ts";
import { launchBrowser } from "../dashboards/browser.ts";
import { startEdge } from "./edge.ts";
import { emulatedKeyId } from "./prepare-template.ts";

export interface Visit {
  readonly user: string;
  /** Heading of the county's own page. */
  readonly heading: string;
  /** Published files of others; each answered 403. */
  readonly refused: number;
}

/**
 * A county's user logs in at the deployed API, opens the own page in the browser by its cookies and
 * asks for what belongs to others. Throws Error where a door stands open or the own page stays shut.
 */
export async function visitCounty({ store, api, user, publicKey }: {
  readonly store: ObjectStore;
  /** Address of the deployed API. */
  readonly api: string;
  readonly user: NewLocalUser; readonly publicKey: string;
}): Promise<Visit> {
  const { site_url: site = "" } = await readJson<{ readonly site_url?: string }>(
    store, homeKeys.description) ?? {};
  const edge = await startEdge({
    store, api, host: new URL(site).host, key: { id: emulatedKeyId, pem: publicKey },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const county = `/${user.area_code.slice(0, 2)}/${user.area_code.slice(0, 4)}/${user.area_code}`;
    await page.goto(`${edge.url}/login`);
    await page.fill("#user", user.user);
    await page.fill("#password", user.password);
    await page.click("button");
    await page.waitForURL((url) => url.pathname === "/app/").catch(async (cause: unknown) => {
      const shown = (await page.textContent("body"))?.replace(/\s+/g, " ").trim();
      throw new Error(`login: the browser is at ${page.url()}, which says: ${shown}`, { cause });
    });
    await page.waitForSelector("main h1");
    const heading = (await page.textContent("main h1"))?.trim() ?? "";
    const { run_id: run = "" } = await readJson<{ readonly run_id?: string }>(
      store, homeKeys.current) ?? {};
    const ask = async (path: string): Promise<number> =>
      (await page.request.get(`${edge.url}${path}`)).status();
    const own = `${county}/${run}/scorecard.pdf`;
    if (await ask(own) !== 200) throw new Error(`${own}: status ${await ask(own)}; expected 200`);
    const slices = (await store.list(homeKeys.publishPrefix)).map(({ key }) => key)
      .filter((key) => /^publish\/\d/.test(key) && !key.startsWith(`publish${county}/`))
      .map((key) => key.slice("publish".length));
    const open: string[] = [];
    for (const path of slices) if (await ask(path) !== 403) open.push(path);
    if (open.length > 0) throw new Error(`open to ${user.user}: ${open.slice(0, 5).join(" ")}`);
    if (slices.length === 0) throw new Error("nothing of others is published");
    return { user: user.user, heading, refused: slices.length };
  } finally {
    await browser.close();
    await edge.close();
  }
}
