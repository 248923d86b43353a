import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** The machine a part was measured on; its load tells whether it had other work. */
export function describeMachine() {
  return {
    cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? "unknown",
    memory_gib: Math.round(totalmem() / 2 ** 30), node: process.versions.node,
    platform: `${process.platform} ${process.arch}`, load_15_minutes: Number(loadavg()[2].toFixed(1)),
  };
}
