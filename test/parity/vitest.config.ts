import { defineConfig } from "vitest/config";

/** The suites that need the server of the parity run; `npm test` knows nothing of them. */
export default defineConfig({
  test: {
    include: ["test/parity/*.suite.ts"],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
