import { join } from "node:path";
import { openIngestPool, type IngestPool } from "../../../functions/ingest/ingest-pool.ts";
import { recordDecision } from "../../../functions/ingest/record-decision.ts";
import { readContractFiles } from "../../../functions/ingest/contracts/load-contracts.ts";
import { listCurrentFiles } from "../../../functions/shared/current-files.ts";
import { readDecisions, type Decision } from "../../../functions/shared/decisions.ts";
import { homeKeys } from "../../../functions/shared/home.ts";
import type { LedgerRow } from "../../../functions/shared/ledger.ts";
import { silentLog } from "../../../functions/shared/log.ts";
import { readLedger } from "../../../functions/shared/read-ledger.ts";
import type { ExportName, ModelFile, ModelRow } from "./landing-model.ts";
import type { HistoryNight } from "./random-history.ts";
import { people, roster, rosterRow, survey, surveyRow, vendorHeader, vendorRow } from "./small-province.ts";
import { TrialHome } from "./trial-home.ts";

export const systemOf: Readonly<Record<ExportName, string>> = {
  teachers: "registry", courses: "vendor-a", evaluations: "survey", credits: "credit",
};
const person = (id: string) => people[Number(id)] ?? (() => { throw new Error(`no person ${id}`); })();
/** Cell by kind of content; 「副校长」 and 「专家组」 are in no list before the correction. */
const posts = { plain: "教师", late: "副校长", changed: "教研员" } as const;
const evaluators = { plain: "专家", late: "专家组", changed: "第三方" } as const;
const kindOf = ({ content: { a } }: ModelRow): keyof typeof posts =>
  (a === null ? "late" : a.endsWith("old") ? "changed" : "plain");
const valueOf = ({ content: { b } }: ModelRow): string => String(b).split("|")[0] ?? "";

function bodyOf({ export: name, rows }: ModelFile): Uint8Array {
  if (name === "teachers") {
    return roster(rows.map((row) => rosterRow(person(row.id),
      { 任教学科: valueOf(row), 岗位: posts[kindOf(row)] })));
  }
  if (name === "evaluations") {
    return survey(rows.map((row) => surveyRow(row.id, Number(valueOf(row)))
      .map((cell) => (cell === "专家" ? evaluators[kindOf(row)] : cell))));
  }
  if (name === "courses") {
    const cells = rows.map((row) => vendorRow(row.scope, person("0"), row.id.split("|")[1] ?? "",
      Number(valueOf(row))));
    return Buffer.from([["学习进度"], vendorHeader, ...cells].map((row) => row.join(",")).join("\n"));
  }
  return Buffer.from(JSON.stringify(rows.map((row) => ({
    idCard: person("0").idNumber, trainId: `T${row.id}`, trainEndDate: "2021-01-08",
    creditHour: Number(valueOf(row)), category: "online", status: "valid",
    updatedAt: `2021-02-01 10:00:0${row.version}`,
  }))));
}

/** The contracts after the correction: one value more, another one means something else. */
export function correctedContracts(): readonly { readonly name: string; readonly text: string }[] {
  const change = (name: string, field: string, values: Readonly<Record<string, string>>) => {
    const shipped = readContractFiles().find((file) => file.name === name)?.text ?? "";
    const contract = JSON.parse(shipped) as { fields: { field: string; values?: object }[] };
    for (const f of contract.fields) if (f.field === field) f.values = { ...f.values, ...values };
    return { name, text: JSON.stringify(contract) };
  };
  return [
    change("registry/teachers.json", "post", { 副校长: "principal", 教研员: "management_team" }),
    change("survey/evaluations.json", "evaluation_kind", { 专家组: "expert", 第三方: "trainee" }),
  ];
}

let template: TrialHome | undefined;
let corrected: IngestPool | undefined;

/** Workers that read under the corrected contracts. */
export async function correctedWorkers(): Promise<IngestPool> {
  if (corrected) return corrected;
  template = new TrialHome();
  await template.store.put(homeKeys.tokenKey, "ab".repeat(32), { ifNoneMatch: true, mode: 0o600 });
  for (const { name, text } of correctedContracts()) {
    await template.store.put(`${homeKeys.contractPrefix}${name}`, text);
  }
  corrected = await openIngestPool({
    store: template.store, scratch: join(template.folder, "scratch"), log: silentLog,
  });
  return corrected;
}

export async function closeCorrectedWorkers(): Promise<void> {
  await corrected?.close();
  template?.remove();
  [corrected, template] = [undefined, undefined];
}

const isFull = (system: string): boolean => system === "registry" || system === "vendor-a";

/** A home in which a history is played. */
export class TrialHistory {
  readonly home = new TrialHome();

  async decide(kind: Decision["kind"], file: string, note: string | null = null) {
    return recordDecision({
      store: this.home.store, kind, file, note, by: "operator", isFull,
      decidedAt: new Date("2021-04-01T00:00:00Z"),
    });
  }

