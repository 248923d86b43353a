import { rmSync } from "node:fs";
import { Logger } from "@aws-lambda-powertools/logger";
import { ContractError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { Log } from "./log.ts";
import {
  createBucketClient, parseBucketAddress, routeBuckets, type HomeBuckets,
} from "./object-store-bucket.ts";
import { storeUsage } from "./night-usage.ts";
import { countRequests } from "./object-store-counted.ts";
import { createS3Store } from "./object-store-s3.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";
import { makeScratchFolder } from "./scratch-folder.ts";

/** What the Lambda runtime tells of a call, as far as a step looks at it. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What every step on AWS works with. */
export interface StepTools {
  readonly store: ObjectStore;
  readonly log: Log;
  /** Folder of this call below /tmp; removed after it. */
  readonly scratch: string;
  /** Seconds until the runtime ends the call. */
  readonly remainingSeconds: number;
  /** Memory of the function, MB. */
  readonly memoryMb: number;
  readonly env: Env;
}
type Env = Readonly<Record<string, string | undefined>>;

/** Seconds of the steps of a night so far; travels along with the machine's state. */
export type StepSeconds = Readonly<Record<string, number>>;

/**
 * A Lambda handler around a step: opens the home that DUDAO_HOME (`s3://bucket/prefix`),
 * DUDAO_LANDING_BUCKET and DUDAO_PUBLISH_BUCKET name, gives it a folder of its own, logs one JSON
 * record a fact, and notes what a call of a night used (`CallUsage`). The
 * error of a step is thrown as it is: the state machine decides by its name.
 */
export function createStepHandler<Event, Result>(
  step: string, work: (event: Event, tools: StepTools) => Promise<Result>,
): (event: Event, context: LambdaContext) => Promise<Result> {
  const home = openOnce();
  return async (event, context) => {
    const { log, error } = createLambdaLog(step, context.awsRequestId);
    const scratch = makeScratchFolder("night");
    const from = Date.now();
    const memoryMb = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 1024);
    let note = (_day: string | undefined): Promise<void> => Promise.resolve();
    try {
      const opened = home(process.env).store;
      const { store, usage } = countRequests(opened);
      note = async (day) => {
        if (day === undefined) return;
        const seconds = (Date.now() - from) / 1000;
        await storeUsage(opened, day, `${step}-${context.awsRequestId}`, {
          step, ...usage(), seconds, gb_seconds: seconds * memoryMb / 1024,
          architecture: process.arch === "arm64" ? "arm64" : "x64",
        });
      };
      const result = await work(event, {
        store, log, scratch, memoryMb,
        remainingSeconds: context.getRemainingTimeInMillis() / 1000,
        env: process.env,
      });
      await note(dayOf(event) ?? dayOf(result));
      return result;
    } catch (cause) {
      error(cause);
      // A call that fails costs as much; that its note failed too is logged, its own error counts.
      await note(dayOf(event)).catch(error);
      throw cause;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  };
}

/** The night of a call is in what it is given, or in what the plan gives; a log-in has none. */
function dayOf(value: unknown): string | undefined {
  const day = (value as { readonly day?: unknown } | null | undefined)?.day;
  return typeof day === "string" ? day : undefined;
}

/** Home of the environment; throws ContractError naming the variable that is missing. */
export function openEnvironmentHome(
  env: Env,
): { readonly store: ObjectStore; readonly buckets: HomeBuckets } {
  const { bucket, prefix } = parseBucketAddress(requireVariable(env, "DUDAO_HOME"));
  const buckets = {
    landing: requireVariable(env, "DUDAO_LANDING_BUCKET"),
    publish: requireVariable(env, "DUDAO_PUBLISH_BUCKET"),
  };
  const client = createBucketClient(env);
  const rest = createS3Store({ client, bucket, prefix });
  return { store: routeBuckets(rest, buckets, client, prefix), buckets };
}

export function requireVariable(env: Env, name: string): string {
  const value = env[name] ?? "";
  if (value === "") throw new ContractError(`${name}: missing; the stack of the function sets it`);
  return value;
}

/**
 * Notes the buckets and the site's address in `home.json`, so that the command line finds the home
 * by its one address. Changes nothing that an operator wrote beside.
 */
export async function describeHome(store: ObjectStore, env: Env): Promise<void> {
  const { buckets } = openEnvironmentHome(env);
  const before = await readJson<Readonly<Record<string, unknown>>>(store, homeKeys.description);
  const site = env.DUDAO_SITE_URL ?? "";
  const after = {
    version: 1, ...before, buckets, ...(site === "" ? {} : { site_url: site }),
  };
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await store.put(homeKeys.description, `${JSON.stringify(after)}\n`);
}

/** One client for all calls of an environment: connections are kept. */
function openOnce(): (env: Env) => ReturnType<typeof openEnvironmentHome> {
  let home: ReturnType<typeof openEnvironmentHome> | undefined;
  return (env) => (home ??= openEnvironmentHome(env));
}

function createLambdaLog(
  step: string, requestId: string,
): { readonly log: Log; readonly error: (cause: unknown) => void } {
  const logger = new Logger({ serviceName: "dudao", persistentKeys: { step, requestId } });
  return {
    log: {
      progress: (line) => logger.debug(line),
      record: (event, facts) => logger.info(event, { facts }),
    },
    // Messages of ours name files and figures, never persons; a stack tells the place.
    error: (cause) => {
      const known = cause instanceof Error ? cause : new Error("unknown error");
      // `message` is a key of the logger's own: it would be dropped.
      logger.error("step.failed", { name: known.name, reason: known.message });
    },
  };
}
