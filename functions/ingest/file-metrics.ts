import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { LedgerRow } from "../shared/ledger.ts";

/**
 * Counts of a night's refused and held files, which alarms listen to. Told when the night closes,
 * since a night that is only caught up, or cannot be measured, is never published.
 */
export function publishFileMetrics(files: readonly Pick<LedgerRow, "status">[]): void {
  const metrics = new Metrics({ namespace: "Dudao", serviceName: "dudao" });
  const count = (status: string): number => files.filter((f) => f.status === status).length;
  metrics.addMetric("FilesRefused", MetricUnit.Count, count("refused"));
  metrics.addMetric("FilesHeld", MetricUnit.Count, count("held"));
  metrics.publishStoredMetrics();
}
