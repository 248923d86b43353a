/**
 * Sentences of the return slip about one fault. `{column}` is the column in quotes, followed by
 * what was written there where that helps (`namedValue`).
 */
export const faultTexts = {
  zh: {
    namedColumn: "“{column}”",
    namedValue: "“{column}”填写的“{value}”",
    missing: "{column}为空，但必须填写",
    missingPerson: "{column}都没有填写，至少要填一项",
    unknown: "{column}不在名单中",
    invalid: "{column}无法识别或超出范围",
    ruined: "{column}已被电子表格改成科学计数或被星号遮盖，无法还原",
    contradictory: "{column}与其他列互相矛盾",
    period: "{column}先后颠倒：开始晚于结束",
    encoding: "该行的字节已损坏，无法解码",
    structure: "该行结构有误：列数与表头不符，或不是一个完整的 JSON 对象",
  },
  en: {
    namedColumn: "“{column}”",
    namedValue: "“{value}” in “{column}”",
    missing: "{column} is empty but required",
    missingPerson: "{column} are all empty; one is required",
    unknown: "{column} is not in its list",
    invalid: "{column} cannot be read or is out of bounds",
    ruined: "{column} was ruined by a spreadsheet or masked with *",
    contradictory: "{column} contradicts another column",
    period: "{column}: the begin is after the end",
    encoding: "the bytes of this row are broken",
    structure: "the row does not have the structure of the header",
  },
} as const;

/** `word kind` → a plainer sentence than the one of the word alone (rows.md, *Kinds of field*). */
export const faultTextsByKind: Readonly<Record<"zh" | "en", Readonly<Record<string, string>>>> = {
  zh: {
    "invalid id_number": "{column}不是有效的身份证号（位数、出生日期或校验码不对）",
    "invalid teacher_no": "{column}不是 6–20 位字母或数字",
    "invalid school_code": "{column}不是 10 位数字",
    "unknown area": "{column}对不上任何一个县（市、区）",
    "unknown city": "{column}对不上任何一个市（州）",
    "unknown area_any": "{column}不是省、市、县的区划代码",
    "unknown ability": "{column}不是能力点编号",
    "invalid day": "{column}不是日期",
    "invalid instant": "{column}不是日期或时间",
    "invalid event": "{column}不是日期，或晚于送达日期",
    "invalid credit": "{column}不是 0–200 的学时数",
    "invalid minutes": "{column}不是可用的分钟数",
    "invalid duration": "{column}不是可用的时长",
    "invalid score": "{column}不是 0–100 的得分",
    "invalid count": "{column}不是大于 0 的整数",
    "invalid year": "{column}不是 2000–2100 的年份",
    "unknown yes_no": "{column}不是“是”或“否”",
  },
  en: {
    "invalid id_number": "{column} is no valid identity number",
    "invalid teacher_no": "{column} is not 6–20 letters or digits",
    "invalid school_code": "{column} is not 10 digits",
    "unknown area": "{column} fits no county",
    "unknown city": "{column} fits no city",
    "unknown area_any": "{column} is no code of an area",
    "unknown ability": "{column} is no ability point",
    "invalid day": "{column} is no day",
    "invalid instant": "{column} is no day or time",
    "invalid event": "{column} is no day, or after the day of delivery",
    "invalid credit": "{column} is no number of credit hours from 0 to 200",
    "invalid minutes": "{column} is no usable number of minutes",
    "invalid duration": "{column} is no usable duration",
    "invalid score": "{column} is no score from 0 to 100",
    "invalid count": "{column} is no whole number from 1 on",
    "invalid year": "{column} is no year from 2000 to 2100",
    "unknown yes_no": "{column} is neither yes nor no",
  },
};

/** Persons of accepted rows who match nobody: what it means and what to do. */
export const unmatchedTexts: Readonly<Record<"zh" | "en", Readonly<Record<string, {
  readonly reason: string; readonly toDo: string;
}>>>> = {
  zh: {
    "unknown.person": {
      reason: "教师名册中查无此人：所写的教师编号、身份证号或账号对不上任何人",
      toDo: "核对本行的教师编号和身份证号；没有写错就请所在学校把此人报入教师名册",
    },
    "contradictory.person": {
      reason: "教师编号与身份证号指向名册中的两个人",
      toDo: "核对本行的教师编号和身份证号，改正写错的一项后再报",
    },
  },
  en: {
    "unknown.person": {
      reason: "nobody on the roll has this number, identity number or account",
      toDo: "check the numbers of this row; if they are right, have the person put on the roll",
    },
    "contradictory.person": {
      reason: "teacher number and identity number belong to two persons of the roll",
      toDo: "check both numbers of this row, correct the wrong one and send it again",
    },
  },
};
