import { createHash } from "node:crypto";
import { homeKeys } from "../shared/home.ts";
import { readHomeSeed } from "../shared/home-seeds.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import type { SliceManifest } from "../shared/publication.ts";
import { readJson } from "../shared/read-json.ts";
import { gatherFaults } from "../shared/verification.ts";
import type { Verification } from "../shared/verification.ts";
import { readPointer } from "./pointer.ts";

/** `publish/51/<city>/<county>/<run id>/<file>` */
const sliceKey = /^publish\/((?:\d+\/)+)(\d{4}-\d{2}-\d{2}-[0-9a-f]{6})\/([^/]+)$/;

interface Slice {
  readonly prefix: string;
  readonly area: string;
  readonly runId: string;
  readonly files: readonly string[];
}

/**
 * Compares what is published, of every run, with the manifest of each slice by SHA-256, scorecards
 * with those of the run; the public run must have a slice for every area.
 */
export async function verifyPublication(store: ObjectStore): Promise<Verification> {
  const slices = await listSlices(store);
  const current = await readPointer(store);
  const faults = [
    ...await gatherFaults(slices, (slice) => findSliceFaults(store, slice)),
    ...current ? await findPublicFaults(store, slices, current.pointer) : [],
  ];
  return {
    check: "publication", faults,
    looked_at: slices.reduce((sum, slice) => sum + slice.files.length, 0),
  };
}

async function listSlices(store: ObjectStore): Promise<readonly Slice[]> {
  const slices = new Map<string, { area: string; runId: string; files: string[] }>();
  for (const { key } of await store.list(homeKeys.publishPrefix)) {
    const [, path, runId, file] = sliceKey.exec(key) ?? [];
    if (path === undefined || runId === undefined || file === undefined) continue;
    const prefix = key.slice(0, -file.length);
    const slice = slices.get(prefix) ?? { area: path.split("/").at(-2) ?? "", runId, files: [] };
    slice.files.push(file);
    slices.set(prefix, slice);
  }
  return [...slices].map(([prefix, slice]) => ({ prefix, ...slice }));
}

async function findSliceFaults(
  store: ObjectStore, { prefix, area, runId, files }: Slice,
): Promise<readonly string[]> {
  const manifest = await readJson<SliceManifest>(store, `${prefix}manifest.json`);
  if (!manifest) return [`${prefix}manifest.json: missing`];
  const faults: string[] = [];
  if (manifest.run_id !== runId || manifest.area_code !== area) {
    faults.push(`${prefix}manifest.json: contradictory: it is of run ${manifest.run_id}, ` +
      `area ${manifest.area_code}`);
  }
  for (const { name, sha256 } of manifest.tables) {
    const key = `${prefix}${name}.arrow`;
    const found = await sha256Of(store, key);
    if (found === undefined) faults.push(`${key}: missing`);
    else if (found !== sha256) {
      faults.push(`${key}: changed: SHA-256 ${found}; written as ${sha256}`);
    }
  }
  const named = new Set<string>(manifest.tables.map(({ name }) => `${name}.arrow`));
  for (const file of files) {
    if (file.endsWith(".arrow") && !named.has(file)) {
      faults.push(`${prefix}${file}: contradictory: the slice's manifest does not name it`);
    }
  }
  if (files.includes("scorecard.pdf")) {
    const own = await sha256Of(store, homeKeys.run(runId, `scorecards/${area}.pdf`));
    const published = await sha256Of(store, `${prefix}scorecard.pdf`);
    if (own !== undefined && own !== published) {
      faults.push(`${prefix}scorecard.pdf: changed: not the card of the run`);
    }
  }
  return faults;
}

async function findPublicFaults(
  store: ObjectStore, slices: readonly Slice[],
  pointer: { readonly run_id: string; readonly as_of: string },
): Promise<readonly string[]> {
  const { run_id: runId, as_of: asOf } = pointer;
  const manifest = await readJson<{ readonly as_of: string }>(
    store, homeKeys.run(runId, "manifest.json"));
  const faults: string[] = [];
  if (!manifest) faults.push(`${homeKeys.current}: missing: run ${runId}`);
  else if (manifest.as_of !== asOf) {
    faults.push(`${homeKeys.current}: contradictory: run ${runId} is as of ${manifest.as_of}`);
  }
  const found = new Set(slices.filter((s) => s.runId === runId).map((s) => s.area));
  const { rows } = await readHomeSeed(store, "divisions.csv");
  const areas = new Set(rows.flatMap(({ county_code: county = "" }) =>
    [2, 4, 6].map((length) => county.slice(0, length))));
  for (const area of areas) {
    if (!found.has(area)) faults.push(`${homeKeys.slice(area, runId, "manifest.json")}: missing`);
  }
  return faults;
}

async function sha256Of(store: ObjectStore, key: string): Promise<string | undefined> {
  const found = await store.get(key);
  return found && createHash("sha256").update(found.body).digest("hex");
}
