import iconv from "iconv-lite";
import { afterEach, expect, it } from "vitest";
import { people } from "./small-province.ts";
import { TrialHome } from "./trial-home.ts";

const homes: TrialHome[] = [];
afterEach(() => { for (const home of homes.splice(0)) home.remove(); });

function openHome(): TrialHome {
  const home = new TrialHome();
  homes.push(home);
  return home;
}

const header = "项目名称,班级,姓名,账号,身份证号,市,区县,学校,课程编号,课程名称,课程进度(%)," +
  "观看时长(分钟),认定学时,是否合格,最近学习时间";

/** Rows of vendor-a, some of them bad, some repeated at once and some much later. */
function courses(rows: number, change: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const k = i % 7 === 6 ? i - 1 : i % 50 === 49 ? i % 40 : i;
    const p = people[k % people.length];
    return [
      `项目${k % 3}`, `${k % 5}班`, p?.name, `u${k}`, k % 40 === 7 ? "4.3E+17" : p?.idNumber,
      "成都市", "锦江区", k % 9 === 0 ? '"实验\n小学"' : "实验小学", `C${k}`, "信息化教学",
      "10", "30", k % 60 === 13 ? "9999" : `${1 + ((k + change) % 3)}.5`, "是", "2021-02-03 10:00",
    ].join(",");
  });
  return [header, "", ...lines, "合计,1", "", ""].join("\r\n");
}

/** Rows of yunjiao: all of them news in the first night, a third of them in the second. */
function sessions(name: string, rows: number, change: number): string {
  const header = "序号,课堂编号,课堂类型,授课学校,听课学校标识码,教师编号,身份证号,签到时间,签退时间," +
    "时长(分钟),是否合格";
  const lines = Array.from({ length: rows }, (_, i) => {
    const k = i % 90 === 89 ? i - 40 : i;
    const p = people[k % people.length];
    return [
      i, `${name}${k}-${k % 3 === 0 ? change : 0}`, "专递课堂", "锦江小学", k % 70 === 3 ? "12" : "5101040001",
      p?.teacherNo, p?.idNumber, "2021-02-03 10:00", "2021-02-03 10:40", 40, "是",
    ].join(",");
  });
  return [header, ...lines, ""].join("\n");
}

/** Statements, some of them broken, repeated, without duration, or voiding one that came before. */
function statements(lines: number, change: number): string {
  const idOf = (i: number): string => `5f0c1e2a-9b3d-4c77-8a10-${String(i).padStart(12, "0")}`;
  const verbs = "http://adlnet.gov/expapi/verbs/";
  return Array.from({ length: lines }, (_, i) => {
    if (i % 97 === 11) return i % 2 === 0 ? " " : `{"id":"${idOf(i)}"`;
    const k = i % 60 === 59 ? i - 40 : i;
    const isVoiding = k % 83 === 71;
    return JSON.stringify({
      id: idOf(k),
      actor: { account: {
        homePage: `https://${k % 5 === 0 ? "other" : "registry.scdx"}.example`,
        name: people[k % people.length]?.teacherNo,
      } },
      verb: { id: `${verbs}${isVoiding ? "voided" : "completed"}` },
      object: isVoiding ? { objectType: "StatementRef", id: idOf(k - 20) }
        : { id: `https://a.example/${k % 7}`, definition: { name: { "zh-CN": "信息化教学" } } },
      result: { completion: true, ...(k % 70 === 3 ? {} : { duration: `PT${1 + (k + change) % 3}H` }) },
      timestamp: `2021-02-0${1 + k % 9}T08:00:05+08:00`,
    });
  }).join("\r\n");
}

/** Keys with the bytes of their objects; times of work taken out. */
async function contents(home: TrialHome): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const { key } of await home.store.list("")) {
    if (key.startsWith("landing/")) continue;
    const body = Buffer.from((await home.store.get(key))?.body ?? []);
    const isText = /\.(nd)?json$/.test(key);
    found[key] = isText ? body.toString("utf8").replace(/"seconds":[\d.]+/g, "")
      : body.toString("base64");
  }
  return found;
}

it("leaves the same bytes of a night whether a text was judged in parts or not", async () => {
  const kept: Readonly<Record<string, string>>[] = [];
  for (const partBytes of [1_000_000_000, 40_000]) {
    const home = openHome();
    for (const [day, change] of [["2021-03-01", 0], ["2021-03-02", 1]] as const) {
      await home.land(day, "vendor-a/a.csv", iconv.encode(courses(3_000, change), "gb18030"));
      await home.land(day, "vendor-a/b.csv", courses(300, change));
      await home.land(day, "yunjiao/a.csv", sessions("A", 2_000, change));
      await home.land(day, "yunjiao/b.csv", sessions("B", 1_500, change));
      await home.land(day, "lrs/a.ndjson", `\uFEFF${statements(1_200, change)}`);
      const [l, a] = await home.ledger(day, { workers: 2, partBytes });
      if (day === "2021-03-01") {
        expect(l).toMatch(/^lrs\/a\.ndjson partly 1194=\d{4}\+\d\d\+\d\d u0$/);
        expect(a).toMatch(/^vendor-a\/a\.csv partly 3000=\d+\+\d+\+\d{3} u0$/);
      }
    }
    kept.push(await contents(home));
  }
  const [whole, parts] = kept;
  expect(Object.keys(parts ?? {})).toEqual(Object.keys(whole ?? {}));
  expect(Object.keys(whole ?? {}).filter((key) => whole?.[key] !== parts?.[key])).toEqual([]);
});
