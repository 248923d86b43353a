/**
 * Markdown of the measured parts in the given order: one row a line of work, then one sentence a
 * machine and commit. A part that was not measured says so.
 */
export function formatTable(names, results) {
  const rows = names.flatMap((name) => {
    const part = results[name];
    if (!part?.lines) return [`| ${name} | not measured | | |`];
    return part.lines.map((line) =>
      `| ${line.what} | ${line.measured} | ${line.target} | ${formatVerdict(line.is_met)} |`);
  });
  const places = new Map();
  for (const name of names) {
    const part = results[name];
    if (!part?.machine) continue;
    const { cores, memory_gib: memory, node, platform } = part.machine;
    const place = `${cores} cores, ${memory} GiB, Node ${node}, ${platform}, commit ${part.commit}`;
    places.set(place, [...(places.get(place) ?? []), name]);
  }
  const notes = [...places].map(([place, of]) => `${of.join(", ")}: ${place}.`);
  return ["| work | measured | target | |", "| --- | --- | --- | --- |", ...rows, "", ...notes, ""]
    .join("\n");
}

function formatVerdict(isMet) {
  if (isMet === null) return "";
  return isMet ? "met" : "**not met**";
}

/** One line of the table; `isMet` null where there is no target. */
export function lineOf(what, measured, target, isMet) {
  return { what, measured, target, is_met: isMet };
}

const numbers = new Intl.NumberFormat("en-US");
export const count = (n) => numbers.format(n);
/** `12.3 s, 849 MB` of a contender. */
export const cost = (run) => `${run.seconds} s, ${count(run.peak_mb)} MB`;
/** `polars 5.1 s (1,200 MB) · …`, leaving out who is not there. */
export function listPeers(runs, names) {
  return Object.entries(names).filter(([key]) => runs[key] !== undefined)
    .map(([key, name]) => `${name} ${runs[key].seconds} s (${count(runs[key].peak_mb)} MB)`)
    .join(" · ");
}
