/** Numbers and choices, the same for the same seed. */
export interface Random {
  /** A whole number below n. */
  below(n: number): number;
  pick<T>(all: readonly T[]): T;
  chance(percent: number): boolean;
}

export function createRandom(seed: number): Random {
  // mulberry32
  let state = seed * 1_000_003;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  return {
    below, pick: (all) => all[below(all.length)]!, chance: (percent) => below(100) < percent,
  };
}
