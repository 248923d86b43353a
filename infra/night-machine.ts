/** Functions that the machine calls; their ARNs are put in by the stack. */
export const machineFunctions = [
  "Plan", "Judge", "Quarantine", "Settle", "Measure", "Findings", "Slips", "Scorecards", "Publish",
  "Alert",
] as const;
export type MachineFunction = typeof machineFunctions[number];

/** Files judged at the same time. */
const parallelFiles = 8;

/**
 * Calls that AWS or the network ended are made again; every step gives the same bytes when it is.
 * `EngineError` is a fault of a service that the step itself has tried several times.
 */
const retry = [{
  ErrorEquals: [
    "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException", "EngineError",
  ],
  IntervalSeconds: 5, MaxAttempts: 3, BackoffRate: 2,
}] as const;

const day = { "day.$": "$.night.day" } as const;

/**
 * The nightly state machine (Amazon States Language, JSONPath): plan → judge every file → settle →
 * measure → findings → slips → scorecards → publish → alert, night by night until none is left.
 * Functions stand in it as `${Plan}` and so on.
 */
export function buildNightMachine(): object {
  const task = (
    name: MachineFunction, parameters: object, resultPath: string | null, next: string,
    more: object = {},
  ): object => ({
    Type: "Task", Resource: `\${${name}}`, Parameters: parameters, ResultPath: resultPath,
    Retry: retry, Next: next, ...more,
  });
  const run = { ...day, "runId.$": "$.measured.runId" };
  const slips = (isMeasured: boolean): object => ({
    ...run, "closed.$": "$.settled.closed", isMeasured, "seconds.$": "$.measured.seconds",
  });
  return {
    Comment: "One supervision night; see ARCHITECTURE.md",
    StartAt: "Plan",
    // Longer than any night; the alarm of the dead man comes first.
    TimeoutSeconds: 6 * 3600,
    States: {
      Plan: task("Plan", { "date.$": "$.date" }, "$.night", "IsThereANight"),
      IsThereANight: {
        Type: "Choice", Default: "JudgeFiles",
        Choices: [{ Variable: "$.night.day", IsNull: true, Next: "Done" }],
      },
      JudgeFiles: {
        Type: "Map", ItemsPath: "$.night.items", MaxConcurrency: parallelFiles,
        ItemSelector: {
          ...day,
          "group.$": "$$.Map.Item.Value.group", "index.$": "$$.Map.Item.Value.index",
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Judge",
          States: {
            Judge: {
              Type: "Task", Resource: "${Judge}", Retry: retry, End: true,
              Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Quarantine" }],
            },
            Quarantine: { Type: "Task", Resource: "${Quarantine}", Retry: retry, End: true },
          },
        },
        ResultPath: null, Next: "Settle",
      },
      Settle: task("Settle", {
        ...day, "startedAt.$": "$.night.startedAt", "seconds.$": "$.night.seconds",
      }, "$.settled", "Measure"),
      Measure: task("Measure", {
        ...day, "isNewest.$": "$.night.isNewest",
        "hasStoredFigures.$": "$.night.hasStoredFigures", "seconds.$": "$.settled.seconds",
      }, "$.measured", "IsPublished", {
        // What was rejected goes back to the senders even where nothing can be published.
        Catch: [{ ErrorEquals: ["NotPublishedError"], ResultPath: "$.error", Next: "SlipsAlone" }],
      }),
      SlipsAlone: task("Slips", {
        ...day, runId: null, isMeasured: false, "closed.$": "$.settled.closed",
        "seconds.$": "$.settled.seconds",
      }, null, "NothingPublished"),
      NothingPublished: {
        Type: "Fail", Error: "NotPublishedError",
        Cause: "a check failed: the publication of the night before stands; see the log of Measure",
      },
      IsPublished: {
        Type: "Choice", Default: "SlipsOfCaughtUpDay",
        Choices: [{ Variable: "$.night.isNewest", BooleanEquals: true, Next: "Findings" }],
      },
      SlipsOfCaughtUpDay: task("Slips", slips(true), null, "Alert"),
      Findings: task("Findings", run, null, "Slips"),
      Slips: task("Slips", slips(true), "$.slips", "Scorecards"),
      Scorecards: task("Scorecards", { ...run, "seconds.$": "$.slips.seconds" }, "$.cards", "Publish"),
      Publish: task("Publish", { ...run, "seconds.$": "$.cards.seconds" }, null, "Alert"),
      Alert: task("Alert", { ...run, "finished.$": "$.night.finished" }, null, "IsThereMore"),
      IsThereMore: {
        Type: "Choice", Default: "Plan",
        Choices: [{ Variable: "$.night.isNewest", BooleanEquals: true, Next: "Done" }],
      },
      Done: { Type: "Succeed" },
    },
  };
}
