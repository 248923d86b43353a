import { decide, decidedFileHelp, decisionOptions } from "./decide.ts";
import { doneCodes, type Command } from "./command.ts";

export const reingest: Command = {
  name: "reingest",
  summary: "read a taken file again under the contracts of today",
  positionals: [{ name: "FILE", help: decidedFileHelp }],
  options: decisionOptions,
  examples: [
    {
      line: "dudao reingest FILE --home HOME",
      says: "the new reading counts from the next night on; known days stay",
    },
    {
      line: "dudao reingest FILE --home HOME --note header-corrected --json",
      says: "the decision with its reason, for a script",
    },
  ],
  exitCodes: {
    ...doneCodes,
    2: "usage, no such file, on hold, or a later snapshot of that export was accepted",
  },
  run: (input, io) => decide("reingest", input, io),
};
