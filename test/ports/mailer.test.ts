import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolderMailer } from "../../functions/shared/mailer-eml.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { describeMailer, sampleMail } from "./mailer.ts";

async function makeFolderMailer() {
  const store = createFolderStore(mkdtempSync(join(tmpdir(), "dudao-mail-")));
  return {
    store,
    mailer: createFolderMailer(store, "outbox/"),
    received: async () => {
      const mails: string[] = [];
      for (const { key } of await store.list("outbox/")) {
        mails.push(Buffer.from((await store.get(key))?.body ?? []).toString("latin1"));
      }
      return mails;
    },
  };
}

describeMailer("folder of .eml", makeFolderMailer);

test("a folder mailer never overwrites a mail of the same key", async () => {
  const { mailer, received } = await makeFolderMailer();
  await mailer.send(sampleMail);
  const before = await received();
  expect(await mailer.send({ ...sampleMail, text: "another" })).toMatchObject({ state: "refused" });
  expect(await received()).toEqual(before);
});
