import { decide, decidedFileHelp, decisionOptions } from "./decide.ts";
import { doneCodes, type Command } from "./command.ts";

export const release: Command = {
  name: "release",
  summary: "let a held file take effect on the first night after",
  positionals: [{ name: "FILE", help: decidedFileHelp }],
  options: decisionOptions,
  examples: [
    {
      line: "dudao release FILE --home HOME",
      says: "it and those that share a scope with it count from the next night on",
    },
    {
      line: "dudao release FILE --home HOME --note checked --json",
      says: "the decision with its reason, for a script",
    },
  ],
  exitCodes: {
    ...doneCodes,
    2: "usage, no such file, not held, or a later snapshot of that export was accepted",
  },
  run: (input, io) => decide("release", input, io),
};
