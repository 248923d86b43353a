import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { WorkerProcess } from "../../../functions/ingest/worker-process.ts";

it("names the end of a process whose channel had closed before it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "process-"));
  const script = join(folder, "worker.mjs");
  writeFileSync(script, `process.on("message", ({ kind }) => {
  if (kind === "start") process.send({ kind: "ready" });
  else process.send({ kind: "flushed", parts: [], residentBytes: 1 }, () => {
    process.disconnect();
    setTimeout(() => process.exit(3), 200);
  });
});`);
  const start = Promise.resolve({ contracts: [], seeds: [], tokenKey: "", retained: null });
  const worker = new WorkerProcess({ script, memoryMb: 200, start }, folder);
  try {
    expect(await worker.ask({ kind: "flush" }, 5000)).toMatchObject({ kind: "flushed" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await worker.ask({ kind: "flush" }, 5000)).toEqual({ kind: "gone", why: "exit code 3" });
  } finally {
    await worker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});
