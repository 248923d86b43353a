import type { CommandIo } from "./command.ts";

/** Terminal, environment and clock of this process; the only place that touches them. */
export function createProcessIo(): CommandIo {
  return {
    out: writerOf(process.stdout),
    err: writerOf(process.stderr),
    isTerminal: process.stdout.isTTY === true,
    env: process.env,
    now: () => new Date(),
    // Stays on: npm passes a Ctrl-C on to a process that the terminal has told already.
    interrupted: () => new Promise((resolve) => {
      process.on("SIGINT", () => resolve());
      process.on("SIGTERM", () => resolve());
    }),
  };
}

/**
 * Lines to a stream whose reader may leave (`dudao files | head`): what is left is dropped, and the
 * command goes on to its end, since a night must not stop because nobody listens to it.
 */
function writerOf(stream: NodeJS.WriteStream): (line: string) => void {
  let isOpen = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    isOpen = false;
  });
  return (line) => { if (isOpen) stream.write(`${line}\n`); };
}
