import { homeKeys } from "../shared/home.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readParquet } from "../shared/read-parquet.ts";
import { planFindings } from "./alert-run.ts";
import type { Finding, FindingRow } from "./finding-life.ts";

/** What a measured run finds, carried through the life of each, beside the run (`findings.json`). */
export async function storeFindings({ store, runId, asOf, scratch }: {
  readonly store: ObjectStore; readonly runId: string; readonly asOf: string;
  readonly scratch: string;
}): Promise<readonly Finding[]> {
  const path = await store.fetchToFile(homeKeys.run(runId, "mart_finding.parquet"), scratch);
  const rows = await readParquet(path) as readonly object[] as readonly FindingRow[];
  const findings = await planFindings({ store, asOf, rows });
  await store.put(homeKeys.run(runId, "findings.json"), JSON.stringify(findings, null, 1));
  return findings;
}
