import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ContractError } from "../shared/errors.ts";
import { parseModel } from "../shared/model-header.ts";
import { packageRoot } from "../shared/package-root.ts";
import type { Model } from "../shared/sql-engine.ts";

/** The models of sql/models, by name. Throws ContractError for a header that is off. */
export function readModels(): readonly Model[] {
  return readModelsBelow(join(packageRoot, "sql", "models"));
}

/** The checks of sql/checks: relations of faults, one row a fault, empty when all is well. */
export function readChecks(): readonly Model[] {
  return readModelsBelow(join(packageRoot, "sql", "checks"));
}

function readModelsBelow(folder: string): readonly Model[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && f.name.endsWith(".sql"));
  const faults: string[] = [];
  const models = files.flatMap((file) => {
    try {
      const sql = readFileSync(join(file.parentPath, file.name), "utf8");
      return [parseModel(file.name.slice(0, -".sql".length), sql)];
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      faults.push(error.message);
      return [];
    }
  });
  if (faults.length > 0) throw new ContractError(faults.join("\n"));
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}
