import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  alertRun, listFindings, listMailKeys, planFindings,
} from "../../functions/alert/alert-run.ts";
import type { FindingRow } from "../../functions/alert/finding-life.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createFolderMailer } from "../../functions/shared/mailer-eml.ts";
import type { Mailer } from "../../functions/shared/mailer.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";

const rows: readonly FindingRow[] = [{
  rule_code: "source_silent", area_code: "51", subject: "vendor-b",
  severity: "warning", since_on: "2021-12-10", n: 10, d: 9,
}];
const areaNames = new Map([["51", "四川省"]]);

function makeStore(): ObjectStore {
  return createFolderStore(mkdtempSync(join(tmpdir(), "dudao-alert-")));
}
async function night(store: ObjectStore, asOf: string, found: readonly FindingRow[], mailer?: Mailer) {
  const findings = await planFindings({ store, asOf, rows: found });
  return alertRun({
    store, asOf, findings, areaNames, siteUrl: "https://dudao.example", log: silentLog,
    mailer: mailer ?? createFolderMailer(store, "outbox/"),
  });
}
async function mailsOf(store: ObjectStore): Promise<readonly string[]> {
  return (await store.list("outbox/")).map((o) => o.key);
}

describe("alert", () => {
  test("a silent system gives one mail to its steward and one to the province office", async () => {
    const store = makeStore();
    expect(await night(store, "2021-12-20", rows)).toEqual({ sent: 2, refused: 0, findings: 1 });
    const mails = await mailsOf(store);
    expect(mails.map((m) => m.replace(/\.[0-9a-f]{6}\.eml$/, ""))).toEqual([
      "outbox/2021-12-20/digest.province-office.2021-12-20",
      "outbox/2021-12-20/digest.steward-vendor-b.2021-12-20",
    ]);
    expect(await listMailKeys(store)).toMatchObject([
      { result: "accepted", recipient_id: "province-office" },
      { result: "accepted", recipient_id: "steward-vendor-b" },
    ]);
  });

  test("a second run of the night sends nothing and keeps the same bytes", async () => {
    const store = makeStore();
    await night(store, "2021-12-20", rows);
    const before = await Promise.all((await mailsOf(store)).map((k) => store.get(k)));
    expect(await night(store, "2021-12-20", rows)).toMatchObject({ sent: 0 });
    const after = await Promise.all((await mailsOf(store)).map((k) => store.get(k)));
    expect(after).toEqual(before);
  });

  test("nothing is sent on a day without news; the reminder and the end are", async () => {
    const store = makeStore();
    await night(store, "2021-12-20", rows);
    expect(await night(store, "2021-12-21", rows)).toMatchObject({ sent: 0, findings: 1 });
    expect(await night(store, "2021-12-27", rows)).toMatchObject({ sent: 2, findings: 1 });
    expect(await night(store, "2021-12-28", [])).toMatchObject({ sent: 2, findings: 0 });
    expect(await night(store, "2021-12-29", [])).toMatchObject({ sent: 0, findings: 0 });
    expect(await listFindings(store)).toMatchObject([{ state_code: "resolved", resolved_on: "2021-12-28" }]);
  });

  test("the key is written before the mail: a crash in between never sends twice", async () => {
    const store = makeStore();
    const broken: Mailer = { send: () => Promise.reject(new Error("connection lost")) };
    await expect(night(store, "2021-12-20", rows, broken)).rejects.toThrow("connection lost");
    expect(await listMailKeys(store)).toMatchObject([{ result: "pending", recipient_id: "province-office" }]);
    expect(await night(store, "2021-12-20", rows)).toMatchObject({ sent: 1 });
    expect((await mailsOf(store)).map((m) => m.split(".")[1])).toEqual(["steward-vendor-b"]);
  });

  test("the mail is Chinese, names what and by when, and survives a strict reader", async () => {
    const root = mkdtempSync(join(tmpdir(), "dudao-alert-"));
    const store = createFolderStore(root);
    await night(store, "2021-12-20", rows);
    const [first] = await mailsOf(store);
    const eml = readFileSync(join(root, first ?? ""), "utf8");
    expect(eml).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(eml).toContain("multipart/alternative");
    const subject = [...eml.matchAll(/=\?UTF-8\?B\?([^?]+)\?=/g)]
      .map((m) => Buffer.from(m[1] ?? "", "base64").toString("utf8")).join("");
    expect(subject).toContain("网络研修平台 B已 10 天没有新的导出数据，请于 2021年12月27日 前恢复报送");
    expect(Math.max(...eml.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
  });
});
