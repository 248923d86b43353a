/** Numbers below belong to files that decisions bring back and to those that stand in a snapshot. */
const firstFresh = 1_000_001;

/** Number of the file at `index` of a group (night order); its rows are staged under it. */
export function freshFileNumber(index: number): number {
  return firstFresh + index;
}
