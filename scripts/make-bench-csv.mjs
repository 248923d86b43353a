// Writes vendor-a rows as GB18030 and the same text as UTF-8; identity numbers of area 000000 only.
// 1 % bad rows of six kinds, 0.5 % duplicates.
import iconv from "iconv-lite";
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const [gbPath, utf8Path, count] = process.argv.slice(2);
const total = Number(count);
const header = "项目名称,班级,姓名,账号,身份证号,市,区县,学校,课程编号,课程名称,课程进度(%),观看时长(分钟),认定学时,是否合格,最近学习时间";
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function identityNumber(i) {
  // A thousand persons a birthday: every number is another person's.
  const born = new Date(Date.UTC(1965, 0, 1 + Math.floor(i / 1000) * 37)).toISOString().slice(0, 10).replaceAll("-", "");
  const head = `000000${born}${String(i % 1000).padStart(3, "0")}`;
  const sum = [...head].reduce((s, ch, k) => s + Number(ch) * weights[k], 0);
  return head + "10X98765432"[sum % 11];
}

const bad = [
  (r) => { r[4] = "4.3E+17"; }, (r) => { r[4] = "0000**********1234"; }, (r) => { r[12] = "9999"; },
  (r) => { r[13] = "可能"; }, (r) => { r[14] = "2021-13-45"; }, (r) => { r[8] = ""; },
];

const outs = [createWriteStream(gbPath), createWriteStream(utf8Path)];
const write = async (text) => {
  for (const [i, bytes] of [iconv.encode(text, "gb18030"), Buffer.from(text)].entries()) {
    if (!outs[i].write(bytes)) await once(outs[i], "drain");
  }
};
await write(`${header}\r\n`);
let chunk = "";
let previous = "";
let rejected = 0;
let duplicate = 0;
for (let i = 0; i < total; i++) {
  let line;
  if (i > 0 && i % 200 === 0) {
    line = previous;
    duplicate += 1;
  } else {
    const person = i % 250_000;
    const cells = ["2021年全员培训项目", `${1 + (person % 40)}班`, "王建国", `u${person}`, identityNumber(person), "成都市", "锦江区",
      "实验小学", `C${100 + Math.floor(i / 250_000)}-${i % 7}`, "信息化教学设计与实践", String(i % 101), String(30 + (i % 200)),
      `${1 + (i % 8)}.5`, "是", `2021.0${1 + (i % 9)}.1${i % 10} 13:2${i % 10}`];
    if (i % 100 === 57) {
      bad[Math.floor(i / 100) % bad.length](cells);
      rejected += 1;
    } else previous = `${cells.join(",")}\r\n`;
    line = `${cells.join(",")}\r\n`;
  }
  chunk += line;
  if (chunk.length > 1 << 20) { await write(chunk); chunk = ""; }
}
await write(chunk);
for (const out of outs) { out.end(); await once(out, "finish"); }
process.stdout.write(JSON.stringify({ rows: total, expected_rejected: rejected, expected_duplicate: duplicate }));
