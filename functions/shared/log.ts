/** Where a step tells of its progress; passed in, so that tests and Lambda choose. */
export interface Log {
  /** One line for a person following along, e.g. `ingest 3/20 practice 510104.csv`. */
  progress(line: string): void;
  /** One structured record; never with personal data. */
  record(event: string, facts: Readonly<Record<string, string | number | boolean | null>>): void;
}

export const silentLog: Log = { progress: () => undefined, record: () => undefined };
