import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { commands, main } from "../../../functions/cli.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import { findSecretsInFolder, plainForm, SecretFinder } from "./find-secrets.ts";
import { buildProvinceNight, people, rosterHeader } from "./small-province.ts";

const folder = mkdtempSync(join(tmpdir(), "nobody-"));
const root = join(folder, "home");
const temporary = join(folder, "tmp");
const day = "2021-03-01";
const emails = ["ouyang.xiheng@mail.example", "fuze@mail.example"];
const secrets = [...emails, ...people.flatMap((p) =>
  [p.name, p.idNumber, p.idNumber.slice(0, 17), p.phone, p.account])];
const finder = new SecretFinder(secrets);
const said: string[] = [];
const before = process.env["TMPDIR"];

/** A command line in this process; everything it says is kept for the scan. */
async function dudao(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const lines: string[] = [];
  const code = await main(args, {
    out: (line) => lines.push(line), err: (line) => lines.push(line), isTerminal: false,
    env: { DUDAO_LOG: "json", DUDAO_DEBUG: "1" }, now: () => new Date("2021-03-02T02:00:00Z"),
    interrupted: () => Promise.resolve(),
  });
  said.push(...lines.map((line) => `${args[0]}: ${line}`));
  return { code, text: lines.join("\n") };
}

/** In a file's name: ledger, receipts and `files --json` hold names as addresses. */
const [idInName, phoneInName] = ["000000198001010013", "13900009999"];
const [p0, p1, p2] = people as [typeof people[0] & object, typeof people[0] & object, typeof people[0] & object];
/** Files that are refused, or whose rows are, with persons where a message might quote them. */
const hostile: readonly (readonly [string, string | Uint8Array])[] = [
  ["registry/教师名册-缺列.csv", `姓名,身份证号,手机号\n${p0.name},${p0.idNumber},${p0.phone}\n`],
  ["registry/教师名册-引号.csv", `${rosterHeader.join(",")}\n"${p1.name},${p1.idNumber}\n${p1.phone}`],
  ["registry/随便.csv", `${p0.name},${p1.name}\n${p0.idNumber},${p1.idNumber}\n`],
  ["credit/坏.json", `[{"employeeName":"${p2.name}","idCard":"${p2.idNumber}",`],
  ["credit/不是.json", `"${p2.name} ${p2.idNumber} ${p2.phone}"`],
  ["lrs/坏.ndjson", `{"actor":{"name":"${p1.name}","account":{"name":"${p1.account}"}}\n`],
  ["vendor-a/截断.xlsx", Buffer.from(`PK\u0003\u0004${p0.name}${p0.idNumber}`)],
  ["vendor-b/网页.xls", `<html><table><tr><td>${p2.name}<td>${p2.phone}</table>`],
  ["practice/510104_错.csv", `县,学校\n${p0.name},${p0.account}\n`],
  ["survey/多一列.csv",
    `评价编号,评价类型,行政区划代码,评价日期,得分,样本量,${p0.idNumber},${p1.phone}\n`],
  [`survey/${idInName}的评价${phoneInName}.csv`, "空\n"],
  ["survey/别的.csv", `姓名,邮箱\n${p1.name},${emails[1]}\n`],
];

beforeAll(async () => {
  mkdirSync(temporary);
  process.env["TMPDIR"] = temporary;
  const store = createFolderStore(root);
  const files = [...(await buildProvinceNight()).map(({ name, body }) => [name, body] as const),
    ...hostile];
  for (const [name, body] of files) {
    const [system, file] = name.split("/");
    await store.put(`landing/${system}/${day}/${file}`, body, { mode: 0o600 });
  }
  await store.put("home.json", "{}");
}, 60_000);
afterAll(() => {
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  rmSync(folder, { recursive: true, force: true });
});

const privatePlaces = /^(landing|quarantine|slips|private|\.store)\//;

describe("the scan", () => {
  it("finds a person in every disguise", () => {
    const [name, number] = [p0.name, p0.idNumber];
    const spaced = [...name].join("\u3000");
    const wide = [...number].map((c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)).join("");
    expect(finder.inText(`x ${spaced} y`)).toContain(name);
    expect(finder.inText(wide)).toContain(number);
    expect(finder.inBytes(Buffer.from(name, "utf16le"))).toContain(name);
    expect(finder.inBytes(gzipSync(`a${number}b`))).toContain(number);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50);
    const packed = deflateRawSync(Buffer.from(name));
    const entry = Buffer.alloc(46);
    entry.write("PK\u0001\u0002", "latin1");
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    expect(finder.inBytes(Buffer.concat([header, packed, entry]))).toContain(name);
    const mail = `Subject: =?UTF-8?B?${Buffer.from(name).toString("base64")}?=\n\nx`;
    expect(finder.inBytes(Buffer.from(mail))).toContain(name);
    expect(plainForm(" Ａ b")).toBe("ab");
  });
});

