import { afterAll, beforeAll } from "vitest";
import { openAthenaBed } from "../ports/athena-bed.ts";
import type { AthenaBed } from "../ports/athena-bed.ts";
import { describeSqlEngine } from "../ports/sql-engine.ts";
import { createTrinoBackend } from "./athena-trino.ts";

/** Where the parity run has started its server. */
function requireVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name}: missing; run this by npm run parity:trino`);
  return value;
}

let bed: AthenaBed;
beforeAll(async () => {
  const trino = {
    url: requireVariable("DUDAO_TRINO_URL"), root: requireVariable("DUDAO_TRINO_ROOT"),
  };
  bed = await openAthenaBed((buckets) => createTrinoBackend(trino, buckets));
});
afterAll(() => bed.close());

describeSqlEngine("Athena over Trino", () => bed.openEngine({ atOnce: 2 }));
