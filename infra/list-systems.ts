import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../functions/shared/package-root.ts";

/** Systems with a shipped contract, sorted. */
export function listSystems(): readonly string[] {
  return readdirSync(join(packageRoot, "functions", "ingest", "contracts"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}