describe("a whole night with every command", () => {
  beforeAll(async () => {
    expect((await dudao("nightly", "--home", root)).code).toBe(0);
    const asked = [
      ["files", "--json"], ["files"], ["unmatched", "--as-of", day], ["unmatched", "--as-of", day, "--json"],
      ["figures", "--as-of", day, "--json"], ["explain", "teacher", p2.idNumber, "--as-of", day],
      ["explain", "teacher", p2.idNumber, "--as-of", day, "--json"],
      ["explain", "teacher", "000000199912310011", "--as-of", day],
      ["slip", `registry/${day}/教师名册.csv`], ["slip", `registry/${day}/教师名册.csv`, "--json"],
      ["alerts", "list"], ["doctor"], ["doctor", "--json"], ["nightly", "--json"],
    ];
    for (const words of asked) await dudao(...words, "--home", root);
    for (const command of commands) await dudao(command.name, "--no-such-option", p0.idNumber);
    await dudao("explain", p1.idNumber, p1.name, "--home", root, "--as-of", day);
  }, 240_000);

  it("takes and refuses what it should, so that there is something to tell", async () => {
    const ledger = await readLedger(createFolderStore(root));
    expect(ledger.filter((row) => row.status === "refused").length).toBeGreaterThanOrEqual(7);
    expect(ledger.filter((row) => row.status === "partly").length).toBeGreaterThanOrEqual(5);
  });

  it("leaves no person in lake, state, runs, publication, mails, ledger, receipts or nights", async () => {
    const { found, files } = await findSecretsInFolder(
      root, finder, (key) => !privatePlaces.test(key));
    expect(found).toEqual([]);
    expect(files).toBeGreaterThan(800);
    const places = new Set(readdirSync(root));
    expect([...places].filter((name) => name.startsWith("."))).toEqual([".store"]);
  });

  it("shows no number that stands in a file's name", async () => {
    const inName = new SecretFinder([idInName, phoneInName]);
    const { found } = await findSecretsInFolder(root, inName, (key) => !privatePlaces.test(key));
    expect(found.filter((line) => !/ledger\/|receipts\//.test(line))).toEqual([]);
    const shown = said.filter((line) => !line.startsWith("files: {"));
    expect(shown.filter((line) => inName.inText(line).length > 0)).toEqual([]);
    expect(shown.join("\n")).toContain("******************的评价***********.csv");
  });

  it("keeps names and numbers of slips in the slips alone, for their owner", async () => {
    const inSlips = await findSecretsInFolder(root, finder, (key) => key.startsWith("slips/"));
    expect(inSlips.found.length).toBeGreaterThan(5);
    for (const place of ["landing", "quarantine", "slips", "private"]) {
      for (const entry of readdirSync(join(root, place), { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        const mode = statSync(path).mode & 0o777;
        expect({ path, mode }).toEqual({ path, mode: entry.isFile() ? 0o600 : 0o700 });
      }
      expect(statSync(join(root, place)).mode & 0o777).toBe(0o700);
    }
  });

  it("says no person's name, number, phone, account or address in any output", () => {
    expect(said.length).toBeGreaterThan(60);
    // The last call names a person itself: what is unknown is quoted to whoever typed it.
    const found = said.filter((line) => !/no-such-option|explain: unknown/.test(line))
      .flatMap((line) => finder.inText(line).map((secret) => `${secret} in: ${line}`));
    expect(found).toEqual([]);
  });

  it("leaves nothing in the system's temporary folder", () => {
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(join(root, ".store"))).toEqual([]);
  });
});

const given = process.env["DUDAO_SCAN_HOME"];
if (given !== undefined) describe("a home that is given (DUDAO_SCAN_HOME)", () => {
  it("has no person of its rolls outside the private places", async () => {
    const home = given;
    const store = createFolderStore(home);
    const rolls = (await store.list("landing/registry/")).map((o) => o.key)
      .filter((key) => /教师名册[^/]*\.csv$/.test(key));
    const persons = new Set<string>();
    for (const key of rolls.slice(0, 3)) {
      const text = new TextDecoder("gb18030").decode((await store.get(key))?.body);
      for (const cell of text.split(/[\r\n,"]+/)) {
        if (/^(\d{17}[\dXx]|1\d{10}|\S+@\S+)$/.test(cell)) persons.add(cell);
      }
    }
    expect(persons.size).toBeGreaterThan(500);
    const own = new SecretFinder([...persons].slice(0, 1_500));
    const { found } = await findSecretsInFolder(home, own, (key) =>
      !privatePlaces.test(key) && !key.startsWith("publish/51/") && key !== "truth.json");
    expect(found).toEqual([]);
  }, 600_000);
});
