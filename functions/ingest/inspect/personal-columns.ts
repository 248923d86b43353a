import { isIdentityNumber } from "../judge/parse-identity.ts";

const personalHeader = new RegExp([
  "身份证|证件号|姓名|手机|电话|联系方式|邮箱|住址|地址|出生|账号|帐号|微信|QQ|首席信息官",
  "idcard|id_?number|phone|mobile|e-?mail|employeename|realname|username|fullname",
  "actor\\.(?!objectType)|(?:^|[_ .])name$",
].join("|"), "i");
/** Names of things, not of persons. */
const thingHeader = new RegExp([
  "学校|单位|课程|项目|培训|机构|部门|平台|班级|任务",
  "school|course|train|unit|org|class|product|file|activity",
].join("|"), "i");

const phoneForm = /^(?:\+?86)?1[3-9]\d{9}$/;
const emailForm = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const idNumberLike = /^\d{6}(?:\d{8}\d{3}[\dXx]|\d{9}|\*+[\dXx]{1,4})$/;

/** Whether a column holds what tells persons, by its header or by one value in twenty. */
export function isPersonalColumn(header: string, values: readonly string[]): boolean {
  if (/身份证|手机|电话|姓名/.test(header) && !/类型|种类/.test(header)) return true;
  if (personalHeader.test(header) && !thingHeader.test(header) && !/类型|种类/.test(header)) {
    return true;
  }
  const n = values.filter(isPersonalValue).length;
  return n > 0 && n * 20 >= values.length;
}

/** An identity number (masked ones too), a mobile phone or a mail address. */
export function isPersonalValue(value: string): boolean {
  const text = value.replace(/[\s'’="-]/g, "");
  return isIdentityNumber(text) || idNumberLike.test(text) || phoneForm.test(text)
    || emailForm.test(text);
}

/** First character, then marks: enough to see the form, too little to tell the person. */
export function maskText(text: string): string {
  const characters = [...text];
  if (characters.length <= 1) return "*";
  const shown = characters.length >= 11 ? 3 : 1;
  return characters.slice(0, shown).join("") + "*".repeat(Math.min(characters.length - shown, 15));
}