  async land(files: readonly ModelFile[]): Promise<void> {
    for (const file of files) {
      await this.home.land(file.landingDay, `${systemOf[file.export]}/${file.name}`, bodyOf(file));
    }
  }

  async night({ day, contract, decisions, files }: HistoryNight, isDecided = false): Promise<void> {
    if (!isDecided) {
      for (const { kind, path } of decisions) await this.decide(kind, toLanded(path));
    }
    await this.land(files);
    await this.home.night(day, contract === "b" ? { pool: await correctedWorkers() } : {});
  }

  /** Decisions of another home up to a night, as if they had been there from the beginning. */
  async takeDecisions(from: TrialHistory, before: string): Promise<void> {
    for (const decision of await readDecisions(from.home.store)) {
      if (decision.after >= before) continue;
      await this.home.store.put(homeKeys.decision(decision.id), `${JSON.stringify(decision)}\n`);
    }
  }

  /** Closed nights with the SHA-256 of every lake object, and ledger rows without seconds. */
  async nights(through: string): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const { key } of await this.home.store.list(homeKeys.nightPrefix)) {
      const day = key.slice(homeKeys.nightPrefix.length, -".json".length);
      if (day > through) continue;
      const closed = JSON.parse(Buffer.from((await this.home.store.get(key))?.body ?? []).toString());
      const ledger = (await readLedger(this.home.store, { date: day }))
        .map((row) => ({ ...row, seconds: 0 }));
      found.push({ closed, ledger });
    }
    return found;
  }

  /** Status of each file as it stands after a night. */
  async statuses(through: string): Promise<Readonly<Record<string, string>>> {
    const ledger = await readLedger(this.home.store, { through });
    return Object.fromEntries(listCurrentFiles(ledger).map((row) =>
      [`${exportOf(row)}/${row.landing_day}/${row.file_name}`,
        row.status === "partly" ? "accepted" : row.status]));
  }

  /** Record → content that the lake says is in force as of a day. */
  async inForce(name: ExportName): Promise<(day: string) => ReadonlyMap<string, string>> {
    const { relation, id, content } = lakeOf[name];
    const rows = await this.home.rows(relation, `known_on::VARCHAR AS known_on, system, record_id,
      is_retraction, record_version, export_seq, ${id} AS id, ${content} AS content`);
    return (day) => {
      const records = new Map<string, typeof rows[number][]>();
      for (const row of rows) {
        if (row["system"] !== systemOf[name] || String(row["known_on"]) > day) continue;
        const key = String(row["record_id"]);
        records.set(key, [...(records.get(key) ?? []), row]);
      }
      const found = new Map<string, string>();
      for (const versions of records.values()) {
        const sent = versions.filter((v) => v["is_retraction"] !== true).sort((a, b) =>
          Number(b["record_version"]) - Number(a["record_version"]) ||
          (String(a["known_on"]) < String(b["known_on"]) ? 1
            : String(a["known_on"]) > String(b["known_on"]) ? -1
              : Number(b["export_seq"]) - Number(a["export_seq"])));
        const newestDay = sent.map((v) => String(v["known_on"])).sort().at(-1) ?? "";
        const isGone = versions.some((v) => v["is_retraction"] === true &&
          String(v["known_on"]) > newestDay);
        const [newest] = sent;
        if (newest && !isGone) found.set(String(newest["id"]), String(newest["content"]));
      }
      return found;
    };
  }

  remove(): void {
    this.home.remove();
  }
}

/** Where the lake holds an export, and its record id and content in the words of the model. */
const lakeOf: Readonly<Record<ExportName, { relation: string; id: string; content: string }>> = {
  teachers: {
    relation: "teacher", id: "substr(teacher_no, 7)::INTEGER::VARCHAR",
    content: `subject || '|' || CASE post WHEN 'teacher' THEN 'plain' WHEN 'principal' THEN 'added'
      WHEN 'researcher' THEN 'old' ELSE 'new' END`,
  },
  courses: {
    relation: "training_record", id: "project || '|' || source_training_id",
    content: "(credit_seconds // 2700)::VARCHAR || '|plain'",
  },
  evaluations: {
    relation: "evaluation", id: "record_id",
    content: `(score_hundredths // 100)::VARCHAR || '|' || CASE evaluation_kind
      WHEN 'expert' THEN 'expert' WHEN 'third' THEN 'old' ELSE 'new' END`,
  },
  credits: {
    relation: "training_record", id: "substr(source_training_id, 2)",
    content: "(credit_seconds // 2700)::VARCHAR || '|plain'",
  },
};

function exportOf({ system }: LedgerRow): string {
  return Object.entries(systemOf).find(([, s]) => s === system)?.[0] ?? system;
}

/** `teachers/2021-03-01/x.csv` → `registry/2021-03-01/x.csv`. */
function toLanded(path: string): string {
  const [name = "", day, file] = path.split("/");
  return `${systemOf[name as ExportName]}/${day}/${file}`;
}
