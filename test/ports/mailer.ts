import { describe, expect, test } from "vitest";
import type { Mail, Mailer } from "../../functions/shared/mailer.ts";

export const sampleMail: Mail = {
  key: "digest.province-office.2021-12-20.a1b2c3",
  from: "督导数据平台 <noreply@dudao.example>",
  to: ["project-office@dudao.example"],
  subject: "【督导】网络研修平台 B 已 10 天没有新的导出数据，请于 2021年12月27日 前恢复报送",
  html: "<!doctype html><p>数据截至 2021年12月20日</p>",
  text: "数据截至 2021年12月20日\n",
  sentAt: "2021-12-20T06:00:00+08:00",
  attachments: [{
    fileName: "退回清单.txt", contentType: "text/plain", body: Buffer.from("退回 3 行"), contentId: "slip",
  }],
};

export interface MailerUnderTest {
  readonly mailer: Mailer;
  /** Raw messages that the next hop received, in order. */
  received(): Promise<readonly string[]>;
}

/** What every mailer must do; each implementation runs this file's suite. */
export function describeMailer(name: string, make: () => Promise<MailerUnderTest>): void {
  describe(`mailer: ${name}`, () => {
    test("hands a mail over once and says so", async () => {
      const { mailer, received } = await make();
      expect(await mailer.send(sampleMail)).toMatchObject({ state: "accepted" });
      expect(await received()).toHaveLength(1);
    });

    test("writes Chinese headers as encoded words, never as raw bytes", async () => {
      const { mailer, received } = await make();
      await mailer.send(sampleMail);
      const [raw = ""] = await received();
      const headers = raw.slice(0, raw.indexOf("\r\n\r\n"));
      expect([...headers].every((ch) => ch.charCodeAt(0) < 0x80)).toBe(true);
      expect(decodeSubject(headers)).toBe(sampleMail.subject);
      expect(headers).toContain("To: project-office@dudao.example");
      expect(headers).toContain("Date: Sun, 19 Dec 2021 22:00:00 +0000");
    });

    test("carries text, HTML and an inline attachment with a Chinese name", async () => {
      const { mailer, received } = await make();
      await mailer.send(sampleMail);
      const [raw = ""] = await received();
      expect(raw).toContain("Content-Type: text/plain; charset=utf-8");
      expect(raw).toContain("Content-Type: text/html; charset=utf-8");
      expect(raw).toContain("Content-ID: <slip>");
      expect(raw).toContain(encodeURIComponent("退回清单.txt"));
    });

    test("gives the same bytes for the same mail", async () => {
      const [first, second] = [await make(), await make()];
      await first.mailer.send(sampleMail);
      await second.mailer.send(sampleMail);
      expect(await first.received()).toEqual(await second.received());
    });
  });
}

function decodeSubject(headers: string): string {
  const line = /^Subject: ((?:.|\r\n[ \t])*)/m.exec(headers)?.[1] ?? "";
  return line.replace(/\?=\r\n[ \t]=\?UTF-8\?[BQ]\?/g, "?==?UTF-8?B?")
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, b64: string) => Buffer.from(b64, "base64").toString("utf8"))
    .replace(/\r\n[ \t]/g, "");
}
