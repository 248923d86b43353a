import { afterEach, expect, it, vi } from "vitest";
import { publishFileMetrics } from "../../functions/ingest/file-metrics.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it("tells how many files of a night were refused and held, none of them too", () => {
  // Then it writes to the console that a test can listen to.
  vi.stubEnv("POWERTOOLS_DEV", "true");
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "false");
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => { lines.push(line); });
  publishFileMetrics([{ status: "accepted" }, { status: "refused" }, { status: "held" }, { status: "refused" }]);
  publishFileMetrics([]);
  expect(lines.map((line) => {
    const { FilesRefused, FilesHeld, service } = JSON.parse(line) as Record<string, unknown>;
    return { FilesRefused, FilesHeld, service };
  })).toEqual([
    { FilesRefused: 2, FilesHeld: 1, service: "dudao" },
    { FilesRefused: 0, FilesHeld: 0, service: "dudao" },
  ]);
});
