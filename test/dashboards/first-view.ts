import type { Browser } from "playwright-core";
import { launchBrowser } from "./browser.ts";

export interface FirstView {
  /** From the start of navigation to the mark `dudao-useful`: the first drawing is in the page. */
  readonly usefulMilliseconds: number;
  /** First contentful paint, as the browser reports it. */
  readonly paintMilliseconds: number | null;
  /** Bytes on the wire until then, headers included. */
  readonly transferredBytes: number;
  readonly requests: number;
}

export interface FirstViewConditions {
  readonly kilobitsPerSecond: number;
  readonly latencyMilliseconds: number;
  readonly cpuSlowdown: number;
  /** Cookies of a session, where the site asks for one: `name=value; …`. */
  readonly cookies?: string;
  readonly browser?: Browser;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The conditions of pages.md: a weak mobile network and a slow phone. */
export const weakPhone = {
  kilobitsPerSecond: 400, latencyMilliseconds: 400, cpuSlowdown: 6,
} as const;

/**
 * Opens `url` in a fresh browser profile under the conditions and waits for the page's first
 * useful view. Throws when it has not come after 30 s.
 */
export async function measureFirstView(
  url: string, conditions: FirstViewConditions = weakPhone,
): Promise<FirstView> {
  const browser = conditions.browser ?? await launchBrowser();
  const context = await browser.newContext({
    viewport: conditions.viewport ?? { width: 390, height: 844 },
    extraHTTPHeaders: conditions.cookies ? { cookie: conditions.cookies } : {},
  });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    const bytesPerSecond = conditions.kilobitsPerSecond * 1000 / 8;
    await session.send("Network.emulateNetworkConditions", {
      offline: false, latency: conditions.latencyMilliseconds,
      downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond,
    });
    await session.send("Emulation.setCPUThrottlingRate", { rate: conditions.cpuSlowdown });
    let transferredBytes = 0;
    let requests = 0;
    session.on("Network.loadingFinished", (event) => {
      transferredBytes += event.encodedDataLength;
      requests++;
    });
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForFunction(
      () => performance.getEntriesByName("dudao-useful").length > 0,
      undefined, { timeout: 30_000, polling: 50 });
    // The mark stands before the frame is on the screen: the paint is reported a little later.
    await page.waitForFunction(
      () => performance.getEntriesByName("first-contentful-paint").length > 0,
      undefined, { timeout: 30_000, polling: 50 });
    const times = await page.evaluate(() => ({
      useful: performance.getEntriesByName("dudao-useful")[0]?.startTime ?? Number.NaN,
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    }));
    return {
      usefulMilliseconds: times.useful, paintMilliseconds: times.paint, transferredBytes, requests,
    };
  } finally {
    await context.close();
    if (!conditions.browser) await browser.close();
  }
}
