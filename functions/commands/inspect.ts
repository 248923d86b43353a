import { accessSync, constants, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type { Contract } from "../ingest/contracts/contract.ts";
import { loadContracts, loadHomeContracts } from "../ingest/contracts/load-contracts.ts";
import { draftContract } from "../ingest/inspect/draft-contract.ts";
import { formatReport, refusalText } from "../ingest/inspect/format-report.ts";
import { inspectFile } from "../ingest/inspect/inspect-file.ts";
import type { FileStudy } from "../ingest/inspect/inspection.ts";
import { judgeSeedNames } from "../ingest/judge/seeds.ts";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import type { Language } from "../shared/messages/catalogue.ts";
import { translatorOf } from "../shared/messages/catalogue.ts";
import { inspectTexts } from "../shared/messages/inspect.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { makeScratchFolder } from "../shared/scratch-folder.ts";
import { readShippedSeed } from "../shared/seeds.ts";
import type { Command, CommandInput, CommandIo } from "./command.ts";
import { openHome } from "./open-home.ts";

export const inspect: Command = {
  name: "inspect",
  summary: "look into any file: format, sheets, header, kinds of its columns, nearest contract",
  positionals: [
    { name: "FILE", help: "path of any file; with --home also system/day/name as it landed" },
  ],
  options: {
    home: { value: "HOME", help: "contracts and seeds of that home; without it the shipped ones" },
    json: { help: "one JSON object: format, encoding, sheets, refused, xapi" },
    lang: { value: "LANG", default: "zh", help: "language of the report: zh, en" },
    contract: { help: "draft a first contract of training records for the file" },
    system: { value: "SYSTEM", help: "with --contract: code of the system, as zjk" },
    export: { value: "EXPORT", help: "with --contract: code of the export, as lessons" },
    out: { value: "PATH", help: "with --contract: file to write; without it standard output" },
  },
  examples: [
    {
      line: "dudao inspect FILE --home HOME",
      says: "what it is, its columns and the contract nearest to it",
    },
    { line: "dudao inspect FILE --home HOME --json", says: "in short, for a script" },
  ],
  exitCodes: {
    0: "done, also when the file cannot be read: the answer says why",
    1: "our fault",
    2: "usage, no such file, no regular file, or no contract can be drafted: the message says why",
  },
  async run(input, io) {
    const home = input.option("home");
    const { store } = home === undefined ? {} : await openHome(home);
    const scratch = makeScratchFolder("inspect");
    try {
      return await run(input, io, store, scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

async function run(
  input: CommandInput, io: CommandIo, home: ObjectStore | undefined, scratch: string,
): Promise<number> {
  const { path, sizeBytes } = await requireFile(input.positionals[0] ?? "", home, scratch);
  const language = requireLanguage(input.requireOption("lang"));
  const draft = input.hasFlag("contract") ? requireNames(input) : undefined;
  const { contracts, seeds } = await readRules(home);
  const isJson = input.hasFlag("json") && !draft;
  const study = await inspectFile({
    path, contracts, seeds, isDeep: !isJson,
    // An event may be as late as today in Shanghai.
    day: new Date(io.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10),
  });
  if (isJson) io.out(JSON.stringify(study.inspection));
  else if (draft) writeDraft({ ...draft, study, path, language }, io);
  else {
    const report = formatReport({ name: basename(path), sizeBytes, study, contracts, language });
    for (const line of report) io.out(line);
  }
  return 0;
}

/** A regular file, as named or as it landed in the home; a device or a pipe might never end. */
async function requireFile(
  name: string, home: ObjectStore | undefined, scratch: string,
): Promise<{ readonly path: string; readonly sizeBytes: number }> {
  const landed = home && await findLanded(name, home, scratch);
  for (const path of landed === undefined ? [name] : [name, landed]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) continue;
    if (!found.isFile()) break;
    requireReadable(path);
    return { path, sizeBytes: found.size };
  }
  throw new UsageError(`inspect: missing regular file: ${name}; accepted: a path`
    + " or, with --home, system/day/name");
}

async function findLanded(
  name: string, home: ObjectStore, scratch: string,
): Promise<string | undefined> {
  const key = `${homeKeys.landingPrefix}${name}`;
  // What a path may be, a key may not.
  if (isAbsolute(name) || name.split("/").some((part) => /^\.{0,2}$/.test(part))) return undefined;
  const isThere = (await home.list(key)).some((object) => object.key === key);
  return isThere ? home.fetchToFile(key, scratch) : undefined;
}

function requireLanguage(text: string): Language {
  if (text === "zh" || text === "en") return text;
  throw new UsageError(`--lang: unknown: ${text}; accepted: zh en`);
}

function requireReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new UsageError(`inspect: file may not be read: ${path}; ask its owner`, { cause });
  }
}

interface DraftNames {
  readonly system: string;
  readonly export: string;
  readonly out: string | undefined;
}

function requireNames(input: CommandInput): DraftNames {
  const system = input.requireOption("system");
  const name = input.requireOption("export");
  if (!/^[a-z][a-z0-9-]*$/.test(system)) {
    throw new UsageError(`--system: invalid: ${system}; accepted: letters a-z, digits, hyphens`);
  }
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new UsageError(`--export: invalid: ${name}; accepted: letters a-z, digits, underscores`);
  }
  return { system, export: name, out: input.option("out") };
}

async function readRules(home: ObjectStore | undefined): Promise<{
  readonly contracts: readonly Contract[];
  readonly seeds: readonly { readonly name: string; readonly text: string }[];
}> {
  if (home === undefined) {
    return { contracts: loadContracts(), seeds: judgeSeedNames.map(readShippedSeed) };
  }
  const seeds = await Promise.all(judgeSeedNames.map((name) => readHomeSeed(home, name)));
  return { contracts: await loadHomeContracts(home), seeds };
}

function writeDraft(
  request: DraftNames & {
    readonly study: FileStudy; readonly path: string; readonly language: Language;
  },
  io: CommandIo,
): void {
  const { study, language, out, system } = request;
  const say = translatorOf(inspectTexts, language);
  const refused = study.inspection.refused;
  if (refused !== null) {
    const why = refusalText(refused, language);
    throw new UsageError(`inspect: no contract for ${request.path}: ${why}`);
  }
  const draft = draftContract({
    study, language, system, export: request.export, fileName: basename(request.path),
  });
  if (!draft) {
    throw new UsageError(`inspect: no column tells persons: ${request.path}; `
      + "accepted: a table with teacher numbers or identity numbers below a header");
  }
  const text = `${formatContract(draft.contract)}\n`;
  // Never hand out a contract that would stop the program.
  loadContracts([{ name: `${system}/${request.export}.json`, text }]);
  if (out === undefined) io.out(text.trimEnd());
  else {
    writeFileSync(out, text);
    io.err(say("drafted", { path: out }));
  }
  io.err(say("remark"));
  for (const remark of draft.remarks) io.err(remark);
  io.err(say("next", { system, export: request.export }));
}

/** JSON as the shipped contracts are laid out: one field a line. */
function formatContract(contract: Contract): string {
  const { fields, columns, ...rest } = contract;
  const lines = Object.entries(rest).map(([key, value]) => `  "${key}": ${JSON.stringify(value)},`);
  return [
    "{", ...lines,
    '  "fields": [', fields.map((f) => `    ${JSON.stringify(f)}`).join(",\n"), "  ],",
    '  "columns": {',
    Object.entries(columns)
      .map(([key, value]) => `    "${key}": ${JSON.stringify(value)}`).join(",\n"),
    "  }", "}",
  ].join("\n");
}
