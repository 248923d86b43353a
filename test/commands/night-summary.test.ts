import { expect, it } from "vitest";
import { formatNight } from "../../functions/commands/night-summary.ts";

it("tells the time from beginning to end where steps overlap", () => {
  expect(formatNight({
    day: "2021-12-20", runId: null, files: [], scorecards: 0, mails: 0, openFindings: 0,
    seconds: { measure: 4, scorecards: 3.9 }, elapsedSeconds: 4.25,
  })).toBe("2021-12-20: 0 files; rows read 0 = accepted 0 + rejected 0 + duplicate 0; 4.3 s");
});
