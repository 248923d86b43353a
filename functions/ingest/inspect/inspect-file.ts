import { fork, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { EngineError } from "../../shared/errors.ts";
import { requireWorkerScript } from "../worker-script.ts";
import { detectFormat } from "./detect-format.ts";
import type { FromInspector } from "./inspect-messages.ts";
import type { FileStudy, Inspection } from "./inspection.ts";
import { readEnds } from "./read-ends.ts";
import type { StudyRequest } from "./study-file.ts";

export interface InspectOptions extends StudyRequest {
  /** Longest time for the reading; 14 s if not given. */
  readonly deadlineSeconds?: number;
  /** Limit of the reading process, all its memory together; 800 MB if not given. */
  readonly memoryMb?: number;
}

/** Heap of the reading process: buffers live beside it. */
const HEAP_MB = 640;
const WATCH_EVERY_MS = 40;

/**
 * Reads any file in a process of its own, under a deadline and a memory limit; where it runs out,
 * the study is what was known by then, refused as `crashed` or `too_large` (rows.md). Throws
 * EngineError for faults of ours only.
 */
export async function inspectFile(options: InspectOptions): Promise<FileStudy> {
  const { deadlineSeconds = 14, memoryMb = 800, ...request } = options;
  const started = performance.now();
  const script = await requireWorkerScript("inspect-worker");
  const child = fork(script, [], {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    // What Node prints when it runs out of memory is no text for users.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const left = deadlineSeconds * 1_000 - (performance.now() - started);
  const end = await waitFor(child, request, { ms: left, memoryMb });
  if (end.kind === "done") return end.study;
  if (end.kind === "failed") throw new EngineError(`inspect: ${end.why}`);
  const known = end.known ?? beforeReading(request.path);
  const refused = end.why === "memory"
    ? `too_large: needs more than ${memoryMb} MB of memory`
    : end.why === "deadline"
      ? `crashed: past the deadline of ${deadlineSeconds} s; counts are of the part read`
      : "crashed: the reading process ended";
  return { inspection: { ...known, refused: known.refused ?? refused }, profiles: [], trial: null };
}

type End =
  | { readonly kind: "done"; readonly study: FileStudy }
  | { readonly kind: "failed"; readonly why: string }
  | {
    readonly kind: "ended";
    readonly why: "memory" | "deadline" | "gone";
    readonly known: Inspection | undefined;
  };

function waitFor(
  child: ChildProcess, request: StudyRequest,
  limit: { readonly ms: number; readonly memoryMb: number },
): Promise<End> {
  return new Promise((resolve, reject) => {
    let known: Inspection | undefined;
    let why: "memory" | "deadline" | "gone" = "gone";
    let end: End | undefined;
    const stop = (reason: "memory" | "deadline"): void => {
      why = reason;
      child.kill("SIGKILL");
    };
    const deadline = setTimeout(() => stop("deadline"), Math.max(limit.ms, 0));
    const watch = setInterval(() => {
      if (residentMb(child.pid) > limit.memoryMb) stop("memory");
    }, WATCH_EVERY_MS);
    child.on("error", reject);
    child.on("message", (message: FromInspector) => {
      if (message.kind === "ready") child.send(request);
      else if (message.kind === "progress") known = message.inspection;
      else end = message;
    });
    child.once("close", (_code, signal) => {
      clearTimeout(deadline);
      clearInterval(watch);
      // An aborted heap says so by its signal alone.
      if (why === "gone" && signal === "SIGABRT") why = "memory";
      resolve(end ?? { kind: "ended", why, known });
    });
  });
}

/** Memory of a process as Linux tells it; elsewhere the limit of its heap is the limit. */
function residentMb(pid: number | undefined): number {
  if (process.platform !== "linux" || pid === undefined) return 0;
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return (pages * 4_096) / 1_048_576;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return 0;
    throw error;
  }
}

/** All that is known of a file of which not one row was read. */
function beforeReading(path: string): Inspection {
  const { head, tail } = readEnds(path);
  return { ...detectFormat(head, tail), sheets: [], refused: null, xapi: null };
}
