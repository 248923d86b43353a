import type { Log } from "../shared/log.ts";
import type { CommandIo } from "./command.ts";

/** Progress for a person on standard error; structured records only with DUDAO_LOG=json. */
export function createProgressLog(io: CommandIo): Log {
  return {
    progress: (line) => io.err(`  ${line}`),
    record: (event, facts) => {
      if (io.env.DUDAO_LOG === "json") io.err(JSON.stringify({ event, ...facts }));
    },
  };
}
