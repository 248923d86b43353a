import { excelSerial, formatDay, type DayNumber, type Night } from "../calendar.ts";
import type { Cell } from "../formats/cell.ts";
import type { RollPayload, SchoolPayload } from "../truth/payloads.ts";
import { findRollState, type RollState, type School, type Teacher } from "../world/roll.ts";
import type { World } from "../world/world.ts";
import { RowCache } from "./row-cache.ts";
import { isDaily, plainRow, type DraftFile, type Exporter, type Row } from "./table.ts";

/** Line that the registry writes above its sheets. */
export const exportedAt = (night: Night): string => `导出时间：${formatDay(night.day)} 02:10`;
export const stamp = (night: Night): string => formatDay(night.day).replaceAll("-", "");

const schoolHeader = [
  "学校标识码", "学校名称", "市（州）", "县（市、区）", "行政区划代码", "学段", "办学类型", "城乡类型", "智慧教育创建学校", "首席信息官", "管理团队人数",
  "状态", "启用日期", "撤并日期",
];

/** School roll: real date cells, codes as text. */
export function buildSchoolExporter(world: World): Exporter {
  const payloads = new Map<School, SchoolPayload>();
  return {
    system: "registry", isDue: isDaily,
    build: (night, cut): DraftFile[] => [{
      system: "registry", export: "schools", mode: "full", format: "xlsx",
      fileName: `学校名册${stamp(night)}.xlsx`,
      tables: [{
        sheet: "学校名册", titles: [["四川省学校名册"], [exportedAt(night)]], header: schoolHeader,
        rows: world.roll.schools.map((school) => schoolRow(school, cut, payloads)),
      }],
    }],
  };
}

function schoolRow(school: School, cut: DayNumber, payloads: Map<School, SchoolPayload>): Row {
  const isMerged = school.mergedOn !== null && school.mergedOn <= cut;
  let payload = payloads.get(school);
  if (!payload || payload.isOpen === isMerged) {
    payload = {
      kind: "school", schoolCode: school.code, countyCode: school.county.code, isOpen: !isMerged,
      openedOn: school.openedOn, mergedOn: isMerged ? school.mergedOn : null,
    };
    payloads.set(school, payload);
  }
  return plainRow([
    school.code, school.name, school.county.cityName, school.county.name, school.county.code,
    school.stage, school.type, school.place, school.isSmart ? "是" : "否",
    school.cioFrom <= cut ? school.cioName : "", school.nManagementTeam, isMerged ? "撤并" : "在办",
    { kind: "date", serial: excelSerial(school.openedOn) },
    isMerged ? { kind: "date", serial: excelSerial(school.mergedOn!) } : null,
  ], { key: school.code, scope: "", payload, ...(isMerged ? { story: "school_merged" } : {}) });
}

const teacherHeader = [
  "教师编号", "姓名", "身份证件类型", "身份证号", "学校标识码", "任教学段", "任教学科", "岗位", "在岗状态", "变动日期", "手机号",
];

/** Teacher roll: one line a teacher who was ever taken on and not struck off. */
export function buildTeacherExporter(world: World): Exporter {
  const cache = new RowCache();
  return {
    system: "registry", isDue: isDaily,
    build: (night, cut): DraftFile[] => {
      const rows: Row[] = [];
      for (const teacher of world.roll.teachers) {
        const state = findRollState(teacher, cut);
        if (!state) continue;
        rows.push(
          cache.row(teacher.index, teacher.states.indexOf(state), () => teacherRow(teacher, state))
        );
      }
      return [{
        system: "registry", export: "teachers", mode: "full", format: "csv gb18030",
        fileName: `教师名册${stamp(night)}.csv`,
        tables: [{ sheet: "", titles: [], header: teacherHeader, rows }],
      }];
    },
  };
}

function teacherRow(teacher: Teacher, state: RollState): Row {
  const payload: RollPayload = {
    kind: "roll", teacher, schoolCode: state.school.code, status: state.status,
    changedOn: state.changedOn, hasToken: true,
  };
  const cells: Cell[] = [
    teacher.teacherNo, teacher.name, "居民身份证", teacher.idNumber, state.school.code, teacher.stage,
    teacher.subject, teacher.post, state.status,
    state.changedOn === null ? "" : formatDay(state.changedOn), state.phone,
  ];
  const story = storyOf(teacher, state);
  return plainRow(
    cells, { key: teacher.teacherNo, scope: "", payload, ...(story ? { story } : {}) }
  );
}

function storyOf(teacher: Teacher, state: RollState): string | undefined {
  const before = teacher.states[teacher.states.indexOf(state) - 1];
  if (!before) return undefined;
  if (state.status !== "在职") return state.status === "退休" ? "teacher_retired" : "teacher_left";
  if (before.status !== "在职") return "teacher_returned";
  return before.school.county === state.school.county ? undefined : "teacher_moved_county";
}
