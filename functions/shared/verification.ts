/** What `dudao verify` looked at under one heading, and what it found wrong. */
export interface Verification {
  readonly check: "nights" | "landing" | "runs" | "publication";
  /** Objects, files or tables that were read and compared. */
  readonly looked_at: number;
  /** `<key>: missing | changed | contradictory: <what>`, one each. */
  readonly faults: readonly string[];
}

/** Runs work over items, a handful at once; the faults in the order of the items. */
export async function gatherFaults<T>(
  items: readonly T[], find: (item: T) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const atOnce = 8;
  const faults: string[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    faults.push(...(await Promise.all(items.slice(start, start + atOnce).map(find))).flat());
  }
  return faults;
}
