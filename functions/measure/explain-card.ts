import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import { findLocalFile } from "../shared/find-local-file.ts";
import { homeKeys } from "../shared/home.ts";
import type { RunManifest } from "../shared/ledger.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { readParquet } from "../shared/read-parquet.ts";
import { sha256OfFile } from "../shared/sha256-of-file.ts";
import { toFigure } from "./read-figures.ts";
import type { FigureRow } from "./read-figures.ts";
import { buildRunId, identityOf } from "./run-manifest.ts";
import { readManifest } from "./stored-runs.ts";

/** `dudao explain card --json`, keys in this order. */
export interface CardExplanation {
  readonly card: string;
  readonly area_code: string;
  readonly as_of: string;
  readonly run_id: string;
  /** The run that everybody sees. */
  readonly is_public: boolean;
  /** Of the card of the run, and of the published one; null where there is none. */
  readonly scorecard_sha256: string | null;
  readonly published_sha256: string | null;
  /** Figures of the area, all teachers, as the run stored them. */
  readonly figures: readonly FigureRow[];
  /** Files that were received until the night of the run. */
  readonly files: readonly CardFile[];
  /** Objects of the lake and ledgers that the manifest names. */
  readonly inputs: RunManifest["inputs"];
  /** Runs of earlier days that its series shows as known then. */
  readonly runs: RunManifest["runs"];
  readonly versions: RunManifest["versions"];
}
export interface CardFile {
  readonly system: string;
  readonly landing_day: string;
  readonly known_on: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly status: string;
  readonly rows_accepted: number | null;
}

const cardForm = /^(\d{2}|\d{4}|\d{6})-(\d{4})(\d{2})(\d{2})-([0-9a-f]{6})$/;

/** Area and run of a short code as printed on a card; undefined for what is none. */
export function parseCardCode(
  code: string,
): { readonly card: string; readonly area: string; readonly runId: string } | undefined {
  const card = code.normalize("NFKC").replace(/\s/g, "").toLowerCase();
  const [, area, year, month, day, hash] = cardForm.exec(card) ?? [];
  if (area === undefined) return undefined;
  return { card, area, runId: `${year}-${month}-${day}-${hash}` };
}

/**
 * What a card rests on: its run, figures and every input with its SHA-256; undefined where the run
 * is not stored. Throws ContractError for a manifest that is not what its id says.
 */
export async function explainCard(
  store: ObjectStore, { card, area, runId }: NonNullable<ReturnType<typeof parseCardCode>>,
): Promise<CardExplanation | undefined> {
  const manifest = await readManifest(store, runId);
  if (!manifest) return undefined;
  const id = buildRunId(identityOf(manifest));
  if (id !== runId) {
    throw new ContractError(`run ${runId}: manifest.json: changed: what it names has the id ${id}`);
  }
  const scratch = mkdtempSync(join(tmpdir(), "dudao-card-"));
  try {
    const sha256Of = async (key: string): Promise<string | null> => {
      const path = await findLocalFile(store, key, scratch);
      return path === undefined ? null : sha256OfFile(path);
    };
    const marts = await store.fetchToFile(homeKeys.run(runId, "mart_figure.parquet"), scratch);
    const rows = await readParquet(marts, { where: { area_code: area, segment_code: "all" } });
    const nights = new Set(manifest.inputs.flatMap(({ key }) =>
      /^ledger\/(.+)\.ndjson$/.exec(key)?.[1] ?? []));
    const ledger = await readLedger(store, { through: manifest.as_of });
    const current = await readJson<{ readonly run_id: string }>(store, homeKeys.current);
    return {
      card, area_code: area, as_of: manifest.as_of, run_id: runId,
      is_public: current?.run_id === runId,
      scorecard_sha256: await sha256Of(homeKeys.run(runId, `scorecards/${area}.pdf`)),
      published_sha256: await sha256Of(homeKeys.slice(area, runId, "scorecard.pdf")),
      figures: rows.map((row) => toFigure(row, runId)),
      files: ledger.filter((row) => nights.has(row.known_on)).map((row) => ({
        system: row.system, landing_day: row.landing_day, known_on: row.known_on,
        file_name: row.file_name, sha256: row.sha256, status: row.status,
        rows_accepted: row.rows_accepted,
      })),
      inputs: manifest.inputs, runs: manifest.runs, versions: manifest.versions,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
