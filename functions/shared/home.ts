/**
 * Keys of everything in a home, relative to its root (a folder or an S3 prefix).
 * No other file spells a path of a home.
 */
export const homeKeys = {
  /** `{ version, created_on, simulated?: { seed, scale, until } }` */
  description: "home.json",
  /** Token key, hex, mode 0600. */
  tokenKey: "private/token.key",
  /** Tokens that keep an earlier key, and that key (`RetainedTokens`), mode 0600. */
  retainedTokens: (keyId: string) => `private/retained-tokens/${keyId}.json`,
  retainedTokensPrefix: "private/retained-tokens/",
  /** A rekey on its way: the coming key, the one before, what was begun; mode 0600. */
  /** Present while a night or a rekey changes the home (`HomeLock`), mode 0600. */
  lock: "private/lock.json",
  nextTokenKey: "private/rekey/next.key",
  previousTokenKey: "private/rekey/previous.key",
  rekeyNote: "private/rekey/note.json",
  /** Key that signs sessions and one-time links, hex, mode 0600. */
  sessionKey: "private/session.key",
  /** Local users, mode 0600. */
  users: "private/users.json",
  /** A file here replaces the one of the same name in sql/seeds/. */
  seed: (name: string) => `seeds/${name}`,

  /** `<system>/<export>.json` here adds an export, or replaces the shipped contract. */
  contract: (system: string, name: string) => `contracts/${system}/${name}.json`,
  contractPrefix: "contracts/",

  landing: (system: string, day: string, fileName: string) => `landing/${system}/${day}/${fileName}`,
  landingPrefix: "landing/",

  lake: (relation: string, system: string, knownOn: string, file: string) =>
    `lake/${relation}/system=${system}/known_on=${knownOn}/${file}.parquet`,
  lakePrefix: "lake/",
  privateLake: (relation: string, system: string, knownOn: string, file: string) =>
    `private/${relation}/system=${system}/known_on=${knownOn}/${file}.parquet`,
  privateLakePrefix: (relation: string) => `private/${relation}/`,

  /** Written if-none-match when a file has been taken; the ledger row inside. */
  receipt: (system: string, day: string, sha256: string) => `receipts/${system}/${day}/${sha256}.json`,
  receiptPrefix: "receipts/",
  /** One NDJSON line a file of the night, `LedgerRow`, in night order. */
  ledger: (knownOn: string) => `ledger/${knownOn}.ndjson`,
  ledgerPrefix: "ledger/",
  /** A person's decision on files: who, why, which; mode 0600 (it names a person). */
  decision: (id: string) => `private/decisions/${id}.json`,
  decisionPrefix: "private/decisions/",
  /** The plan of a night that is made in several processes, until it is closed. */
  workPlan: (day: string) => `work/${day}/plan.json`,
  /** What was made of one of its files ahead of the night. */
  workFile: (day: string, knownOn: string, file: number, name: string) =>
    `work/${day}/${knownOn}/${file}/${name}`,
  /** Findings of a day that is only caught up, until its mails are sent. */
  caughtUp: (day: string) => `work/caught-up/${day}.json`,
  workPrefix: (day: string) => `work/${day}/`,
  /** Present when the ingest of that day is closed: lake objects with SHA-256 (`ClosedNight`). */
  night: (day: string) => `nights/${day}.json`,
  nightPrefix: "nights/",
  /** `{ day }`: newest night that went all the way, its publication and mails included. */
  finishedNight: "finished.json",
  /** Written and deleted before a long command: a home that cannot be written fails at once. */
  writeProbe: ".probe",

  /**
   * Newest version of every record of the full exports after that night: derived from the lake,
   * rebuilt where it is missing.
   */
  state: (day: string) => `state/${day}.parquet`,
  statePrefix: "state/",

  /** Rejected rows as received (personal data): NDJSON, one row a line. */
  quarantine: (system: string, day: string, fileName: string) =>
    `quarantine/${system}/${day}/${fileName}.ndjson`,
  slip: (system: string, day: string, fileName: string, ending: "xlsx" | "csv" | "json") =>
    `slips/${system}/${day}/${fileName}.${ending}`,
  /** Rows of persons who match nobody, beside the slip of their file. */
  unmatchedSlip: (system: string, day: string, fileName: string) =>
    `slips/${system}/${day}/unmatched/${fileName}.csv`,
  /** All files that a night took of one system. */
  slipSummary: (system: string, knownOn: string, ending: "xlsx" | "csv") =>
    `slips/${system}/${knownOn}.${ending}`,
  slipPrefix: "slips/",

  run: (runId: string, file: string) => `runs/${runId}/${file}`,
  runPrefix: "runs/",
  /** Newest stored run of each as-of day: `{ run_id }`. */
  runOfDay: (asOf: string) => `runs/by-day/${asOf}.json`,
  runOfDayPrefix: "runs/by-day/",
  /** A contract, seed or SQL text that some manifest names, under its SHA-256; written once. */
  runText: (sha256: string) => `runs/texts/${sha256}`,
  runTextPrefix: "runs/texts/",

  /** What one call of a night used of what AWS bills (`CallUsage`). */
  usage: (day: string, call: string) => `usage/${day}/${call}.json`,
  usagePrefix: "usage/",

  publishPrefix: "publish/",
  /** The one public pointer: `{ run_id, as_of }`. */
  current: "publish/app/current.json",
  app: (file: string) => `publish/app/${file}`,
  /** `file` of one area's slice: publish/51/5101/510104/<run id>/<file>. */
  slice: (areaCode: string, runId: string, file: string) =>
    `publish/${areaPath(areaCode)}/${runId}/${file}`,

  /** State of one finding. */
  finding: (key: string) => `alerts/findings/${key}.json`,
  findingPrefix: "alerts/findings/",
  /** Written if-none-match before a mail is handed over, its result after. */
  mailKey: (key: string) => `alerts/sent/${key}.json`,
  mailKeyPrefix: "alerts/sent/",
  outboxPrefix: "outbox/",
  logPrefix: "logs/",
} as const;

/** `51` → `51`, `5101` → `51/5101`, `510104` → `51/5101/510104`. */
export function areaPath(areaCode: string): string {
  if (areaCode.length === 2) return areaCode;
  const city = `${areaCode.slice(0, 2)}/${areaCode.slice(0, 4)}`;
  return areaCode.length === 4 ? city : `${city}/${areaCode}`;
}
