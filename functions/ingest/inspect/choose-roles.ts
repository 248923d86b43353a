import type { ColumnProfile } from "./inspection.ts";

/** Columns that a training record needs, as far as a table has them. */
export interface Roles {
  readonly teacherNo: ColumnProfile | undefined;
  readonly idNumber: ColumnProfile | undefined;
  readonly training: ColumnProfile | undefined;
  readonly credit: ColumnProfile | undefined;
  readonly event: ColumnProfile | undefined;
  readonly passed: ColumnProfile | undefined;
  readonly category: ColumnProfile | undefined;
}

/** Which column is what; undefined where none tells persons. */
export function chooseRoles(columns: readonly ColumnProfile[]): Roles | undefined {
  const first = (test: (column: ColumnProfile) => boolean): ColumnProfile | undefined =>
    columns.find(test);
  const ofKind = (...kinds: readonly string[]) => (c: ColumnProfile): boolean =>
    kinds.includes(c.kind);
  const teacherNo = first(ofKind("teacher_no"));
  const idNumber = first(ofKind("id_number"));
  if (!teacherNo && !idNumber) return undefined;
  const days = columns.filter(ofKind("instant", "day"));
  return {
    teacherNo,
    idNumber,
    training: first((c) => c.kind === "identifier" && trainingHeader.test(c.header))
      ?? first((c) => c.kind === "text" && !c.isPersonal && trainingHeader.test(c.header))
      ?? first((c) => c.kind === "identifier" && !c.isPersonal),
    credit: first((c) => c.kind === "credit" && /认定|获得|实得/.test(c.header))
      ?? first(ofKind("credit")) ?? first(ofKind("minutes")),
    event: days.find((c) => endHeader.test(c.header)) ?? days.at(-1),
    passed: first((c) => isPassColumn(c)),
    category: first((c) => c.kind === "list" && c.listValues.some((v) => /实践|线上|网络/.test(v))),
  };
}

const trainingHeader = /课程|课堂|培训|项目|讲座|任务|train|course|session/i;
const endHeader = /结束|完成|结业|提交|最近|end|finish|complet/i;

function isPassColumn(column: ColumnProfile): boolean {
  if (column.kind === "yes_no") return /合格|通过|结业|完成|pass|complet/i.test(column.header);
  return column.kind === "list"
    && column.listValues.some((value) => /^(?:\d+-)?(?:合格|通过|已完成|完成|已结业|有效)$/.test(value));
}
