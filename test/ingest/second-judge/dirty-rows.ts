import fc from "fast-check";
import type { Contract, ContractField } from "../../../functions/ingest/contracts/contract.ts";
import type { Cell } from "./second-judge.ts";

const ids = ["000000198001010013", "00000019851224003x", "000000700101001"];
const good: Readonly<Partial<Record<ContractField["kind"], readonly string[]>>> = {
  teacher_no: ["T00000001", "T00000002", "510104000001"], id_number: ids,
  school_code: ["5101040001", "5101040002"],
  area: ["510104", "510132", "513402", "510104001", "510104001001", ""],
  city: ["5101", "510100", "成都市", "凉山彝族自治州"], area_any: ["51", "510000", "5101", "510104"],
  area_or_school: ["5101", "510104", "5101040001"],
  day: ["2021-03-01", "2021/3/1", "44256", "20210301", "2021年3月1日", ""],
  instant: ["2021-03-01 8:05", "2021.3.1T08:05:09", "44256.25", "2021-03-01"],
  event: ["2021-03-01", "2021.3.1 13:24", "44256.5", "2021-06-01 23:59", "2021-03-01 0:00"],
  credit: ["6", "1.5", "90分钟", "2小时", "1.333", "3学时", "200", "0"],
  minutes: ["45", "40.55", "0.01", "9000"], duration: ["PT1H5M2S", "P1D", "PT0.9S", "P0W"],
  yes_no: ["是", "否", "1", "N"], identifier: ["A1", "甲-1", "某 二"], boolean: [""],
  ability: ["A1", "C7", "L5101-01"], local_ability: ["L5101-01", "L5134-02"],
  score: ["90.5", "0", "100"], count: ["1", "30"],
  uuid: ["3f2b8c1e-0d7a-4c55-9d21-000000000001", "3F2B8C1E-0D7A-4C55-9D21-000000000002"],
  email: ["a@example.org"], year: ["2021", "2000"], ignored: ["1", "2"],
  text: ["甲", "一小", "", "成都市", "护照", "居民身份证"],
};
const odd = [
  "", "-", "无", "n/a", "/", "'-", "昨天", "-1", "9999", "1e3", "0000**********0013", "4.3E+17",
  "T-1", "5101", "510100", "999999", "锦江区", "市中区", "510104.0", "2021-02-29", "2021-13-01",
  "1999-12-31", "2021-06-02", "29999", "60000", "44256.999999", "200.01", "1.005", "1:30", "P4W",
  "P4W1D", "P1Y", "PT150H", "true", "TRUE", "Y", "3-是", "L5199-01", "a1", "2101", "2 021", "1.50",
  "合计", "总计:", "小计3", "=1+1", "A".repeat(101), "000000198001010014", "000000198002300013",
  "E12345(6)", "5E12345", "x@y", "a b@c.cn", "00", "3", "５", "①", "100.001", "0.825分",
  "2021-03-01 24:00", "2021-03-01 8:5", "ﬁ", "𠮷",
];
const counties = ["锦江区", "锦江", "市中区", "新津县", "会理市", "高新区", ""];

function cellOf(field: ContractField): fc.Arbitrary<string> {
  const plain = field.kind === "list" ? [
    ...Object.keys(field.values ?? {}), ...Object.keys(field.values ?? {}).map((v) => `3-${v}`),
  ] : field.person_as === "id_number" ? [...ids, ""]
    : field.person_as === "teacher_no" ? ["T00000001", "T00000002", ""]
      : field.field === "county_name" ? counties
        : field.field === "city_name" ? ["成都市", "乐山市", ""]
          : good[field.kind] ?? [""];
  return fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom(...plain) },
    { weight: 2, arbitrary: fc.constantFrom(...plain).chain(decorate) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.constantFrom(...odd).chain(decorate) },
  );
}

/** The same text as hands and spreadsheets write it. */
function decorate(text: string): fc.Arbitrary<string> {
  const wide = text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
  return fc.constantFrom(
    ` ${text}`, `${text}\u3000`, `\t${text}`, `'${text}`, `="${text}"`, `${text}\u200b`, wide,
    `\u202a${text}\u202c`, [...text].join(" "), `${text}\n`, `\ufeff${text}`, `${text}\u00a0`,
    `\u0001${text}`, `${text}。`, text.toLowerCase(), `${text}\u2003${text}`,
  );
}

/** The same rows with values of a JSON object among the texts. */
export function dirtyObjects(contract: Contract): fc.Arbitrary<readonly (readonly Cell[])[]> {
  const value = fc.constantFrom<Cell>(
    6, 1.5, 0, 1, 12, 200.01, 1e-7, 44256, 44256.25, 2021, 510104, 5101040001, 999999999999999,
    1e15, 9.8765e17, 1e21, -1, true, false, null,
  );
  return dirtyRows(contract).chain((rows) => fc.array(
    fc.tuple(fc.nat(), fc.nat(), value), { maxLength: 30 },
  ).map((changes) => {
    const objects = rows.map((row): Cell[] => contract.fields.map((_, i) => row[i] ?? null));
    for (const [row, column, changed] of changes) {
      const cells = objects[row % objects.length] as Cell[];
      cells[column % cells.length] = changed;
    }
    return objects;
  }));
}

/** Rows of a table whose header names every field of the contract in order. */
export function dirtyRows(contract: Contract): fc.Arbitrary<readonly (readonly string[])[]> {
  const row = fc.tuple(...contract.fields.map(cellOf));
  const headers = contract.fields.map((f) => f.header);
  const other = fc.oneof(
    fc.constant(headers),
    row.map((cells) => headers.map((h, i) => (i % 5 === 0 ? cells[i] ?? "" : h))),
    row.map((cells) => headers.map((h, i) => (i % 3 === 0 ? cells[i] ?? "" : h))),
    row.map((cells) => cells.map((c, i) => (i === 1 ? c : ""))),
    row.map((cells) => [...cells, "多"]), row.map((cells) => [...cells, "", "无"]),
    row.map((cells) => cells.slice(0, -1)), row.map((cells) => ["合计", ...cells.slice(1)]),
    fc.constant([""]),
  );
  return fc.array(
    fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: other }),
    { minLength: 12, maxLength: 12 },
  );
}
