import { formatDay, parseDay } from "../calendar.ts";
import { buildRandom } from "../random.ts";

export interface Person {
  readonly teacherNo: string;
  readonly name: string;
  /** 18 characters, area 000000 (never issued), valid check digit. */
  readonly idNumber: string;
  readonly phone: string;
}

const surnames = [
  ...("李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡" +
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"),
];
const given = [
  ..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国文斌志鹏晓燕春凤云飞小琴永康思雨佳怡子轩浩然雪莲德昌光荣世林海波玲珍莉淑慧巧美香月琼蓉瑞祥庆生成龙宏彬俊峰",
];

const firstBirthday = parseDay("1962-01-01");
/** A prime to the step below, so that a block of people has each birthday once. */
const nBirthdays = 12_783;

/** The person of a running number: invented, the same for the same seed, unique in every number. */
export function buildPerson(seed: number, index: number): Person {
  const random = buildRandom(seed, `person/${index}`);
  const name = random.pick(surnames) + random.pick(given) +
    (random.chance(0.7) ? random.pick(given) : "");
  const birthday = (index * 7919 + seed) % nBirthdays;
  const block = Math.floor(index / nBirthdays);
  const serial = ((block + birthday * 37) % 998) + 1;
  const stem = "000000" + formatDay(firstBirthday + birthday).replaceAll("-", "") +
    String(serial).padStart(3, "0");
  return {
    teacherNo: `51${String(20_000_000 + index * 3 + (seed % 3)).padStart(8, "0")}`,
    name,
    idNumber: stem + checkDigit(stem),
    phone: `199${String((index * 48_271 + seed * 7) % 100_000_000).padStart(8, "0")}`,
  };
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Check digit of the first 17 digits of an identity number (GB 11643-1999, ISO 7064 MOD 11-2). */
export function checkDigit(stem: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += Number(stem[i]) * weights[i]!;
  return "10X98765432"[sum % 11]!;
}
