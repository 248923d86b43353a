/** Numbers below n, the same for the same seed. */
export type Random = (n: number) => number;

export function createRandom(seed: number): Random {
  // mulberry32
  let state = seed * 1_000_003;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
