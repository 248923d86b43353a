import { alerts } from "./commands/alerts.ts";
import { formatHelp, parseInput, type Command, type CommandIo } from "./commands/command.ts";
import { diff } from "./commands/diff.ts";
import { doctor } from "./commands/doctor.ts";
import { explain } from "./commands/explain.ts";
import { figures } from "./commands/figures.ts";
import { files } from "./commands/files.ts";
import { hold } from "./commands/hold.ts";
import { inspect } from "./commands/inspect.ts";
import { lookalikes } from "./commands/lookalikes.ts";
import { backfill, nightly } from "./commands/nightly.ts";
import { createProcessIo } from "./commands/process-io.ts";
import { reingest } from "./commands/reingest.ts";
import { rebuild } from "./commands/rebuild.ts";
import { rekey } from "./commands/rekey.ts";
import { release } from "./commands/release.ts";
import { serve } from "./commands/serve.ts";
import { simulate } from "./commands/simulate.ts";
import { slip } from "./commands/slip.ts";
import { start } from "./commands/start.ts";
import { unmatched } from "./commands/unmatched.ts";
import { users } from "./commands/users.ts";
import { verify } from "./commands/verify.ts";
import { InvalidInputError, NotPublishedError, UsageError } from "./shared/errors.ts";
import { maskNumbers } from "./shared/mask-numbers.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start, simulate, nightly, backfill, serve, figures, files, explain, diff, unmatched, lookalikes, slip,
  inspect, reingest, hold, release, alerts, rebuild, verify, rekey, users, doctor,
];

/** Entry of the command line; returns the exit code (figures.md: 0 done, 1 our fault, 2 usage, 3 nothing published). */
export async function main(args: readonly string[], io: CommandIo = createProcessIo()): Promise<number> {
  // With a handler a write beyond the limit of a file's size is an error, not the end.
  if (process.platform !== "win32" && process.listenerCount("SIGXFSZ") === 0) {
    process.on("SIGXFSZ", () => undefined);
  }
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.out(formatOverview());
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((c) => c.name === name);
  if (!command) {
    io.err(`dudao: unknown command: ${name}; accepted: ${commands.map((c) => c.name).join(" ")}`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    io.out(formatHelp(command));
    return 0;
  }
  try {
    return await command.run(parseInput(command, rest), io);
  } catch (error) {
    return reportError(error, io);
  }
}

function reportError(error: unknown, io: CommandIo): number {
  if (!(error instanceof Error)) throw error;
  // A message names files; a sender may have put a person's number into the name.
  const say = (line: string): void => io.err(maskNumbers(line));
  if (error instanceof UsageError || error instanceof InvalidInputError) {
    say(`dudao: ${error.message}`);
    return 2;
  }
  if (error instanceof NotPublishedError) {
    say(`dudao: nothing was published: ${error.message}`);
    return 3;
  }
  say(`dudao: ${error.name}: ${error.message}`);
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) say(`  because: ${cause.message}`);
  if (io.env.DUDAO_DEBUG === "1" && error.stack) say(error.stack);
  return 1;
}

function formatOverview(): string {
  return [
    "dudao: supervision pipeline for teacher-training programmes",
    "",
    "usage: dudao COMMAND [options]; dudao COMMAND --help teaches each",
    "",
    ...commands.map((c) => `  ${c.name.padEnd(12)}${c.summary}`),
    "",
    "exit codes: 0 done · 1 our fault · 2 usage · 3 nothing was published",
    "",
  ].join("\n");
}
