import {
  fullExports, LandingModel, pathOf, type Contract, type Decision, type ExportName, type ModelFile,
  type ModelRow,
} from "./landing-model.ts";

export interface HistoryNight {
  readonly day: string;
  readonly contract: Contract;
  /** Given before the night, in order. */
  readonly decisions: readonly { readonly kind: Decision; readonly path: string }[];
  readonly files: readonly ModelFile[];
}
export interface History {
  readonly nights: readonly HistoryNight[];
  /** Status of every file, and record → content in force of every export, after each night. */
  readonly expected: readonly {
    readonly statuses: Readonly<Record<string, string>>;
    readonly inForce: Readonly<Record<ExportName, ReadonlyMap<string, string>>>;
  }[];
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const exportNames: readonly ExportName[] = ["teachers", "courses", "evaluations", "credits"];
const idsOf: Readonly<Record<ExportName, number>> =
  { teachers: 8, courses: 10, evaluations: 5, credits: 4 };

/**
 * A small history: full and delta exports, parts that arrive late, files sent again, cuts below
 * 80 %, and people's decisions: `hold` histories release and hold, `reingest` histories release and
 * read again under contracts that are corrected half-way.
 */
export function makeHistory(
  seed: number, nights: number, kinds: "hold" | "reingest" | "none",
): History {
  const random = randomOf(seed);
  const chance = (p: number): boolean => random() < p;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const model = new LandingModel();
  const made: HistoryNight[] = [];
  const expected: History["expected"][number][] = [];
  const world = new Map<ExportName, Map<string, ModelRow>>(exportNames.map((e) => [e, new Map()]));
  let waiting: ModelFile[] = [];
  let count = 0;

  const changeWorld = (name: ExportName): void => {
    const rows = world.get(name) as Map<string, ModelRow>;
    const isFirst = rows.size === 0;
    for (let i = 0; i < idsOf[name]; i++) {
      const scope = name === "courses" ? (i % 2 === 0 ? "甲" : "乙") : "";
      const id = name === "courses" ? `${scope}|C${i}` : `${i}`;
      if (isFirst ? chance(0.9) : chance(0.25)) rows.set(id, makeRow(name, id, scope));
      else if (chance(0.05)) rows.delete(id);
    }
    if (rows.size > 0) return;
    const [id, scope] = name === "courses" ? ["甲|C0", "甲"] as const : ["0", ""] as const;
    rows.set(id, makeRow(name, id, scope));
  };
  const makeRow = (name: ExportName, id: string, scope: string): ModelRow => {
    const value = 1 + Math.floor(random() * 3);
    const version = name === "credits" ? Math.floor(random() * 4) : 0;
    // With `hold` no rejected row keeps a record of a full export: see decided-nights.test.ts.
    const isOneKind = name === "courses" || name === "credits" ||
      (name === "teachers" && kinds === "hold");
    const kind = isOneKind ? "plain" : pick(["plain", "plain", "plain", "late", "changed"]);
    return {
      id, scope, version,
      content: {
        a: kind === "late" ? null : `${value}|${kind === "changed" ? "old" : "plain"}`,
        b: `${value}|${kind === "plain" ? "plain" : kind === "late" ? "added" : "new"}`,
      },
    };
  };
  const cutFiles = (name: ExportName, day: string): ModelFile[] => {
    const all = [...(world.get(name) as Map<string, ModelRow>).values()];
    let rows = name === "teachers" ? all : all.filter(() => chance(name === "courses" ? 1 : 0.6));
    if (chance(0.15)) rows = rows.slice(0, Math.ceil(rows.length * 0.6));
    const groups = name === "courses" ? pick([["甲乙"], ["甲"], ["乙"], ["甲", "乙"], ["甲", "甲乙"]])
      .map((scopes) => rows.filter((r) => scopes.includes(r.scope)))
      : chance(0.3) ? [rows.slice(0, 3), rows.slice(3)] : [rows];
    return groups.filter((g) => g.length > 0).map((g) => ({
      export: name, landingDay: day, name: `教师名册-${name}-${count++}.csv`, rows: g,
    }));
  };

  for (let n = 0; n < nights; n++) {
    const day = `2021-03-${String(n + 1).padStart(2, "0")}`;
    const contract: Contract = kinds === "reingest" && n >= Math.ceil(nights / 2) ? "b" : "a";
    const files: ModelFile[] = waiting;
    waiting = [];
    for (const name of exportNames) {
      changeWorld(name);
      if (n > 0 && chance(0.25)) continue;
      const cut = cutFiles(name, day);
      // A part of today's delivery that arrives after the night.
      if (cut.length > 1 && kinds !== "none" && chance(0.3)) waiting.push(cut.pop() as ModelFile);
      files.push(...cut);
      const earlier = made.flatMap((night) => night.files).filter((f) => f.export === name);
      // Not beside new files of a full export where the order of both would count (`hold`), or
      // where a correction gave other words to a version that is no longer the newest one.
      const isApart = kinds === "none" || contract === "a" && kinds === "reingest" ||
        !fullExports.includes(name);
      if (isApart && earlier.length > 0 && chance(0.2)) {
        files.push({ ...pick(earlier), landingDay: day });
      }
      const twin = cut[0];
      if (twin && chance(0.1)) files.push({ ...twin, name: `z-${twin.name}` });
    }
    const unique = [...new Map(files.map((f) => [pathOf(f), f])).values()];
    const decisions: { kind: Decision; path: string }[] = [];
    if (n > 0 && kinds !== "none" && chance(0.7)) {
      const releasable = model.releasable();
      const standing = model.standing().filter((r) => (kinds === "hold"
        ? r.file.export !== "credits"
        : contract === "b" && (r.file.export === "teachers" || r.file.export === "evaluations")));
      if (releasable.length > 0 && chance(0.6)) {
        decisions.push({ kind: "release", path: pathOf(pick(releasable).file) });
      } else if (standing.length > 0) {
        decisions.push({ kind: kinds, path: pathOf(pick(standing).file) });
      }
    }
    model.night(day, unique, contract,
      decisions.map(({ kind, path }) => ({ kind, files: model.companions(path, kind) })));
    made.push({ day, contract, decisions, files: unique });
    expected.push({
      statuses: Object.fromEntries(model.received.map((r) => [pathOf(r.file), r.status])),
      inForce: Object.fromEntries(exportNames.map((name) => [name, model.inForce(name)])) as
        Readonly<Record<ExportName, ReadonlyMap<string, string>>>,
    });
  }
  return { nights: made, expected };
}
