// Child process of the ingest: judges one file at a time and stages its rows; see worker-pool.ts.
import { ContractError, EngineError } from "../shared/errors.ts";
import { findMachineFault } from "../shared/machine-fault.ts";
import { parseSeed } from "../shared/seeds.ts";
import { buildJudgeSeeds } from "./judge/seeds.ts";
import { planCut } from "./plan-cut.ts";
import { retainingTokens } from "./judge/tokens.ts";
import { Staging } from "./staging.ts";
import { judgeLandedFile, type JobContext } from "./worker-job.ts";
import { judgeLandedPart, writePartRejects } from "./worker-part.ts";
import type { FromWorker, StartMessage, ToWorker } from "./worker-messages.ts";

let context: JobContext | undefined;
let memoryMb = Infinity;

process.on("message", (message: ToWorker) => {
  handle(message).then(sendWithinLimit, (cause: unknown) => {
    // Broken contracts and a broken engine are nobody's file; everything else that a file makes
    // the parsers throw ends this process and refuses that file as `crashed`.
    const ofMachine = findMachineFault(cause);
    if (ofMachine !== undefined) {
      // A full disk must not refuse a good file.
      send({ kind: "fault", message: `worker: cannot write its rows: ${ofMachine}` });
    } else if (cause instanceof ContractError || cause instanceof EngineError) {
      send({ kind: "fault", message: cause.message });
    } else {
      send({ kind: "failed", why: describePlace(cause) }, () => process.exit(70));
    }
  });
});
// Ctrl-C reaches the whole process group: the parent decides what happens to the night. A worker
// that died of it would look like a file that kills its reader.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
// With a handler a write beyond the limit of a file's size is an error, not the end.
if (process.platform !== "win32") process.on("SIGXFSZ", () => undefined);
// The parent is gone: nobody waits for this work.
process.on("disconnect", () => process.exit(0));

async function handle(message: ToWorker): Promise<FromWorker> {
  if (message.kind === "start") {
    context = start(message);
    return { kind: "ready" };
  }
  if (!context) throw new ContractError(`worker: invalid message before start: ${message.kind}`);
  if (message.kind === "flush") {
    context.partJudge.judge = undefined;
    const parts = context.staging.flush();
    return { kind: "flushed", parts, residentBytes: process.memoryUsage.rss() };
  }
  switch (message.kind) {
    case "plan": {
      const { job, partBytes } = message;
      const cut = await planCut({ ...job, contracts: context.contracts }, partBytes);
      return { kind: "planned", cut: cut ?? null };
    }
    case "part": return { kind: "part-judged", part: judgeLandedPart(message, context) };
    case "rejects":
      return { kind: "rejects-written", rejects: await writePartRejects(message, context) };
    case "judge":
      return {
        kind: "judged", file: message.file, result: await judgeLandedFile(message, context),
      };
  }
}

function start(message: StartMessage): JobContext {
  watchMemory(message.memoryMb);
  return {
    staging: new Staging(message.folder, "rows"),
    partStaging: new Staging(message.folder, "parts"),
    partJudge: { file: 0, judge: undefined },
    folder: message.folder,
    contracts: message.contracts,
    seeds: buildJudgeSeeds(message.seeds.map(({ name, text }) => parseSeed(name, text))),
    tokenKey: Buffer.from(message.tokenKey, "hex"),
    tokens: message.retained ? retainingTokens(message.tokenKey, message.retained) : undefined,
    now: () => performance.now(),
  };
}

/** The heap has its own limit (--max-old-space-size); this one counts native memory too. */
function watchMemory(limit: number): void {
  memoryMb = limit;
  setInterval(() => { if (isAboveMemory()) endAboveMemory(); }, 100).unref();
}

function isAboveMemory(): boolean {
  return process.memoryUsage.rss() > memoryMb * 1_048_576;
}

function endAboveMemory(): void {
  send({ kind: "failed", why: `memory above ${memoryMb} MB` }, () => process.exit(71));
}

/** The timer waits while a file is parsed: looked at here too, before the next file is blamed. */
function sendWithinLimit(answer: FromWorker): void {
  const isJudged = answer.kind === "judged" || answer.kind === "part-judged";
  if (isJudged && isAboveMemory()) endAboveMemory();
  else send(answer);
}

/** Class and place of an error, never its text: that may quote the file. */
function describePlace(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown error";
  const frame = /^\s+at .*?([\w.-]+:\d+):\d+\)?$/m.exec(cause.stack ?? "")?.[1];
  return frame === undefined ? cause.name : `${cause.name} at ${frame}`;
}

function send(message: FromWorker, done?: () => void): void {
  process.send?.(message, undefined, undefined, () => done?.());
}
