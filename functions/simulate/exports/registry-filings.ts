import { formatDay, parseDay, type DayNumber } from "../calendar.ts";
import { buildRandom } from "../random.ts";
import type { Cell } from "../formats/cell.ts";
import type { RegistrationPayload } from "../truth/payloads.ts";
import type { World } from "../world/world.ts";
import { exportedAt, stamp } from "./registry-rolls.ts";
import { isDaily, plainRow, type Exporter, type Row, type Table } from "./table.ts";

const registrationHeader = ["登记编号", "县（市、区）", "行政区划代码", "启动日期", "方案文号", "样板县", "备案状态", "更新时间"];

/** Round the first gate every registration is approved on its day. */
const gateFrom = parseDay("2020-12-01");
const gateTo = parseDay("2021-01-15");

interface Registration {
  readonly no: string;
  readonly cells: readonly [string, string, string, boolean];
  readonly declaredOn: DayNumber;
  readonly filedOn: DayNumber;
  readonly isReturned: boolean;
  readonly payloads: Map<string, RegistrationPayload>;
}

/**
 * County launches: 待审 when filed, 通过 (few first 退回) once reviewed; the update time is the version.
 */
export function buildRegistrationExporter(world: World): Exporter {
  const random = buildRandom(world.seed, "registrations");
  const registrations: Registration[] = [];
  const modelCities = new Set<string>();
  for (const county of world.counties) {
    const plan = world.plans.get(county.code)!;
    if (plan.declaredOn === null) continue;
    const mayBeModel = plan.kind === "started" && !modelCities.has(county.cityCode);
    const isModel = mayBeModel && random.chance(0.5);
    if (isModel) modelCities.add(county.cityCode);
    const isGate = plan.declaredOn >= gateFrom && plan.declaredOn <= gateTo;
    registrations.push({
      no: `QD-${county.code}-01`, declaredOn: plan.declaredOn,
      cells: [
        county.name, county.code,
        `教工办〔${formatDay(plan.declaredOn).slice(0, 4)}〕${random.between(3, 99)}号`, isModel,
      ],
      filedOn: plan.declaredOn - (isGate ? 3 : random.between(0, 6)),
      isReturned: !isGate && random.chance(0.08), payloads: new Map(),
    });
  }
  return {
    system: "registry", isDue: isDaily,
    build: (night, cut) => [{
      system: "registry", export: "county_registrations", mode: "full", format: "xlsx",
      fileName: `县级启动登记${stamp(night)}.xlsx`,
      tables: [{
        sheet: "启动登记", titles: [["县级启动登记表"], [exportedAt(night)]], header: registrationHeader,
        rows: registrations.filter((r) => r.filedOn <= cut).map((r) => registrationRow(r, cut)),
      }],
    }],
  };
}

function registrationRow(r: Registration, cut: DayNumber): Row {
  const reviewOn = r.declaredOn;
  const approvedOn = r.isReturned ? reviewOn + 9 : reviewOn;
  const state = cut >= approvedOn ? "通过" : r.isReturned && cut >= reviewOn ? "退回" : "待审";
  const updatedOn = state === "通过" ? approvedOn : state === "退回" ? reviewOn : r.filedOn;
  let payload = r.payloads.get(state);
  if (!payload) {
    payload = {
      kind: "registration", countyCode: r.cells[1], launchedOn: r.declaredOn,
      isApproved: state === "通过", version: updatedOn,
    };
    r.payloads.set(state, payload);
  }
  return plainRow([
    r.no, r.cells[0], r.cells[1], formatDay(r.declaredOn), r.cells[2], r.cells[3] ? "是" : "否",
    state, `${formatDay(updatedOn)} 17:30:00`,
  ], { key: r.no, scope: "", payload });
}

const filingHeader = ["备案编号", "层级", "单位代码", "方案类型", "年度", "提交日期", "审核状态", "审核日期"];

interface Filing {
  readonly no: string;
  readonly level: string;
  readonly unit: string;
  readonly type: string;
  readonly filedOn: DayNumber;
  readonly reviewedOn: DayNumber;
  readonly result: "通过" | "退回";
}

/** Plans filed by cities, counties and schools with their reviews. */
export function buildFilingExporter(world: World): Exporter {
  const filings = planFilings(world);
  return {
    system: "registry", isDue: isDaily,
    build: (night, cut) => [{
      system: "registry", export: "plan_filings", mode: "full", format: "xlsx",
      fileName: `方案备案${stamp(night)}.xlsx`,
      tables: [{
        sheet: "方案备案", titles: [["方案备案表"], [exportedAt(night)]], header: filingHeader,
        rows: filings.filter((f) => f.filedOn <= cut).map((f) => {
          const isReviewed = f.reviewedOn <= cut;
          const cells: Cell[] = [
            f.no, f.level, f.unit, f.type, formatDay(f.filedOn).slice(0, 4), formatDay(f.filedOn),
            isReviewed ? f.result : "待审", isReviewed ? formatDay(f.reviewedOn) : "",
          ];
          return plainRow(cells);
        }),
      } satisfies Table],
    }],
  };
}

function planFilings(world: World): Filing[] {
  const random = buildRandom(world.seed, "filings");
  const filings: Filing[] = [];
  const add = (level: string, unit: string, type: string, on: DayNumber): void => {
    filings.push({
      no: `BA${String(filings.length + 1).padStart(6, "0")}`, level, unit, type, filedOn: on,
      reviewedOn: on + random.between(4, 45) + (random.chance(0.1) ? 300 : 0),
      result: random.chance(0.93) ? "通过" : "退回",
    });
  };
  for (const city of new Set(world.counties.map((c) => c.cityCode))) {
    for (const type of ["实施方案", "考核细则", "抽检制度"]) {
      const on = parseDay("2020-06-01");
      if (random.chance(0.85)) add("市州", city, type, on + random.between(0, 300));
    }
  }
  for (const county of world.counties) {
    const plan = world.plans.get(county.code)!;
    if (plan.declaredOn === null) continue;
    const { declaredOn, learnsFrom } = plan;
    if (random.chance(0.92)) {
      add("县", county.code, "实施方案", declaredOn + random.between(-20, 40));
    }
    if (learnsFrom === null) continue;
    for (const school of world.roll.schoolsOf.get(county.code)!) {
      const { code } = school;
      if (random.chance(0.75)) add("学校", code, "学校规划", learnsFrom + random.between(0, 120));
      if (random.chance(0.7)) add("学校", code, "校本研修方案", learnsFrom + random.between(0, 150));
    }
  }
  return filings;
}
