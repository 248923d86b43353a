import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ContractError, EngineError } from "../../functions/shared/errors.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { createSmtpMailer } from "../../functions/shared/mailer-smtp.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { openMailer, readMailEnvironment } from "../../functions/shared/open-mailer.ts";
import { describeMailer, sampleMail } from "./mailer.ts";
import { startSmtpServer, type SmtpAnswer, type SmtpTestServer } from "./smtp-server.ts";

const servers: SmtpTestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(answer?: SmtpAnswer): Promise<SmtpTestServer> {
  const server = await startSmtpServer(answer);
  servers.push(server);
  return server;
}
const plain = (port: number) => ({ host: "127.0.0.1", port, secure: false });

describeMailer("SMTP", async () => {
  const server = await start();
  return {
    mailer: createSmtpMailer(plain(server.port)),
    received: () => Promise.resolve(server.received),
  };
});

test("names sender and recipients to the server by their addresses alone", async () => {
  const { port, commands } = await start();
  await createSmtpMailer(plain(port)).send({ ...sampleMail, to: ["办公室 <a@dudao.example>", "b@dudao.example"] });
  expect(commands.filter((c) => /^(MAIL|RCPT)/.test(c)).map((c) => /<.*?>/.exec(c)?.[0]))
    .toEqual(["<noreply@dudao.example>", "<a@dudao.example>", "<b@dudao.example>"]);
});

test("says in the server's words that a mail was refused, also for one of two addresses", async () => {
  const all = await start((c) => (c.startsWith("RCPT") ? "550 no such mailbox" : undefined));
  expect(await createSmtpMailer(plain(all.port)).send(sampleMail))
    .toMatchObject({ state: "refused", detail: expect.stringContaining("550 no such mailbox") as string });
  const one = await start((c) => (c.includes("<b@") ? "550 no such mailbox" : undefined));
  expect(await createSmtpMailer(plain(one.port)).send({ ...sampleMail, to: ["a@x.example", "b@x.example"] }))
    .toMatchObject({ state: "refused", detail: expect.stringContaining("1 of the addresses") as string });
  const later = await start((c) => (c.startsWith("DATA") ? "451 try later" : undefined));
  expect((await createSmtpMailer(plain(later.port)).send(sampleMail)).state).toBe("refused");
});

test("throws where nobody answers or the connection ends: what became of the mail is not known", async () => {
  const gone = await start();
  await gone.close();
  await expect(createSmtpMailer(plain(gone.port), "", [1]).send(sampleMail)).rejects.toThrow(EngineError);
  const cut = await start((c) => (c.startsWith("DATA") ? null : undefined));
  await expect(createSmtpMailer(plain(cut.port)).send(sampleMail)).rejects.toThrow(EngineError);
});

test("calls a server again that is not there yet, and never hands a mail over twice", async () => {
  let calls = 0;
  const late = await start((c) => (c.startsWith("EHLO") && ++calls < 3 ? null : undefined));
  expect((await createSmtpMailer(plain(late.port), "", [1, 1]).send(sampleMail)).state).toBe("accepted");
  expect(late.received).toHaveLength(1);
  const cut = await start((c) => (c.startsWith("DATA") ? null : undefined));
  await expect(createSmtpMailer(plain(cut.port), "", [1, 1]).send(sampleMail)).rejects.toThrow(EngineError);
  expect(cut.commands.filter((c) => c.startsWith("DATA"))).toHaveLength(1);
});

test("sends no password over a connection that cannot be encrypted", async () => {
  const { port, commands } = await start();
  await expect(createSmtpMailer({ ...plain(port), user: "dudao" }, "secret-word", []).send(sampleMail))
    .rejects.toThrow(EngineError);
  expect(commands.join("\n")).not.toMatch(/AUTH|secret-word/);
});

test("a home without a mail server writes its outbox alone; with one both have the same bytes", async () => {
  const store = createFolderStore(mkdtempSync(join(tmpdir(), "dudao-smtp-")));
  const { port, received } = await start();
  await (await openMailer(store, {})).send(sampleMail);
  expect(received).toEqual([]);
  await store.put(homeKeys.description, JSON.stringify({
    mail: { host: "127.0.0.1", port, secure: false, from: "督导 <office@county.example>" },
  }));
  const mailer = await openMailer(store, {});
  const mail = { ...sampleMail, key: "second" };
  expect((await mailer.send(mail)).state).toBe("accepted");
  const kept = await store.get("outbox/2021-12-20/second.eml");
  expect(received).toEqual([Buffer.from(kept?.body ?? []).toString("latin1")]);
  expect(received[0]).toContain("<office@county.example>");
  // A key that lies in the outbox was handed over before.
  expect((await mailer.send(mail)).state).toBe("refused");
  expect(received).toHaveLength(1);
});

test.each([
  [{ host: "smtp example" }, "mail.host"], [{ host: "a", port: 0 }, "mail.port"],
  [{ host: "a", secure: "yes" }, "mail.secure"], [{ host: "a", from: "nobody" }, "mail.from"],
  [{ host: "a", user: "dudao" }, "missing password"],
])("the settings %j are refused before any night", async (mail, message) => {
  const store = createFolderStore(mkdtempSync(join(tmpdir(), "dudao-smtp-")));
  await store.put(homeKeys.description, JSON.stringify({ mail }));
  const opened = openMailer(store, {});
  await expect(opened).rejects.toThrow(ContractError);
  await expect(opened).rejects.toThrow(message);
});

test("the words of a stack name the server of its function", () => {
  expect(readMailEnvironment({})).toBeUndefined();
  expect(readMailEnvironment({ DUDAO_MAIL_HOST: "smtp.example.cn", DUDAO_MAIL_USER: "dudao" })).toEqual({
    host: "smtp.example.cn", port: 465, secure: true, user: "dudao", from: undefined,
  });
  expect(readMailEnvironment({ DUDAO_MAIL_HOST: "relay", DUDAO_MAIL_PORT: "25", DUDAO_MAIL_FROM: "a@b.cn" }))
    .toEqual({ host: "relay", port: 25, secure: false, user: undefined, from: "a@b.cn" });
});
