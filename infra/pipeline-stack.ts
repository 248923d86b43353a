import { ArnFormat, CfnOutput, Duration, Stack, TimeZone, type StackProps } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, LayerVersion, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-scheduler-targets";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { join } from "node:path";
import { acknowledge } from "./acknowledge.ts";
import type { DataStack } from "./data-stack.ts";
import type { DeliveryStack } from "./delivery-stack.ts";
import { buildNightMachine, type MachineFunction } from "./night-machine.ts";
import type { Settings } from "./settings.ts";
import { createStepFunction, grantKeys, type BucketGrant } from "./step-function.ts";

export interface PipelineProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly delivery: DeliveryStack;
  /** Folder of the steps' bundles. */
  readonly bundles: string;
  /** Folders of the DuckDB layers. */
  readonly layers: { readonly arm64: string; readonly x64: string };
}

/** Prefixes of a home, by what lies there. */
const facts = ["nights/", "ledger/"];
const rules = ["seeds/", "contracts/"];

/** The night: functions, state machine, schedule, alarms. */
export class PipelineStack extends Stack {
  readonly machine: StateMachine;
  readonly functions: Readonly<Record<MachineFunction, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id, props);
    this.functions = this.#createFunctions(props);
    const log = new LogGroup(this, "MachineLog", {
      logGroupName: `/aws/vendedlogs/states/${props.settings.name}-night`,
      retention: RetentionDays.SIX_MONTHS,
    });
    this.machine = new StateMachine(this, "Night", {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(buildNightMachine())),
      definitionSubstitutions: Object.fromEntries(
        Object.entries(this.functions).map(([name, f]) => [name, f.functionArn])),
      logs: { destination: log, level: LogLevel.ERROR, includeExecutionData: false },
      // X-Ray traces: not in the China regions.
      tracingEnabled: !props.settings.isChina,
    });
    for (const f of Object.values(this.functions)) f.grantInvoke(this.machine);
    acknowledge(this.machine, {
      "AwsSolutions-IAM5[Resource::*]":
        "Delivery of logs and traces has no resources to name (Step Functions developer guide).",
      "AwsSolutions-SF1": "Errors are logged; every event would log keys of landed files twice.",
      ...Object.fromEntries(Object.values(this.functions).map((f) => [
        `AwsSolutions-IAM5[Resource::<${this.getLogicalId(f.node.defaultChild as never)}.Arn>:*]`,
        "Any version of the one function.",
      ])),
      ...(props.settings.isChina ? {
        "AwsSolutions-SF2": "X-Ray is not in the China regions.",
        "Serverless-StepFunctionStateMachineXray": "X-Ray is not in the China regions.",
      } : {}),
    });
    this.#watch(props.settings, this.#schedule());
    new CfnOutput(this, "Machine", { value: this.machine.stateMachineArn });
    new CfnOutput(this, "LandingBucket", { value: props.data.landing.bucketName });
    new CfnOutput(this, "Home", { value: `s3://${props.data.lake.bucketName}` });
    new CfnOutput(this, "Site", { value: props.delivery.siteUrl });
  }

  #createFunctions(props: PipelineProps): Record<MachineFunction, LambdaFunction> {
    const { data, delivery, settings } = props;
    const { key } = data;
    const { landing, lake } = data.shared;
    const { publish } = delivery.shared;
    const duckDb = (name: string, folder: string, architecture: Architecture): LayerVersion =>
      new LayerVersion(this, name, {
        code: Code.fromAsset(folder), compatibleArchitectures: [architecture],
        description: "DuckDB for Node, native",
      });
    const arm = duckDb("DuckDbArm64", props.layers.arm64, Architecture.ARM_64);
    // The typesetter has a native build for x64 alone, and cards must have the bytes of a laptop.
    const x64 = duckDb("DuckDbX64", props.layers.x64, Architecture.X86_64);
    const create = (name: MachineFunction, step: string, handler: string, more: {
      readonly description: string; readonly memoryMb: number; readonly minutes: number;
      readonly grants: readonly BucketGrant[]; readonly diskGb?: number;
      readonly layer?: LayerVersion; readonly architecture?: Architecture;
    }): LambdaFunction => createStepFunction(this, name, {
      code: join(props.bundles, step), handler, key,
      description: more.description, memoryMb: more.memoryMb,
      timeout: Duration.minutes(more.minutes),
      grants: [...more.grants, { bucket: lake, write: ["usage/"] }], diskGb: more.diskGb,
      layers: more.layer ? [more.layer] : [], architecture: more.architecture,
      environment: {
        DUDAO_HOME: `s3://${data.lake.bucketName}`, DUDAO_LANDING_BUCKET: data.landing.bucketName,
        DUDAO_PUBLISH_BUCKET: delivery.publish.bucketName, DUDAO_SITE_URL: delivery.siteUrl,
        POWERTOOLS_SERVICE_NAME: "dudao", POWERTOOLS_METRICS_NAMESPACE: "Dudao",
        ...(settings.engine === "athena" ? {
          DUDAO_ENGINE: "athena", DUDAO_ATHENA_WORKGROUP: data.workgroup.name,
          DUDAO_ATHENA_DATABASE: "dudao", DUDAO_ATHENA_OUTPUT: `s3://${data.lake.bucketName}/athena/work`,
        } : {}),
      },
    });
    const readLanding: BucketGrant = { bucket: landing, read: ["landing/"] };
    const judging = { layer: arm, memoryMb: 3538, diskGb: 4 };
    const functions: Record<MachineFunction, LambdaFunction> = {
      Plan: create("Plan", "plan", "index.handler", {
        description: "Which night is to be run, and its files", memoryMb: 1024, minutes: 15, diskGb: 4,
        grants: [readLanding, {
          bucket: lake,
          read: ["home.json", "finished.json", "private/decisions/", "private/lock.json", ...facts],
          write: ["home.json", "work/"],
        }, { bucket: publish, read: ["publish/app/current.json"] }],
      }),
      Judge: create("Judge", "ingest", "index.judge", {
        description: "Judges one landed file", minutes: 15, ...judging,
        grants: [readLanding, {
          bucket: lake, read: ["work/", "private/token.key", "private/retained-tokens/", ...rules, ...facts],
          write: ["work/", "private/token.key"],
        }],
      }),
      Quarantine: create("Quarantine", "ingest", "index.quarantine", {
        description: "Notes a file whose judging failed as a whole", minutes: 2, layer: arm, memoryMb: 1024,
        grants: [{
          bucket: lake, read: ["work/", "private/token.key", "private/retained-tokens/", ...rules, ...facts],
          write: ["work/"],
        }],
      }),
      Settle: create("Settle", "ingest", "index.settle", {
        description: "Takes the verdicts of all files and closes the night", minutes: 15, ...judging, diskGb: 10,
        grants: [readLanding, {
          bucket: lake,
          read: ["work/", "private/", "lake/", "state/", "receipts/", "quarantine/", "slips/", ...rules, ...facts],
          write: ["lake/", "private/", "state/", "receipts/", "quarantine/", "slips/", ...facts],
          delete: ["work/", "state/"],
        }],
      }),
      Slips: create("Slips", "ingest", "index.slips", {
        description: "Completes the return slips of a night", minutes: 15, layer: arm, memoryMb: 2048, diskGb: 4,
        grants: [{
          bucket: lake, read: ["work/", "runs/", "slips/", "quarantine/", ...rules, ...facts],
          write: ["slips/"], delete: ["slips/"],
        }],
      }),
      Measure: create("Measure", "measure", "index.handler", {
        description: "Figures of the night", minutes: 15, layer: arm, memoryMb: 6144, diskGb: 10,
        grants: [{
          bucket: lake,
          read: ["lake/", "private/", "runs/", "alerts/", "receipts/", ...rules, ...facts],
          write: ["runs/", "work/"], delete: [],
        }],
      }),
      Findings: create("Findings", "alert", "index.findings", {
        description: "What the night finds", minutes: 5, layer: arm, memoryMb: 1024,
        grants: [{
          bucket: lake, read: ["runs/", "alerts/", "home.json", ...rules, ...facts], write: ["runs/"],
        }],
      }),
      Scorecards: create("Scorecards", "scorecards", "index.handler", {
        description: "One page a county", minutes: 10, memoryMb: 3538, diskGb: 2,
        layer: x64, architecture: Architecture.X86_64,
        grants: [{ bucket: lake, read: ["runs/", "home.json", ...rules], write: ["runs/"] }],
      }),
      Publish: create("Publish", "publish", "index.handler", {
        description: "Makes a run public", minutes: 15, layer: arm, memoryMb: 3008, diskGb: 4,
        grants: [
          { bucket: lake, read: ["runs/", "home.json", ...rules, ...facts], write: ["runs/"] },
          { bucket: publish, read: ["publish/"], write: ["publish/"] },
        ],
      }),
      Alert: create("Alert", "alert", "index.handler", {
        description: "Mails of the night", minutes: 15, layer: arm, memoryMb: 1024,
        grants: [{
          bucket: lake,
          read: ["runs/", "alerts/", "work/caught-up/", "home.json", ...rules, ...facts],
          write: ["alerts/", "outbox/", "finished.json"], delete: ["work/caught-up/"],
        }],
      }),
    };
    if (settings.engine === "athena") this.#allowAthena(functions.Measure, data);
    if (settings.mail) this.#allowMail(functions.Alert, settings.mail);
    return functions;
  }

  /** Where mails go, and the password, which an operator puts into its secret. */
  #allowMail(alert: LambdaFunction, mail: NonNullable<Settings["mail"]>): void {
    alert.addEnvironment("DUDAO_MAIL_HOST", mail.host);
    alert.addEnvironment("DUDAO_MAIL_PORT", String(mail.port));
    if (mail.from !== "") alert.addEnvironment("DUDAO_MAIL_FROM", mail.from);
    if (mail.user === "") return;
    const password = new Secret(this, "MailPassword", {
      description: "Password of the mail server; see RUNBOOK.md",
    });
    acknowledge(password, {
      "AwsSolutions-SMG4": "Rotated with the mail server's account, by RUNBOOK.md.",
    });
    password.grantRead(alert);
    alert.addEnvironment("DUDAO_MAIL_USER", mail.user);
    alert.addEnvironment("DUDAO_MAIL_SECRET", password.secretArn);
  }

  /** Queries of the one workgroup, over databases of runs that are made and dropped. */
  #allowAthena(measure: LambdaFunction, data: DataStack): void {
    const arn = (service: string, resource: string): string =>
      this.formatArn({ service, resource, arnFormat: ArnFormat.NO_RESOURCE_NAME });
    measure.addToRolePolicy(new PolicyStatement({
      actions: [
        "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults",
        "athena:StopQueryExecution", "athena:GetWorkGroup",
      ],
      resources: [arn("athena", `workgroup/${data.workgroup.name}`)],
    }));
    const tables = ["catalog", "database/dudao_*", "table/dudao_*/*"];
    measure.addToRolePolicy(new PolicyStatement({
      actions: [
        "glue:CreateDatabase", "glue:DeleteDatabase", "glue:GetDatabase", "glue:CreateTable",
        "glue:DeleteTable", "glue:GetTable", "glue:GetTables", "glue:GetPartitions",
      ],
      resources: tables.map((resource) => arn("glue", resource)),
    }));
    grantKeys(measure, {
      bucket: data.shared.lake, read: ["athena/"], write: ["athena/"], delete: ["athena/"],
    });
    const place = `arn:<AWS::Partition>:glue:${this.region}:<AWS::AccountId>`;
    acknowledge(measure, Object.fromEntries(tables.slice(1).map((resource) => [
      `AwsSolutions-IAM5[Resource::${place}:${resource}]`, "Databases of runs are named dudao_<run>.",
    ])));
  }

  /** Every night at 02:00 in Shanghai; what cannot be started waits in the queue of the dead letters. */
  #schedule(): Queue {
    const dead = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14),
    });
    acknowledge(dead, {
      "Serverless-SQSRedrivePolicy": "It is itself the queue of dead letters of the schedule.",
      "AwsSolutions-SQS3": "It is itself the queue of dead letters of the schedule.",
    });
    new Schedule(this, "EveryNight", {
      schedule: ScheduleExpression.cron({ minute: "0", hour: "2", timeZone: TimeZone.ASIA_SHANGHAI }),
      target: new StepFunctionsStartExecution(this.machine, {
        input: ScheduleTargetInput.fromObject({ date: null }),
        deadLetterQueue: dead, maxEventAge: Duration.hours(2), retryAttempts: 5,
      }),
      description: "Starts the supervision night",
    });
    return dead;
  }

  /** Names are those of the sections of RUNBOOK.md. */
  #watch({ name, alarmMail }: Settings, dead: Queue): void {
    const topic = new Topic(this, "Alarms", { enforceSSL: true });
    if (alarmMail !== "") topic.addSubscription(new EmailSubscription(alarmMail));
    const alarm = (
      id: string, metric: Metric, description: string,
      { threshold = 1, missing = TreatMissingData.NOT_BREACHING, isBelow = false, periods = 1 } = {},
    ): void => {
      const created = new Alarm(this, id, {
        alarmName: `${name}-${id}`, alarmDescription: `${description} RUNBOOK.md: ${id}`, metric,
        threshold, evaluationPeriods: periods, treatMissingData: missing,
        comparisonOperator: isBelow ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      });
      created.addAlarmAction(new SnsAction(topic));
    };
    const own = (metricName: string): Metric => new Metric({
      namespace: "Dudao", metricName, dimensionsMap: { service: "dudao" }, statistic: "Sum",
      period: Duration.hours(1),
    });
    alarm("NightFailed", this.machine.metricFailed({ period: Duration.minutes(5) }),
      "An execution of the night failed.");
    alarm("NightTimedOut", this.machine.metricTimedOut({ period: Duration.minutes(5) }),
      "An execution of the night ran too long.");
    // 26 hours: a night that is late by two is not yet missed.
    alarm("NothingPublished", own("Published"), "Nothing was published for 26 hours.",
      { isBelow: true, missing: TreatMissingData.BREACHING, periods: 26 });
    alarm("FilesRefused", own("FilesRefused"), "A file was refused: its sender must send it again.");
    alarm("FilesHeld", own("FilesHeld"), "A shrunken full export waits for a decision.");
    alarm("ScheduleDead", dead.metricApproximateNumberOfMessagesVisible(
      { period: Duration.minutes(5) }), "The night could not be started.");
    for (const step of ["Judge", "Settle", "Measure"] as const) {
      alarm(`${step}Slow`, this.functions[step].metricDuration(
        { statistic: "Maximum", period: Duration.minutes(15) }),
      `${step} takes more than four fifths of its time.`, { threshold: 0.8 * 15 * 60_000 });
    }
  }
}
