import { listFindings, listMailKeys } from "../alert/alert-run.ts";
import { UsageError } from "../shared/errors.ts";
import { doneCodes, type Command } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

export const alerts: Command = {
  name: "alerts",
  summary: "findings with their state, and the mails they caused",
  positionals: [{ name: "[list]", help: "what to do (ack, silence, resend: later)" }],
  options: {
    ...homeOption,
    mails: { help: "the mails with their result instead of the findings" },
    json: { help: "one JSON object a line" },
  },
  examples: [
    { line: "dudao alerts list --home HOME", says: "what is open, since when, reminded when" },
    { line: "dudao alerts list --home HOME --mails --json", says: "who was written to, for a script" },
  ],
  exitCodes: doneCodes,
  async run(input, io) {
    const [what = "list"] = input.positionals;
    if (what !== "list") throw new UsageError(`alerts: unknown: ${what}; accepted: list`);
    const { store } = await openHome(input.requireOption("home"));
    if (input.hasFlag("mails")) {
      for (const key of await listMailKeys(store)) {
        // A key without a result: a crash between writing it and sending; never sent again by itself.
        const result = key.result === "pending" ? "unknown" : key.result;
        io.out(input.hasFlag("json") ? JSON.stringify({ ...key, result })
          : [key.day, key.recipient_id, key.finding_key, key.state_code, result, key.mail].join("\t"));
      }
      return 0;
    }
    for (const f of await listFindings(store)) {
      io.out(input.hasFlag("json") ? JSON.stringify(f)
        : [f.state_code, f.rule_code, f.area_code, f.subject, `since ${f.since_on}`,
          f.resolved_on ? `resolved ${f.resolved_on}` : `due ${f.due_on ?? ""}`].join("\t"));
    }
    return 0;
  },
};
