import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC } from "@uwdata/flechette";
import { areaPath } from "../../functions/shared/home.ts";
import type { SliceManifest } from "../../functions/shared/publication.ts";

export type PublishedRow = Readonly<Record<string, string | number | null>>;

/** A published slice as the browser reads it: manifest and the rows of every table. */
export interface PublishedSlice {
  readonly area: string;
  readonly manifest: SliceManifest;
  readonly tables: Readonly<Record<string, readonly PublishedRow[]>>;
}

/** Every file of one area's slice in a home's folder. */
export function readSlice(root: string, area: string, runId: string): PublishedSlice {
  const folder = join(root, "publish", areaPath(area), runId);
  const names = readdirSync(folder).filter((name) => name.endsWith(".arrow"));
  return {
    area,
    manifest: JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as SliceManifest,
    tables: Object.fromEntries(names.map((name) => [
      name.replace(".arrow", ""),
      tableFromIPC(readFileSync(join(folder, name))).toArray() as PublishedRow[],
    ])),
  };
}
