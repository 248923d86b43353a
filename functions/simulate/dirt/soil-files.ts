import type { Night } from "../calendar.ts";
import { buildRandom, type Random } from "../random.ts";
import type { DraftFile, Payload, Row, Table } from "../exports/table.ts";
import type { TrainingPayload } from "../truth/payloads.ts";
import type { School } from "../world/roll.ts";
import { areaDirt } from "./area-dirt.ts";
import { fileDirt, prepareFile } from "./file-dirt.ts";
import { insertedDirt } from "./inserted-dirt.ts";
import type { PreparedFile } from "./prepared-file.ts";
import { personDirt, type RowDirt } from "./person-dirt.ts";
import { RowEdit, type EditResult } from "./row-edit.ts";
import { valueDirt } from "./value-dirt.ts";

/** Share of the rows of a file that is made dirty, and the most of one file. */
const dirtyShare = 0.004;
const mostDirtyRows = 12;
/** Stories told by many rows are marked this often only. */
const mostMarks = 150;
/** Times each kind of file dirt is wanted. */
const wantedFileDirt = 4;
const cutNightIndex = 8;

const allCellDirt: readonly RowDirt[] = [...personDirt, ...valueDirt, ...areaDirt];

/**
 * Makes files dirty: a few rows of each, now and then a whole file, always the kind that occurred
 * least so far. A row has at most one kind of dirt.
 */
export class DirtMaker {
  private readonly random: Random;
  private readonly counts = new Map<string, number>();
  private readonly told = new WeakSet<Payload>();
  private readonly late: DraftFile[] = [];
  /** Rejected rows of deltas that their office sends again, clean. */
  private readonly resend = new Map<string, Row[]>();
  private readonly quietDays: ReadonlySet<number>;
  private readonly spared: School;

  /** On `quietDays` no file is refused or late; in the school `spared` nothing is dirty. */
  constructor(seed: number, quietDays: readonly number[], spared: School) {
    this.random = buildRandom(seed, "dirt");
    this.quietDays = new Set(quietDays);
    this.spared = spared;
  }

  /** Files of one export and night as they land, in order of their names. */
  soil(night: Night, drafts: readonly DraftFile[]): readonly PreparedFile[] {
    const prepared: PreparedFile[] = [];
    const arriving = [...drafts, ...this.takeLate(night, drafts)];
    for (const draft of arriving) {
      if (this.holdBack(night, draft)) continue;
      const isCut = draft.system === "vendor-a" && night.index === cutNightIndex;
      const isLate = draft.fileName.startsWith("迟报_");
      const dirty = this.soilRows(night, this.addResent(draft));
      if (isLate) prepared.push(markLate(prepareFile(dirty)));
      else if (isCut) prepared.push(cutByAThird(dirty));
      else prepared.push(...this.soilFile(night, dirty));
    }
    return prepared.sort((a, b) => compareCodePoints(a.fileName, b.fileName));
  }

  private count(kind: string): number {
    return this.counts.get(kind) ?? 0;
  }

  private noteKind(kind: string): void {
    this.counts.set(kind, this.count(kind) + 1);
  }

  private leastUsed<T extends { readonly name: string }>(kinds: readonly T[]): T[] {
    return [...kinds].sort((a, b) => this.count(a.name) - this.count(b.name));
  }

  private soilRows(night: Night, file: DraftFile): DraftFile {
    const name = `${file.system}/${file.export}`;
    const tables = file.tables.map((table) => {
      const rows = table.rows.map((row) => this.markStory(row));
      const wanted = Math.min(
        mostDirtyRows, Math.max(rows.length >= 4 ? 1 : 0, Math.round(rows.length * dirtyShare))
      );
      // The first roll is the ground that everything stands on.
      const isFirstRoll = night.kind === "base" && file.system === "registry";
      const kinds = isFirstRoll ? [] : allCellDirt.filter((k) => k.on[name] !== undefined);
      let work: Table = { ...table, rows };
      for (let i = 0; i < wanted && kinds.length > 0; i++) {
        this.soilOneRow(night, file, work, rows, kinds, name);
      }
      const inserts = insertedDirt.filter((k) => k.on.includes(name));
      if (inserts.length > 0 && rows.length >= 6 && this.random.chance(0.3)) {
        const kind = this.leastUsed(inserts)[0]!;
        const found = kind.insert(work, this.random);
        if (found) {
          this.noteKind(kind.name);
          work = {
            ...work, rows: [...rows.slice(0, found.at), found.row, ...rows.slice(found.at)],
          };
        }
      }
      return work;
    });
    return { ...file, tables };
  }

