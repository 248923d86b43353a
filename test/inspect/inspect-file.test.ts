import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openHome } from "../../functions/commands/open-home.ts";
import { loadHomeContracts, readContractFiles } from "../../functions/ingest/contracts/load-contracts.ts";
import type { Inspection } from "../../functions/ingest/inspect/inspection.ts";
import { inspectFile } from "../../functions/ingest/inspect/inspect-file.ts";
import { studyFile } from "../../functions/ingest/inspect/study-file.ts";
import { readContracts } from "../../functions/measure/read-contracts.ts";
import { readHomeContracts } from "../../functions/shared/home-contracts.ts";
import { buildZip } from "../ingest/readers/build-zip.ts";
import { runCommand } from "../province/province-home.ts";

const folder = mkdtempSync(join(tmpdir(), "inspect-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, body: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, body);
  return path;
}
const request = (path: string) =>
  ({ path, contracts: [], seeds: [], isDeep: false, day: "2021-12-20" });

describe("reading under limits", () => {
  test("a file past its deadline is told by its format and the word of a crash", async () => {
    // Shorter than any process needs to start.
    const { inspection } = await inspectFile({
      ...request(write("long.csv", "a,b\n1,2\n")), deadlineSeconds: 0.001,
    });
    expect(inspection).toEqual({
      format: "csv", encoding: "utf-8", sheets: [], xapi: null,
      refused: "crashed: past the deadline of 0.001 s; counts are of the part read",
    } satisfies Inspection);
  });

  test("what is known grows while a file is read: a header from the first rows on", async () => {
    const path = write("rows.csv", `a,b\n${"1,2\n".repeat(400_000)}`);
    const known: Inspection[] = [];
    const { inspection } = await studyFile(request(path), (sofar) => known.push(sofar));
    expect(known.length).toBeGreaterThan(1);
    expect(known[0]?.sheets[0]).toMatchObject({ header_row: 1, columns: ["a", "b"], n_columns: 2 });
    const counts = known.map((sofar) => sofar.sheets[0]?.n_rows ?? 0);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(inspection.sheets[0]?.n_rows).toBe(400_001);
  });

  test("a file that needs more memory than it may is ended and told", async () => {
    const path = write("one.json", `{\n"a": [${"[1,2,3],".repeat(400_000)}[]]}`);
    const { inspection } = await inspectFile({ ...request(path), memoryMb: 90 });
    expect(inspection).toMatchObject({ format: "json", refused: expect.stringMatching(/^too_large: /) });
  });

  test("a gigabyte of zeros that takes no room is empty", async () => {
    const path = join(folder, "zeros.bin");
    const file = openSync(path, "w");
    ftruncateSync(file, 1024 ** 3);
    closeSync(file);
    const { inspection } = await inspectFile(request(path));
    expect(inspection).toEqual({
      format: "unknown", encoding: null, sheets: [], refused: "empty: 1073741824 bytes", xapi: null,
    } satisfies Inspection);
  });
});

describe("dudao inspect", () => {
  test("--json prints exactly the keys that scripts rely on, exit 0 also when refused", async () => {
    for (const [body, refused] of [["a,b\n1,2\n", false], ["\x7fELF", true]] as const) {
      const run = await runCommand("inspect", write("some.file", body), "--json");
      expect(run.code).toBe(0);
      const found = JSON.parse(run.out.join("\n")) as Inspection;
      expect(Object.keys(found)).toEqual(["format", "encoding", "sheets", "refused", "xapi"]);
      expect(found.refused !== null).toBe(refused);
      if (!refused) {
        expect(Object.keys(found.sheets[0] ?? {}))
          .toEqual(["name", "n_rows", "n_columns", "header_row", "columns"]);
      }
    }
  });

  test("reports in Chinese, in English when asked", async () => {
    const path = write("cut.xlsx", buildZip([{ name: "xl/workbook.xml", content: "<workbook/>" }]).subarray(0, 60));
    expect((await runCommand("inspect", path)).out.join("\n")).toMatch(/格式：xlsx[\s\S]*不能完整读取/);
    expect((await runCommand("inspect", path, "--lang", "en")).out.join("\n")).toMatch(/format: xlsx[\s\S]*cannot be read/);
  });

  test.each([
    ["a file that is not there", ["no-such-file"], "missing regular file"],
    ["a folder", [tmpdir()], "missing regular file"],
    ["a device", ["/dev/zero"], "missing regular file"],
    ["a language that is none", [write("x.csv", "a"), "--lang", "fr"], "accepted: zh en"],
    ["a contract without system", [write("x.csv", "a"), "--contract", "--export", "x"], "missing --system"],
    ["a contract of a table without persons", [write("y.csv", "甲,乙\n1,2\n"), "--contract", "--system", "x", "--export", "y"], "no column tells persons"],
    ["a contract of a file that cannot be read", [write("z.csv", ""), "--contract", "--system", "x", "--export", "y"], "没有任何数据"],
  ])("%s is a usage error", async (_, args, message) => {
    const run = await runCommand("inspect", ...args);
    expect(run.code).toBe(2);
    expect(run.err.join("\n")).toContain(message);
  });
});

describe("a home with contracts of its own", () => {
  const home = join(folder, "home");
  const put = (name: string, text: string): void => {
    mkdirSync(join(home, "contracts", name, ".."), { recursive: true });
    writeFileSync(join(home, "contracts", name), text);
  };

  test("a broken one stops every command at once: file, key, value, accepted, all together", async () => {
    put("zjk/lessons.json", JSON.stringify({ system: "zjk", mode: "half" }));
    put("zjk/other.json", "{");
    put("loose.json", "{}");
    for (const args of [["files"], ["nightly"], ["figures", "--as-of", "2021-12-20"]]) {
      const run = await runCommand(...args, "--home", home);
      expect(run.code).toBe(1);
      const text = run.err.join("\n");
      expect(text).toMatch(/zjk\/lessons\.json: mode: .*half; accepted: full, delta/);
      expect(text).toMatch(/zjk\/lessons\.json: .*: export; accepted/);
      expect(text).toContain("zjk/other.json: invalid JSON");
      expect(text).toContain("loose.json");
    }
  });

  test("doctor tells the same as one of its lines", async () => {
    const run = await runCommand("doctor", "--home", home);
    expect(run.code).toBe(1);
    expect(run.out.find((line) => line.startsWith("WRONG contracts"))).toContain("fault(s)");
    expect(run.out.some((line) => line.startsWith("ok    seeds"))).toBe(true);
  });

  test("one named as a shipped one replaces it", async () => {
    const own = join(folder, "override");
    const name = "survey/evaluations.json";
    const shipped = readContractFiles().find((file) => file.name === name);
    const changed = { ...JSON.parse(shipped?.text ?? "{}") as object, cadence_days: 90 };
    mkdirSync(join(own, "contracts", "survey"), { recursive: true });
    writeFileSync(join(own, "contracts", name), JSON.stringify(changed));
    const { store } = await openHome(own);
    const days = (contracts: Awaited<ReturnType<typeof loadHomeContracts>>) =>
      contracts.filter((c) => c.system === "survey").map((c) => c.cadence_days);
    expect(days(await loadHomeContracts(store))).toEqual([90]);
    const measured = readContracts(await readHomeContracts(store));
    expect(measured).toHaveLength(readContractFiles().length);
    expect(measured.find((file) => file.name === name)?.contract.cadenceDays).toBe(90);
  });
});
