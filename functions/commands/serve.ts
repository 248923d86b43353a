import { serveHome } from "../serve/serve-home.ts";
import { UsageError } from "../shared/errors.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";

export const serve: Command = {
  name: "serve",
  summary: "serve the published dashboards on this machine, with log-in and the check per area",
  options: {
    ...homeOption,
    port: { value: "NUMBER", default: "0", help: "0 takes a free one" },
    once: { help: "stop after the address is printed (for a test of the set-up)" },
  },
  examples: [
    { line: "dudao serve --home HOME --once", says: "start, print the address with a one-time link, stop" },
    { line: "dudao serve --home HOME --port 0 --once", says: "the same on a free port" },
  ],
  exitCodes: { ...doneCodes, 0: "stopped by Ctrl-C" },
  async run(input, io) {
    const { store } = await openHome(input.requireOption("home"));
    const port = Number(input.requireOption("port"));
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new UsageError(`--port: invalid: ${input.requireOption("port")}; accepted: 0 to 65535`);
    }
    const site = await serveHome({ store, port, now: () => io.now(), log: createProgressLog(io) });
    // Listened for before the address is printed: whoever reads it may stop us at once.
    const interrupted = io.interrupted();
    try {
      io.out(`serving ${site.url}`);
      if (!input.hasFlag("once")) await interrupted;
    } finally {
      await site.close();
    }
    return 0;
  },
};
