import { loadHomeContracts } from "../ingest/contracts/load-contracts.ts";
import { recordDecision } from "../ingest/record-decision.ts";
import type { DecisionKind } from "../shared/decisions.ts";
import type { CommandInput, CommandIo } from "./command.ts";
import { homeOption, openHome } from "./open-home.ts";

export const decisionOptions = {
  ...homeOption,
  by: { value: "NAME", help: "who decides; kept with the decision" },
  note: { value: "TEXT", help: "why; kept with the decision" },
  json: { help: "the decision as one JSON object" },
} as const;

export const decidedFileHelp =
  "landing path, system/day/name, file name if only one has it, or digits of its SHA-256";

/** Records one decision and tells on which night it takes effect. */
export async function decide(
  kind: DecisionKind, input: CommandInput, io: CommandIo,
): Promise<number> {
  const { store } = await openHome(input.requireOption("home"));
  const contracts = await loadHomeContracts(store);
  const { decision, isNew } = await recordDecision({
    store, kind, file: input.positionals[0] ?? "",
    by: input.option("by") ?? null,
    note: input.option("note") ?? null,
    decidedAt: io.now(),
    isFull: (system, name) =>
      contracts.some((c) => c.system === system && c.export === name && c.mode === "full"),
  });
  if (input.hasFlag("json")) {
    io.out(JSON.stringify(decision));
    return 0;
  }
  const when = decision.after === "" ? "with the first night"
    : `on the first night after ${decision.after}`;
  io.out(`${kind} ${decision.id}${isNew ? "" : " (given before)"}: takes effect ${when}`);
  for (const [i, f] of decision.files.entries()) {
    const place = `${f.system}/${f.landing_day}/${f.file_name}`;
    io.out(i === 0 ? `  ${place}` : `  ${place} (shares a scope with it)`);
  }
  io.err("if nothing lands until then: dudao nightly --date DAY");
  return 0;
}
