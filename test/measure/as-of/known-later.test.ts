import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { measureRun } from "../../../functions/measure/measure-run.ts";
import { readFigures } from "../../../functions/measure/read-figures.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { createFolderStore } from "../../../functions/shared/object-store-folder.ts";
import { createDuckDbEngine } from "../../../functions/shared/sql-engine-duckdb.ts";
import { addDays } from "../second-computation/days.ts";
import { buildRandomHistory, dayOf } from "../second-computation/random-history.ts";
import { writeHome, writeLakeFiles } from "./made-up-home.ts";

const root = mkdtempSync(join(tmpdir(), "dudao-known-later-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A home of all nights of a history; after the day a person puts every earlier file on hold. */
async function makeHome(seed: number) {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const history = buildRandomHistory(seed);
  const files = await writeLakeFiles(connection, history, join(root, `files-${seed}`));
  connection.closeSync();
  instance.closeSync();
  const home = join(root, `home-${seed}`);
  const store = createFolderStore(home);
  await writeHome(store, history, files);
  const nights = [...new Set(files.map((f) => f.knownOn))].sort();
  const [day, last] = [dayOf(seed), nights.at(-1)!];
  const decision = { id: `${day}-1`, kind: "hold", after: day };
  await store.put(homeKeys.decision(decision.id), JSON.stringify(decision));
  const held = history.file_arrival.filter((f) => f.known_on < last)
    .map((f) => ({ ...f, known_on: last, status: "held", decision }));
  const ledger = Buffer.from((await store.get(homeKeys.ledger(last)))!.body).toString("utf8");
  await store.put(homeKeys.ledger(last),
    ledger + held.map((f) => `${JSON.stringify(f)}\n`).join(""));
  return { home, store, nights };
}

/** Deletes everything of a home that became known after a day; how many files that were. */
function forgetAfter(home: string, day: string): number {
  const later = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name))
    .filter((path) => path.includes("/private/decisions/")
      || (/(?:known_on=|(?:ledger|nights)\/)(\d{4}-\d{2}-\d{2})/.exec(path)?.[1] ?? "") > day);
  for (const path of later) rmSync(path);
  return later.length;
}

describe("what becomes known after a day", () => {
  it.each([2, 8])("of history %i changes no figure as of the day", async (seed) => {
    const { home, store, nights } = await makeHome(seed);
    const days = [addDays(nights.at(-1)!, -1), dayOf(seed), addDays(nights[3]!, -1)];
    const before = [];
    for (const asOf of days) before.push(await readFigures({ store, asOf }));
    for (const [i, asOf] of days.entries()) {
      expect(forgetAfter(home, asOf)).toBeGreaterThan(5);
      expect(await readFigures({ store, asOf })).toEqual(before[i]);
      // Other figures on other days: what was forgotten was not nothing.
      expect(before[i]!.length).toBeGreaterThan(100);
      expect(before[i]).not.toEqual(before[(i + 1) % days.length]);
    }
  }, 120_000);

  it("changes no byte of a run of the day, nor its name", async () => {
    const asOf = dayOf(3);
    const { home, store } = await makeHome(3);
    const measure = async () => {
      const { runId } = await measureRun({
        store, asOf, scratch: join(root, "scratch"), log: silentLog, engine: createDuckDbEngine(),
      });
      const folder = join(home, "runs", runId);
      return new Map(readdirSync(folder).map((name) =>
        [`${runId}/${name}`, readFileSync(join(folder, name)).toString("base64")]));
    };
    const first = await measure();
    rmSync(join(home, "runs"), { recursive: true });
    expect(forgetAfter(home, asOf)).toBeGreaterThan(5);
    const second = await measure();
    expect(second.size).toBeGreaterThan(6);
    expect(second).toEqual(first);
  }, 120_000);
});
