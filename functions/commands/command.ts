import { parseArgs } from "node:util";
import { UsageError } from "../shared/errors.ts";

/** One option of a command, `--name VALUE` or a flag. */
export interface OptionSpec {
  /** Name of the value in the help; absent for a flag. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
  readonly isRequired?: boolean;
}

/** A command of `dudao`; everything that `--help` teaches is here and nowhere else. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positional words in order, `FILE` or `[FILE]`. */
  readonly positionals?: readonly { readonly name: string; readonly help: string }[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Two lines each that a test runs; `HOME` stands for a simulated home. */
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  readonly exitCodes: Readonly<Record<number, string>>;
  run(input: CommandInput, io: CommandIo): Promise<number>;
}

export interface CommandInput {
  readonly positionals: readonly string[];
  option(name: string): string | undefined;
  /** The value or its default; throws UsageError when neither is there. */
  requireOption(name: string): string;
  hasFlag(name: string): boolean;
}

export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  /** True where standard output is a terminal (a browser may be opened, progress drawn in place). */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Resolves on Ctrl-C or a terminate signal. */
  interrupted(): Promise<void>;
}

export const doneCodes = { 0: "done", 1: "our fault", 2: "usage" } as const;

/** Reads the words after the command's name; throws UsageError naming what is accepted. */
export function parseInput(command: Command, args: readonly string[]): CommandInput {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, spec]) =>
    [name, { type: spec.value === undefined ? "boolean" as const : "string" as const }]));
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.split(". ")[0] ?? "" : "";
    throw new UsageError(
      `${command.name}: ${problem.charAt(0).toLowerCase()}${problem.slice(1)}; `
      + `accepted: ${Object.keys(command.options).map((o) => `--${o}`).join(" ")}`, { cause });
  }
  const wanted = command.positionals ?? [];
  const required = wanted.filter((p) => !p.name.startsWith("["));
  if (parsed.positionals.length < required.length || parsed.positionals.length > wanted.length) {
    throw new UsageError(
      `${command.name}: invalid number of words: ${parsed.positionals.length}; `
      + `accepted: ${wanted.map((p) => p.name).join(" ") || "none"}`);
  }
  const values = parsed.values as Readonly<Record<string, string | boolean | undefined>>;
  const option = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : command.options[name]?.default;
  };
  const requireOption = (name: string): string => {
    const value = option(name);
    if (value === undefined) throw new UsageError(`${command.name}: missing --${name} ${command.options[name]?.value ?? ""}`.trim());
    return value;
  };
  for (const [name, spec] of Object.entries(command.options)) if (spec.isRequired) requireOption(name);
  return { positionals: parsed.positionals, option, requireOption, hasFlag: (name) => values[name] === true };
}

/** Text of `dudao <command> --help`: synopsis, options, examples, exit codes. */
export function formatHelp(command: Command): string {
  const words = (command.positionals ?? []).map((p) => p.name);
  const flags = Object.entries(command.options).map(([name, spec]) => {
    const text = spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`;
    return spec.isRequired ? text : `[${text}]`;
  });
  const left = (spec: OptionSpec, name: string): string =>
    (spec.value === undefined ? `--${name}` : `--${name} ${spec.value}`).padEnd(24);
  return [
    `dudao ${command.name}: ${command.summary}`,
    "",
    `usage: dudao ${[command.name, ...words, ...flags].join(" ")}`,
    "",
    ...(command.positionals ?? []).map((p) => `  ${p.name.padEnd(24)}${p.help}`),
    ...Object.entries(command.options).map(([name, spec]) =>
      `  ${left(spec, name)}${spec.help}${spec.default === undefined ? "" : ` (default ${spec.default})`}`),
    "",
    "examples:",
    ...command.examples.flatMap((e) => [`  ${e.line}`, `      ${e.says}`]),
    "",
    "exit codes:",
    ...Object.entries(command.exitCodes).map(([code, text]) => `  ${code}  ${text}`),
    "",
  ].join("\n");
}

/** A calendar day from the command line; throws UsageError for what is none. */
export function requireDay(name: string, value: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
    && !Number.isNaN(Date.parse(`${value}T00:00:00Z`))
    && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
  if (!isDay) throw new UsageError(`--${name}: invalid day: ${value}; accepted: a day as 2021-12-20`);
  return value;
}
