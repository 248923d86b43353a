import { RemovalPolicy, Size, type Duration } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import {
  Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, type ILayerVersion,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { SharedArn } from "./shared-arn.ts";

/** Keys of one bucket that a function may read, write and delete; prefixes end with `/`. */
export interface BucketGrant {
  readonly bucket: SharedArn;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly delete?: readonly string[];
}

export interface StepFunctionProps {
  /** Folder of the bundle. */
  readonly code: string;
  /** `index.handler` */
  readonly handler: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly layers?: readonly ILayerVersion[];
  /** Default arm64. */
  readonly architecture?: Architecture;
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: readonly BucketGrant[];
  readonly key: Key;
  /** Disk below /tmp, GB; default 0.5. */
  readonly diskGb?: number;
}

/**
 * A function with a role of its own: it may touch the keys that its grants name and nothing else.
 * Every statement with a wildcard has its reason beside it.
 */
export function createStepFunction(
  scope: Construct, id: string, props: StepFunctionProps,
): LambdaFunction {
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.SIX_MONTHS, removalPolicy: RemovalPolicy.DESTROY,
  });
  const created = new LambdaFunction(scope, id, {
    description: props.description,
    runtime: Runtime.NODEJS_22_X,
    architecture: props.architecture ?? Architecture.ARM_64,
    code: Code.fromAsset(props.code), handler: props.handler,
    memorySize: props.memoryMb, timeout: props.timeout,
    ephemeralStorageSize: Size.mebibytes(Math.round((props.diskGb ?? 0.5) * 1024)),
    layers: [...props.layers ?? []], logGroup, loggingFormat: LoggingFormat.JSON,
    environment: { ...props.environment, TZ: "Asia/Shanghai", NODE_OPTIONS: "--enable-source-maps" },
  });
  for (const grant of props.grants) grantKeys(created, grant);
  props.key.grantEncryptDecrypt(created);
  acknowledge(created, {
    // The role has the managed policy that writes to its log group.
    [`AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`]:
      "Writes its own log, nothing else.",
    "AwsSolutions-IAM5[Action::kms:ReEncrypt*]": "One key; the actions are those that S3 asks for.",
    "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]": "One key; the actions are those that S3 asks for.",
    "Serverless-LambdaDLQ": "Called and waited for; the state machine and its alarms hear of errors.",
    "Serverless-LambdaTracing": "X-Ray is not in the China regions; steps log their seconds.",
    "Serverless-LambdaLatestVersion": "nodejs22.x is the runtime that the bundles are tested for.",
    "AwsSolutions-L1": "nodejs22.x is the runtime that the bundles are built and tested for.",
  });
  return created;
}

/** Allows keys of one bucket; each prefix is explained to cdk-nag. */
export function grantKeys(to: LambdaFunction, { bucket, read = [], write = [], ...rest }: BucketGrant): void {
  const places = (prefixes: readonly string[]): string[] => prefixes.map((prefix) =>
    `${bucket.value}/${prefix}${prefix.endsWith("/") ? "*" : ""}`);
  const add = (actions: string[], prefixes: readonly string[]): void => {
    if (prefixes.length > 0) {
      to.addToRolePolicy(new PolicyStatement({ actions, resources: places(prefixes) }));
    }
  };
  add(["s3:GetObject"], read);
  add(["s3:PutObject"], write);
  add(["s3:DeleteObject"], rest.delete ?? []);
  // Without it S3 answers 403 instead of 404 for what is not there.
  to.addToRolePolicy(new PolicyStatement({
    actions: ["s3:ListBucket"], resources: [bucket.value],
  }));
  const parts = new Set([...read, ...write, ...rest.delete ?? []].filter((p) => p.endsWith("/")));
  for (const prefix of parts) {
    acknowledge(to, {
      [`AwsSolutions-IAM5[Resource::${bucket.exportName}/${prefix}*]`]:
        `All keys below ${prefix}: their names are days, runs and areas.`,
    });
  }
}
