import type { Figure } from "./figure.ts";

/** What the histories made of each figure: a code that is always 0 proves nothing. */
export interface FigureCounts {
  add(figures: readonly Figure[]): void;
  /** Code → rows with n or share other than 0. */
  nonZeroByCode(): Readonly<Record<string, number>>;
  neverNonZero(): readonly string[];
  /** Code → its states, in order. */
  statesByCode(): Readonly<Record<string, readonly string[]>>;
}

const hours = ["not_reported"];
const gate = ["behind", "missed", "not_begun", "on_track", "reached", "reached_late", "stalled"];
/** Every state that figures.md gives a figure. */
export const everyState: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(["A2", "A3", "A4", "H1", "H2", "H3", "H4_evidence", "H4_recording",
    "H4_research", "H5_online", "H5_practice", "gap_A4", "gap_H1", "gap_H2", "gap_H3",
  ].map((code) => [code, hours])),
  ...Object.fromEntries(["gate_20", "gate_60", "gate_100"].map((code) => [code, gate])),
  L5: ["above", "below", "within"], P2: ["approved", "none", "pending", "returned"],
  R1: ["activity_only", "declared_only", "none", "started"],
  gate_completion: ["behind", "complete", "missed", "not_reported", "not_started", "on_track"],
};

export function createFigureCounts(codes: readonly string[]): FigureCounts {
  const nonZero = new Map(codes.map((code) => [code, 0]));
  const states = new Map<string, Set<string>>();
  return {
    add: (figures) => {
      for (const { figure_code: code, n, share, state_code } of figures) {
        const isNonZero = (n !== null && n !== 0) || (share !== null && share !== 0);
        nonZero.set(code, (nonZero.get(code) ?? 0) + (isNonZero ? 1 : 0));
        if (state_code !== null) states.set(code, (states.get(code) ?? new Set()).add(state_code));
      }
    },
    nonZeroByCode: () => Object.fromEntries([...nonZero].sort(([a], [b]) => (a < b ? -1 : 1))),
    neverNonZero: () => [...nonZero].filter(([, rows]) => rows === 0).map(([code]) => code),
    statesByCode: () => Object.fromEntries([...states].map(([code, own]) => [code, [...own].sort()])),
  };
}
