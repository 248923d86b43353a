import type { Relation } from "../shared/relations.ts";
import { requireRelation } from "../shared/relations.ts";
import { quoteText } from "../shared/sql-engine-duckdb-open.ts";
import type { NightFile, SettleRequest } from "./settle-request.ts";
import { readParquetSql } from "./settle-request.ts";
import { shareRows, type LakeShare } from "./settle-shares.ts";
import { placesParts, repeatsPart, versionsPart, type StagedPart } from "./staging.ts";

/** Smaller files are not worth another way. */
const usualLargeRows = 100_000;

/**
 * A large text of an export of which no earlier night has anything: there is nothing to compare its
 * rows with, and its worker has told which of them repeat or follow another one. All that was
 * staged and is no repetition goes to the lake, and what lies there is the state.
 */
export interface FreshFile {
  readonly file: NightFile;
  readonly relation: Relation;
  /** Its rows, in the order of the file. */
  readonly parts: readonly StagedPart[];
  readonly repeats: readonly StagedPart[];
  /** Rows with a further version of their record. */
  readonly versions: readonly StagedPart[];
  /** Staged rows that repeat none. */
  readonly rows: number;
  readonly shares: readonly LakeShare[];
}

/** The files of a night that can be settled without being compared. */
export async function findFresh(request: SettleRequest): Promise<readonly FreshFile[]> {
  const { files, parts, replacing, largeRows = usualLargeRows } = request;
  if (replacing) return [];
  const fresh: FreshFile[] = [];
  for (const file of files) {
    const own = parts.filter((part) => part.file === file.file);
    const staged = own.filter((part) => !notRecords.includes(part.relation));
    const [name, ...others] = new Set(staged.map((part) => part.relation));
    const versions = own.filter((part) => part.relation === versionsPart);
    if (name === undefined || others.length > 0 || versions.length === 0) continue;
    if (!isAlone(request, file, name)) continue;
    const repeats = own.filter((part) => part.relation === repeatsPart);
    const rows = await countRows(request, file, staged, repeats);
    if (rows === undefined || rows < largeRows) continue;
    fresh.push({
      file, relation: requireRelation(name), parts: staged, repeats, versions, rows,
      shares: shareRows(request, rows),
    });
  }
  return fresh;
}
const notRecords = ["rejected_identity", ...placesParts];

/** No other file, of this night or an earlier one, has rows in the relation and system. */
function isAlone(
  { files, earlier, parts }: SettleRequest, { file, system, olderScopes = [] }: NightFile,
  relation: string,
): boolean {
  const ofSystem = files.filter((other) => other.system === system && other.file !== file);
  return olderScopes.length === 0
    && !earlier.some((e) => e.system === system && e.relation === relation)
    && (ofSystem.length === 0 || !parts.some((part) => part.relation === relation
      && (part.file === undefined || ofSystem.some((other) => other.file === part.file))));
}

/** Undefined where some row has no effect. */
async function countRows(
  { connection }: SettleRequest, { file, effectiveScopes }: NightFile,
  staged: readonly StagedPart[], repeats: readonly StagedPart[],
): Promise<number | undefined> {
  if (effectiveScopes.length === 0) return undefined;
  const scopes = effectiveScopes.map(quoteText).join(", ");
  const nRepeats = repeats.length === 0 ? "0"
    : `(SELECT count(*) FROM ${readParquetSql(repeats)} WHERE stage_file = ${file})`;
  const [[rows, without, repeated] = []] = (await connection.runAndReadAll(`
    SELECT count(*), count(*) FILTER (scope NOT IN (${scopes})), ${nRepeats}
    FROM ${readParquetSql(staged)}`)).getRowsJS();
  return Number(without) > 0 ? undefined : Number(rows) - Number(repeated);
}
