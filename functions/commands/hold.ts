import { decide, decidedFileHelp, decisionOptions } from "./decide.ts";
import { doneCodes, type Command } from "./command.ts";

export const hold: Command = {
  name: "hold",
  summary: "let a file count no more from the first night after, or not at all",
  positionals: [{ name: "FILE", help: decidedFileHelp }],
  options: decisionOptions,
  examples: [
    {
      line: "dudao hold FILE --home HOME --note wrong-county",
      says: "what was there before it counts again; published days stay",
    },
    { line: "dudao hold FILE --home HOME --json", says: "the decision for a script" },
  ],
  exitCodes: { ...doneCodes, 2: "usage, no such file, refused, or held already" },
  run: (input, io) => decide("hold", input, io),
};
