import { createHash } from "node:crypto";
import { listCurrentFiles } from "../shared/current-files.ts";
import { fileKeyOf, type DecidedFile } from "../shared/decisions.ts";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import type { LedgerRow } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";

export interface DecidableFile {
  readonly file: DecidedFile;
  /** As it stands; undefined for a file that no night has taken. */
  readonly row: LedgerRow | undefined;
}

/** Shorter beginnings of a SHA-256 are too easily a word. */
const fewestDigits = 6;

/**
 * The one file that a person means by its landing path, its name, or the beginning of its SHA-256;
 * of taken files and those that still wait in `landing/`. Throws UsageError for none or several,
 * listing these.
 */
export async function findDecidableFile(
  store: ObjectStore, ledger: readonly LedgerRow[], wanted: string,
): Promise<DecidableFile> {
  const taken = new Map<string, DecidableFile>();
  for (const row of listCurrentFiles(ledger)) {
    const { system, landing_day, file_name, sha256 } = row;
    taken.set(fileKeyOf(row), { file: { system, landing_day, file_name, sha256 }, row });
  }
  const path = wanted.startsWith(homeKeys.landingPrefix)
    ? wanted.slice(homeKeys.landingPrefix.length) : wanted;
  const bytes = new Map(ledger.map((row) =>
    [homeKeys.landing(row.system, row.landing_day, row.file_name), row.bytes]));
  const waiting: DecidableFile[] = [];
  for (const { key, sizeBytes } of await store.list(homeKeys.landingPrefix)) {
    const [, system = "", landing_day = "", file_name = ""] = key.split("/");
    if (bytes.get(key) === sizeBytes) continue;
    if (`${system}/${landing_day}/${file_name}` !== path && file_name !== wanted) continue;
    const sha256 = createHash("sha256")
      .update((await store.get(key))?.body ?? new Uint8Array()).digest("hex");
    waiting.push({ file: { system, landing_day, file_name, sha256 }, row: undefined });
  }
  const all = [...taken.values(), ...waiting];
  const isDigits = new RegExp(`^[0-9a-f]{${fewestDigits},64}$`).test(wanted);
  const matches = [
    (f: DecidedFile) => `${f.system}/${f.landing_day}/${f.file_name}` === path,
    (f: DecidedFile) => f.file_name === wanted,
    (f: DecidedFile) => isDigits && f.sha256.startsWith(wanted),
  ];
  for (const isMeant of matches) {
    const found = all.filter(({ file }) => isMeant(file));
    // A digest is that of the bytes: copies that only repeat the file are not meant.
    const first = found.filter(({ row }) => row?.status !== "repeated");
    const meant = first.length > 0 && isMeant === matches[2] ? first : found;
    if (meant.length === 1) return meant[0] as DecidableFile;
    if (meant.length === 0) continue;
    const names = meant.slice(0, 5).map(({ file: f }) =>
      `${f.system}/${f.landing_day}/${f.file_name} (${f.sha256.slice(0, 12)})`);
    throw new UsageError(`file: ${meant.length} files fit: ${wanted}; accepted: one of ` +
      `${names.join(", ")}${meant.length > 5 ? ", …" : ""}`);
  }
  throw new UsageError(`file: unknown: ${wanted}; accepted: <system>/<day>/<name>, a file name, ` +
    `${fewestDigits} or more digits of its SHA-256 (see \`dudao files\`)`);
}
