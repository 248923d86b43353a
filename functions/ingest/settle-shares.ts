import type { SettleRequest } from "./settle-request.ts";

/** A lake file of the rows of one landed file. */
export interface LakeShare {
  /** Name of the lake file; the usual one where it is not given. */
  readonly name?: string;
  /** Condition on its staged rows `s`; default: all of them. */
  readonly where?: string;
}

/** Fewer rows are written by one thread in a second. */
const usualSharedRows = 500_000;

/**
 * One lake file is written by one thread, so many rows of one landed file go into two at once. How
 * they part depends on nothing but how many rows it brings: whichever way they are settled, by
 * however many workers they were judged, the bytes are the same.
 */
export function shareRows(
  { sharedRows = usualSharedRows }: SettleRequest, rows: number,
): readonly LakeShare[] {
  if (rows < sharedRows) return [{}];
  const middle = Math.floor(rows / 2);
  return [
    { where: `s.stage_seq < ${middle}` },
    { name: "part-1", where: `s.stage_seq >= ${middle}` },
  ];
}