  private soilOneRow(
    night: Night, file: DraftFile, table: Table, rows: Row[], kinds: readonly RowDirt[],
    name: string,
  ): void {
    for (const kind of this.leastUsed(kinds).slice(0, 6)) {
      for (let attempt = 0; attempt < 8; attempt++) {
        const at = this.random.between(0, rows.length - 1);
        const row = rows[at]!;
        if (row.kind !== undefined || row.outcome !== undefined || this.isSpared(row)) continue;
        const edit = new RowEdit(table, row, this.random, night.day);
        const result = kind.apply(edit, kind.on[name]!);
        if (!result) continue;
        this.noteKind(kind.name);
        rows[at] = dirtyRow(row, edit, kind.name, result);
        if (result.outcome === "rejected" && file.mode === "delta") this.queueResend(file, row);
        return;
      }
    }
  }

  private isSpared(row: Row): boolean {
    const payload = row.effect?.payload as Partial<TrainingPayload> | undefined;
    return payload?.teacher?.states[0]!.school === this.spared;
  }

  private markStory(row: Row): Row {
    const story = row.effect?.story;
    if (story === undefined || row.kind !== undefined) return row;
    if (this.told.has(row.effect!.payload)) return row;
    this.told.add(row.effect!.payload);
    if (this.count(story) >= mostMarks) return row;
    this.noteKind(story);
    return { ...row, kind: story };
  }

  private soilFile(night: Night, file: DraftFile): readonly PreparedFile[] {
    const name = `${file.system}/${file.export}`;
    const isQuiet = this.quietDays.has(night.day) || night.kind === "base";
    const hasRawRows = file.tables.some((t) => t.rows.some((r) => r.raw !== undefined));
    const hasRows = file.tables.some((t) => t.rows.length >= 3);
    const kinds = fileDirt
      .filter((k) => k.on.includes(name) && this.count(k.name) < wantedFileDirt)
      .filter((k) => !(isQuiet && k.outcome === "refused"))
      // A byte that breaks UTF-8 may be sound in another encoding.
      .filter((k) => !(hasRawRows && k.name === "gb18030_instead_of_utf8"));
    const probability = file.system === "practice" ? 0.08 : 0.35;
    if (kinds.length === 0 || !hasRows || !this.random.chance(probability)) {
      return [prepareFile(file)];
    }
    const kind = this.leastUsed(kinds)[0]!;
    this.noteKind(kind.name);
    return kind.apply(file);
  }

  /** A few county sheets miss a week and come with the next landing. */
  private holdBack(night: Night, file: DraftFile): boolean {
    const mayBeLate = file.system === "practice" && !file.fileName.startsWith("迟报_") &&
      night.kind !== "base" && night.index !== 13 && !this.quietDays.has(night.day);
    const isLate = mayBeLate && this.random.chance(0.03);
    if (isLate) this.late.push({ ...file, fileName: `迟报_${file.fileName}` });
    return isLate;
  }

  private takeLate(night: Night, drafts: readonly DraftFile[]): readonly DraftFile[] {
    return drafts[0]?.system === "practice" && night.kind !== "base" ? this.late.splice(0) : [];
  }

  private queueResend(file: DraftFile, row: Row): void {
    if (!this.random.chance(0.5)) return;
    const key = resendKey(file);
    const list = this.resend.get(key) ?? [];
    list.push(row);
    this.resend.set(key, list);
  }

  private addResent(file: DraftFile): DraftFile {
    const rows = this.resend.get(resendKey(file));
    if (!rows) return file;
    this.resend.delete(resendKey(file));
    const [first, ...others] = file.tables;
    return { ...file, tables: [{ ...first!, rows: [...first!.rows, ...rows] }, ...others] };
  }
}

/** What an office sends together: the export, of practice the county's sheet. */
function resendKey(file: DraftFile): string {
  if (file.system !== "practice") return `${file.system}/${file.export}`;
  return file.fileName.replace(/^迟报_/, "").replace(/_\d{4}W\d\d.*$/, "");
}

function dirtyRow(row: Row, edit: RowEdit, kind: string, result: EditResult): Row {
  return {
    cells: edit.cells, kind,
    effect: result.effect === undefined ? row.effect : result.effect,
    ...(result.outcome === "rejected"
      ? { outcome: "rejected", idReadable: result.idReadable } : {}),
    ...(result.outcome === "warning" ? { warns: true } : {}),
    ...(result.reasons ? { reasons: result.reasons } : {}),
    ...(result.raw ? { raw: result.raw } : {}),
  };
}

function markLate(file: PreparedFile): PreparedFile {
  return { ...file, remarks: [{ kind: "file_a_week_late", outcome: "accepted", reasons: [] }] };
}

/** The sheets of the last third are missing. */
function cutByAThird(file: DraftFile): PreparedFile {
  const tables = file.tables.slice(0, Math.ceil((file.tables.length * 2) / 3));
  return {
    ...prepareFile({ ...file, tables }),
    remarks: [{ kind: "cut_by_a_third", outcome: "held", reasons: [] }],
  };
}

function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

