import { join } from "node:path";
import { buildFirstView } from "../shared/charts/first-view.ts";
import { ContractError } from "../shared/errors.ts";
import type { FigureRow, SeriesRow } from "../shared/figure-book.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import { homeKeys } from "../shared/home.ts";
import type { Log } from "../shared/log.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { packageRoot } from "../shared/package-root.ts";
import { sliceTables } from "../shared/publication.ts";
import type { SliceManifest } from "../shared/publication.ts";
import { buildArrowFile } from "./arrow-file.ts";
import { forEachParallel } from "./for-each-parallel.ts";
import { buildFileRows, buildStepRows, readShownLedger, sortRows } from "./night-tables.ts";
import { readPointer, swapPointer } from "./pointer.ts";
import { publishArriving, publishStored, type StoredCard } from "./publish-cards.ts";
import { publishShell } from "./publish-shell.ts";
import { readCosts, readRun, readSteps } from "./read-run.ts";
import type { StoredRun } from "./read-run.ts";
import { readSmallGroupLimit } from "./small-group-limit.ts";
import {
  hideSmallGroups, mergeSchoolFigures, mergeSchools, planMergedSchools,
} from "./small-groups.ts";
import type { SmallGroupLimit } from "./small-groups.ts";
import { buildSlices } from "./slice-tables.ts";
import type { PublicRows, SliceTables } from "./slice-tables.ts";
import { sha256Of, verifyWritten, writeObject, type Written } from "./written.ts";

export interface PublishRequest {
  readonly store: ObjectStore;
  readonly runId: string;
  /** Folder for downloads and temporary files. */
  readonly scratch: string;
  readonly log: Log;
  /** Built dashboards; default: dist/app of the package. */
  readonly shellFolder?: string;
  /** The run's scorecards and steps.json while they are still made: waited for, late. */
  readonly rest?: Promise<unknown>;
  /** Those of the scorecards that are made meanwhile, ending with `rest`. */
  readonly cards?: AsyncIterable<StoredCard>;
  /** Told when nothing is left to do before `rest`. */
  readonly onWaiting?: () => void;
}

