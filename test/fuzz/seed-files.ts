import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../functions/shared/log.ts";
import { simulateProvince } from "../../functions/simulate/simulate-province.ts";
import { readCase, writeCaseFile } from "../ingest/row-case.ts";
import { unpack, type Packed } from "./edit-inside.ts";
import { familyOf, type Family } from "./file-family.ts";

/** A file as a sender made it, from which broken ones are made. */
export interface SeedFile {
  readonly system: string;
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly family: Family;
  readonly packed: Packed | undefined;
}

/** Larger ones are cut: many small files say more than a few large ones. */
const mostBytes = 6_000;
/** Files of the province of one system and family. */
const mostAlike = 3;

const casesFolder = join(import.meta.dirname, "..", "cases", "rows");

/** Exports of a simulated province and the files of all cases of rows; the same at each call. */
export async function readSeedFiles(): Promise<readonly SeedFile[]> {
  const folder = mkdtempSync(join(tmpdir(), "dudao-fuzz-seeds-"));
  try {
    const home = join(folder, "home");
    await simulateProvince({ home, scale: 0.0002, seed: 5, until: "2020-12-31", log: silentLog });
    return [...readProvince(join(home, "landing")), ...readCases(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readProvince(landing: string): readonly SeedFile[] {
  const found = new Map<string, SeedFile[]>();
  for (const system of readdirSync(landing).sort()) {
    for (const day of readdirSync(join(landing, system)).sort().reverse()) {
      for (const fileName of readdirSync(join(landing, system, day)).sort()) {
        if (fileName.endsWith(".part")) continue; // Not looked at before its sender has renamed it.
        const bytes = readFileSync(join(landing, system, day, fileName));
        const family = familyOf(bytes);
        const kind = `${system} ${family} ${fileName.replace(/[\d._-]+/g, "")}`;
        const alike = found.get(kind) ?? [];
        found.set(kind, alike);
        const isWhole = family === "xlsx" || family === "xls" || family === "spreadsheetml";
        if (alike.length >= mostAlike || (isWhole && bytes.length > 8 * mostBytes)) continue;
        alike.push({
          system, fileName, family, packed: unpack(bytes),
          bytes: isWhole ? bytes : cutAtLine(bytes),
        });
      }
    }
  }
  return [...found.values()].flat();
}

function cutAtLine(bytes: Buffer): Buffer {
  if (bytes.length <= mostBytes) return bytes;
  return bytes.subarray(0, bytes.lastIndexOf(0x0a, mostBytes) + 1);
}

function readCases(folder: string): readonly SeedFile[] {
  return readdirSync(casesFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    .map((entry) => entry.name).sort().map((name) => {
      const caseFolder = join(casesFolder, name);
      const rowCase = readCase(caseFolder);
      const bytes = readFileSync(writeCaseFile(caseFolder, rowCase, folder));
      return {
        system: rowCase.system, fileName: rowCase.file_name, bytes, family: familyOf(bytes),
        packed: unpack(bytes),
      };
    }).filter(({ bytes }) => bytes.length <= 8 * mostBytes);
}
