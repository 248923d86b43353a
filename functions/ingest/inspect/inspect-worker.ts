import type { FromInspector } from "./inspect-messages.ts";
import { studyFile, type StudyRequest } from "./study-file.ts";

/** Least time between two reports of progress: a report of many sheets is long. */
const REPORT_EVERY_MS = 250;

// The other process is gone: nobody waits for this work.
process.on("disconnect", () => process.exit(0));

process.once("message", (request: StudyRequest) => {
  let reported = 0;
  studyFile(request, (inspection) => {
    const now = performance.now();
    if (now - reported < REPORT_EVERY_MS) return;
    reported = now;
    send({ kind: "progress", inspection });
  }).then(
    (study) => send({ kind: "done", study }, () => process.exit(0)),
    (error: unknown) => send(
      { kind: "failed", why: error instanceof Error ? error.message : String(error) },
      () => process.exit(0)),
  );
});
send({ kind: "ready" });

function send(message: FromInspector, done?: () => void): void {
  process.send?.(message, undefined, undefined, () => done?.());
}