/** What became public. */
export interface Publication {
  readonly runId: string;
  readonly asOf: string;
  /** Run that was public before, null for the first publication. */
  readonly previousRunId: string | null;
  readonly slices: number;
  readonly scorecards: number;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Cuts a stored run into one slice per area under `publish/…/<run id>/`, copies the dashboards,
 * reads everything back, then makes it the public run. Throws before the pointer is touched when
 * anything is missing, contradictory or not as written: the old publication stands.
 */
export async function publishRun(request: PublishRequest): Promise<Publication> {
  const { store, runId, scratch, log } = request;
  const seen = await readPointer(store);
  const areas = listAreas((await readHomeSeed(store, "divisions.csv")).rows);
  const run = await readRun(store, runId, scratch);
  const limitOf = readSmallGroupLimit(await readHomeSeed(store, "parameters.csv"), run.asOf);
  const ledger = await readShownLedger(store, run.asOf);
  const rows: PublicRows = {
    ...hideAndMerge(run, limitOf, new Set(areas)),
    systems: run.systems,
    files: buildFileRows(ledger),
    steps: [],
    costs: [],
  };

  const written: Written = new Map();
  const slices = buildSlices(areas, rows);
  const encode = cachedEncoder();
  let done = 0;
  const writeSlices = (some: readonly (readonly [string, SliceTables])[]): Promise<void> =>
    forEachParallel(some, async ([area, tables]) => {
      await writeSlice(store, runId, run.asOf, area, tables, encode, written);
      done++;
      if (done % 50 === 0 || done === slices.size) log.progress(`publish ${done}/${slices.size}`);
    });
  await writeSlices([...slices].filter(([, tables]) => !tables.has("steps")));
  await verifyWritten(store, [...written]);
  const withSteps = [...slices].filter(([, tables]) => tables.has("steps"));
  for (const [, tables] of withSteps) {
    for (const [name, some] of tables) encode(sliceTables[name], some);
  }
  request.onWaiting?.();
  const before = written.size;
  const known = new Set(areas);
  if (request.cards) await publishArriving(store, runId, known, request.cards, written);
  await request.rest;

  const steps = buildStepRows(ledger, await readSteps(store, runId));
  const costs = await readCosts(store, runId);
  await writeSlices(withSteps.map(([area, tables]) =>
    [area, new Map(tables).set("steps", steps).set("costs", costs)]));
  const scorecards = await publishStored(store, runId, known, written);
  await verifyWritten(store, [...written].slice(before));
  const shellFiles = await publishShell(
    store, request.shellFolder ?? join(packageRoot, "dist", "app"));
  await swapPointer(store, { run_id: runId, as_of: run.asOf }, seen);

  const publication: Publication = {
    runId, asOf: run.asOf, previousRunId: seen?.pointer.run_id ?? null, slices: slices.size,
    scorecards, files: written.size,
    bytes: [...written.values()].reduce((sum, file) => sum + file.bytes, 0),
  };
  log.record("publish.done", { ...publication, shellFiles });
  return publication;
}

/** Province, cities and counties of the seed of divisions, in the order of their codes. */
function listAreas(divisions: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const areas = new Set<string>();
  for (const row of divisions) {
    const county = row["county_code"] ?? "";
    for (const length of [2, 4, 6]) areas.add(county.slice(0, length));
  }
  return [...areas].sort();
}

function hideAndMerge(
  run: StoredRun, limitOf: SmallGroupLimit, areas: ReadonlySet<string>,
): Pick<PublicRows, "figures" | "schoolFigures" | "series" | "schools" | "findings"> {
  const areaFigures = run.figures.filter((row) => row.area_level !== "school");
  const unknown = [
    ...areaFigures.map((row) => row.area_code), ...run.series.map((row) => row.area_code),
    ...run.schools.map((school) => school.county_code),
  ].find((area) => !areas.has(area));
  if (unknown !== undefined) {
    throw new ContractError(
      `mart: unknown area: ${unknown}; accepted: the codes of seeds/divisions.csv`,
    );
  }
  const merged = planMergedSchools(run.schools, limitOf);
  return {
    figures: hideSmallGroups(areaFigures, limitOf),
    schoolFigures: sortRows(mergeSchoolFigures(
      run.figures.filter((row) => row.area_level === "school"), run.schools, merged, limitOf,
    ), ["area_code", "segment_code", "figure_code"]),
    series: run.series,
    schools: sortRows(mergeSchools(run.schools, merged), ["school_code"]),
    findings: sortRows(run.findings.filter((f) => f["state_code"] !== "resolved").map((finding) => {
      const small = merged.get(String(finding["subject"]));
      return small ? { ...finding, subject: small, n: null, d: null } : finding;
    }), ["finding_key"]),
  };
}

type Encode = (columns: readonly string[], rows: readonly object[]) => Encoded;
interface Encoded { readonly body: Uint8Array; readonly sha256: string }

/** Tables that all slices share (systems) or that are empty are encoded once. */
function cachedEncoder(): Encode {
  const known = new Map<object, Encoded>();
  return (columns, rows) => {
    const key = rows.length === 0 ? columns : rows;
    const found = known.get(key);
    if (found) return found;
    const body = buildArrowFile(columns, rows as never);
    const encoded = { body, sha256: sha256Of(body) };
    known.set(key, encoded);
    return encoded;
  };
}

async function writeSlice(
  store: ObjectStore, runId: string, asOf: string, area: string, tables: SliceTables,
  encode: Encode, written: Written,
): Promise<void> {
  const list: SliceManifest["tables"][number][] = [];
  for (const [name, rows] of tables) {
    const { body, sha256 } = encode(sliceTables[name], rows);
    await writeObject(store, homeKeys.slice(area, runId, `${name}.arrow`), body, written, sha256);
    list.push({ name, rows: rows.length, sha256 });
  }
  if (area.length === 2) {
    const body = buildFirstView({
      area, asOf, language: "zh",
      overview: (tables.get("overview") ?? []) as unknown as readonly FigureRow[],
      series: (tables.get("series") ?? []) as unknown as readonly SeriesRow[],
    });
    await writeObject(store, homeKeys.slice(area, runId, "first.html"), body, written);
  }
  const manifest: SliceManifest = { run_id: runId, as_of: asOf, area_code: area, tables: list };
  const text = `${JSON.stringify(manifest)}\n`;
  await writeObject(store, homeKeys.slice(area, runId, "manifest.json"), text, written);
}
