import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import iconv from "iconv-lite";
import { afterAll, expect, it } from "vitest";
import { openIngestPool, type IngestPool } from "../../../functions/ingest/ingest-pool.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { openDuckDb, quoteText } from "../../../functions/shared/sql-engine-duckdb-open.ts";
import { people } from "./small-province.ts";
import { TrialHome } from "./trial-home.ts";

const homes = [new TrialHome(), new TrialHome()] as const;
const workersFolder = mkdtempSync(join(tmpdir(), "workers-"));
let pool: IngestPool | undefined;
afterAll(async () => {
  await pool?.close();
  for (const home of homes) home.remove();
  rmSync(workersFolder, { recursive: true, force: true });
});

const courseHeader = "项目名称,班级,姓名,账号,身份证号,市,区县,学校,课程编号,课程名称,课程进度(%)," +
  "观看时长(分钟),认定学时,是否合格,最近学习时间";
const sessionHeader = "序号,课堂编号,课堂类型,授课学校,听课学校标识码,教师编号,身份证号,签到时间," +
  "签退时间,时长(分钟),是否合格";
const registrationHeader = "登记编号,县（市、区）,行政区划代码,启动日期,方案文号,样板县,备案状态,更新时间";

const person = (k: number) => people[k % people.length];

/** Records 0 … rows - 1; each of `twice` comes again with other content, each of `same` as it is. */
function courses(
  rows: readonly number[], credit: (k: number) => number, twice: readonly number[] = [],
  same: readonly number[] = [],
): Uint8Array {
  const line = (k: number, hours: number): string => [
    `项目${k % 2}`, "1班", person(k)?.name, `u${k}`, k % 40 === 7 ? "4.3E+17" : person(k)?.idNumber,
    "成都市", "锦江区", "实验小学", `C${k}`, "信息化教学", "10", "30", `${hours}.5`, "是",
    "2021-02-03 10:00",
  ].join(",");
  return iconv.encode([courseHeader, ...rows.map((k) => line(k, credit(k))),
    ...twice.map((k) => line(k, credit(k) + 5)), ...same.map((k) => line(k, credit(k))), ""]
    .join("\r\n"), "gb18030");
}

function sessions(rows: readonly number[], minutes: number): string {
  return [sessionHeader, ...rows.map((k) => [
    k, `S${k}`, "专递课堂", "锦江小学", "5101040001", person(k)?.teacherNo, person(k)?.idNumber,
    "2021-02-03 10:00", "2021-02-03 10:40", minutes, "是",
  ].join(",")), ""].join("\n");
}

/** Versions of each record come in the order of their times, or against it. */
function registrations(days: readonly number[]): string {
  return [registrationHeader, ...days.flatMap((day) => Array.from({ length: 60 }, (_, k) =>
    `R${k},锦江区,510104,2021-01-05,,${k % 3 === day % 3 ? "是" : "否"},通过,2021-03-0${day} 08:00`)),
  ""].join("\n");
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);
const plain = (k: number): number => 1 + k % 3;

const nights: readonly (readonly [string, Readonly<Record<string, Uint8Array | string>>])[] = [
  ["2021-03-01", {
    "vendor-a/a.csv": courses(range(900), plain, [3, 500, 3, 899], [4, 500]),
    "yunjiao/a.csv": sessions(range(700), 40),
    "registry/县级启动登记.csv": registrations([1, 2]),
  }],
  // A few changes, a few records gone, among them one that came twice.
  ["2021-03-02", {
    "vendor-a/a.csv": courses(range(900).filter((k) => k !== 3 && k !== 10),
      (k) => (k % 300 === 1 ? 9 : plain(k)), [20]),
    "yunjiao/b.csv": sessions(range(710), 40),
    "registry/县级启动登记.csv": registrations([3, 2]),
  }],
  ["2021-03-03", { "vendor-a/a.csv": courses(range(901), plain) }],
  // Nearly everything changes.
  ["2021-03-04", {
    "vendor-a/a.csv": courses(range(901), () => 7), "yunjiao/c.csv": sessions(range(720), 50),
  }],
  ["2021-03-05", { "vendor-a/a.csv": courses(range(890), plain, [], [2]) }],
];

/** Keys with the bytes of their objects; times of work taken out, and the state, which is derived. */
async function contents(home: TrialHome): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const { key } of await home.store.list("")) {
    if (/^(landing|state)\//.test(key)) continue;
    const body = Buffer.from((await home.store.get(key))?.body ?? []);
    found[key] = /\.(nd)?json$/.test(key)
      ? body.toString("utf8").replace(/"seconds":[\d.]+/g, "") : body.toString("base64");
  }
  return found;
}

/** Rows of the state that a night left. */
async function countState(home: TrialHome, day: string): Promise<number> {
  const root = join(home.folder, "home", "state");
  const db = await openDuckDb({
    threads: 1, memoryLimit: "200MB", tempDir: join(home.folder, "spill"), allowed: [root],
  });
  try {
    const [[rows] = []] = (await db.connection.runAndReadAll(
      `SELECT count(*) FROM ${quoteText(join(root, `${day}.parquet`))}`)).getRowsJS();
    return Number(rows);
  } finally {
    db.close();
  }
}

it("stores the same of a file that is not compared, on its night and on all later ones", {
  timeout: 60_000,
}, async () => {
  const states: number[][] = [];
  await homes[0].store.put(homeKeys.tokenKey, "ab".repeat(32), { mode: 0o600 });
  pool = await openIngestPool({
    store: homes[0].store, scratch: workersFolder, log: silentLog, workers: 2, partBytes: 8_000,
  });
  for (const [day, files] of nights) {
    for (const home of homes) {
      for (const [name, body] of Object.entries(files)) await home.land(day, name, body);
    }
    const ledgers = [];
    for (const [i, home] of homes.entries()) {
      ledgers.push(await home.ledger(day, {
        workers: 2, pool, largeRows: i === 0 ? Infinity : 100, sharedRows: 500,
      }));
    }
    expect(ledgers[1]).toEqual(ledgers[0]);
    states.push([await countState(homes[0], day), await countState(homes[1], day)]);
  }
  const [compared, fresh] = [await contents(homes[0]), await contents(homes[1])];
  expect(Object.keys(fresh)).toEqual(Object.keys(compared));
  expect(Object.keys(fresh).filter((key) => fresh[key] !== compared[key])).toEqual([]);
  const inTwo = Object.keys(fresh).filter((key) => key.endsWith("/part-1.parquet"));
  expect(inTwo.map((key) => key.split("/")[2])).toEqual(["system=vendor-a", "system=yunjiao"]);
  // Of the file that was not compared the state names only what came in several versions, then
  // what changed since, and all of it again once that is most of it.
  expect(states.slice(0, 3)).toEqual([[937, 63], [937, 68], [938, 69]]);
  expect(states[4]?.[1]).toBe(states[4]?.[0]);
});
