import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { PipelineStack } from "../../infra/pipeline-stack.ts";
import { buildApp } from "../../infra/build-app.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { relations } from "../../functions/shared/relations.ts";
import { machineFunctions } from "../../infra/night-machine.ts";

const base = mkdtempSync(join(tmpdir(), "dudao-stacks-"));
/** The templates name hashes of these folders; what is in them is the matter of another test. */
const assets = { bundles: join(base, "bundles"), layers: { arm64: join(base, "a"), x64: join(base, "x") } };
beforeAll(() => {
  for (const step of ["plan", "ingest", "measure", "scorecards", "publish", "alert", "login"]) {
    mkdirSync(join(assets.bundles, step), { recursive: true });
    writeFileSync(join(assets.bundles, step, "index.js"), step);
  }
  for (const [name, folder] of Object.entries(assets.layers)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "duckdb"), name);
  }
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Template {
  readonly Resources: Readonly<Record<string, {
    readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>;
  }>>;
}

/** Stack → template. Throws what the synthesis says of findings that nobody acknowledged. */
function synthesize(context: Readonly<Record<string, string>>): ReadonlyMap<string, Template> {
  const outdir = mkdtempSync(join(base, "out-"));
  buildApp(assets, { context, outdir, analyticsReporting: false }).synth();
  return new Map(readdirSync(outdir).filter((name) => name.endsWith(".template.json"))
    .map((name) => [name.replace(".template.json", ""), JSON.parse(readFileSync(join(outdir, name), "utf8")) as Template]));
}

const regions = ["us-east-1", "cn-north-1", "cn-northwest-1"];
/** Types that the China regions do not have (docs.amazonaws.cn, resource specifications of cn-*). */
const missingInChina = [
  "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::Function", "AWS::CloudFront::KeyValueStore",
  "AWS::Cognito::UserPool", "AWS::SES::EmailIdentity", "AWS::SES::ConfigurationSet", "AWS::Lambda::Url",
  "AWS::XRay::Group", "AWS::CertificateManager::Certificate", "AWS::WAFv2::WebACL",
];

describe.each(regions)("the application for %s", (region) => {
  let templates: ReadonlyMap<string, Template>;
  beforeAll(() => { templates = synthesize({ region }); }, 60_000);
  const resources = (type: string) => [...templates.values()].flatMap(({ Resources }) =>
    Object.values(Resources).filter((r) => r.Type === type));

  test("has three stacks and no finding of cdk-nag that nobody explained", () => {
    expect([...templates.keys()].sort()).toEqual(["DudaoData", "DudaoDelivery", "DudaoPipeline"]);
  });
  test("names no partition by itself", () => {
    expect(JSON.stringify([...templates.values()])).not.toContain("arn:aws:");
  });
  test("has every function of the machine, on arm64 but for the typesetter", () => {
    const functions = resources("AWS::Lambda::Function");
    expect(functions).toHaveLength(machineFunctions.length + 1);
    const x64 = functions.filter((f) =>
      JSON.stringify(f.Properties?.["Architectures"]) === '["x86_64"]');
    expect(x64.map((f) => f.Properties?.["Description"])).toEqual(["One page a county"]);
    expect(new Set(functions.map((f) => f.Properties?.["Runtime"]))).toEqual(new Set(["nodejs22.x"]));
  });
  test("has a table over every relation of the lake, and none over personal data", () => {
    expect(resources("AWS::Glue::Table")).toHaveLength(relations.filter((r) => !r.isPrivate).length);
  });
  test("gives no role a statement over everything without a reason beside it", () => {
    interface Policy {
      readonly PolicyDocument: {
        readonly Statement: readonly { readonly Resource: unknown; readonly Action: unknown }[];
      };
    }
    const statements = resources("AWS::IAM::Policy")
      .flatMap(({ Properties }) => (Properties as unknown as Policy).PolicyDocument.Statement)
      .filter(({ Resource }) => JSON.stringify(Resource).includes('"*"'));
    // Delivery of logs and traces has no resources to name.
    expect(statements.every(({ Action }) => /^\[?"?(logs|xray):/.test(JSON.stringify(Action)))).toBe(true);
  });
  test("keeps landed exports locked for a month and deletes them after a while", () => {
    const locked = resources("AWS::S3::Bucket").filter((b) => b.Properties?.["ObjectLockEnabled"] === true);
    expect(locked).toHaveLength(1);
    expect(JSON.stringify(locked[0]?.Properties?.["LifecycleConfiguration"])).toContain('"ExpirationInDays":180');
  });
  test("has a section of the runbook for every alarm, and no section without one", () => {
    const named = resources("AWS::CloudWatch::Alarm").map((alarm) => {
      const text = String(alarm.Properties?.["AlarmDescription"]);
      expect(alarm.Properties?.["AlarmName"]).toBe(`Dudao-${text.split(": ").at(-1)}`);
      return text.split("RUNBOOK.md: ")[1];
    });
    const alarms = readFileSync(join(packageRoot, "RUNBOOK.md"), "utf8")
      .split("\n## Alarms\n")[1]?.split("\n## ")[0] ?? "";
    const sections = alarms.split("\n### ").slice(1);
    expect(sections.map((section) => section.split("\n")[0]).sort()).toEqual([...named].sort());
    // Each says what it means, what to look at and what to do.
    for (const section of sections) {
      for (const part of ["- **Means:** ", "- **Look:** ", "- **Do:** "]) expect(section).toContain(part);
    }
  });
  test("starts at two in the morning in Shanghai", () => {
    expect(resources("AWS::Scheduler::Schedule")[0]?.Properties).toMatchObject({
      ScheduleExpression: "cron(0 2 * * ? *)", ScheduleExpressionTimezone: "Asia/Shanghai",
    });
  });
  if (region.startsWith("cn-")) test("has nothing that China lacks", () => {
    const types = new Set([...templates.values()].flatMap(({ Resources }) =>
      Object.values(Resources).map((r) => r.Type)));
    expect([...types].filter((type) => missingInChina.includes(type))).toEqual([]);
    expect(JSON.stringify([...templates.values()])).not.toMatch(/"Tracing\w+":\{"(Enabled":true|Mode)/);
    expect(types.has("AWS::CloudFront::CloudFrontOriginAccessIdentity")).toBe(true);
  });
});

test.each([
  [{ region: "eu-west-1" }, "region: unknown: eu-west-1; accepted: us-east-1 cn-north-1 cn-northwest-1"],
  [{ engine: "trino" }, "engine: unknown: trino; accepted: duckdb athena"],
  [{ landingDays: "0" }, "landingDays: invalid: 0"],
  [{ domain: "dudao.example" }, "domain, certificate: only one of them"],
  [{ oidcIssuer: "https://id.example" }, "oidcIssuer, oidcClient: only one of them"],
  [{ oidcIssuer: "http://id.example", oidcClient: "a" }, "oidcIssuer: invalid: http://id.example"],
  [{ oidcSecret: "maybe" }, "oidcSecret: invalid: maybe; accepted: yes no"],
])("the settings %j are refused", (context, message) => {
  expect(() => synthesize(context)).toThrow(message);
});

test("gives the mailing function alone the password of the mail server that is named", () => {
  const { Resources } = synthesize({ mailHost: "smtp.example.cn", mailUser: "dudao" })
    .get("DudaoPipeline") as Template;
  const mailing = Object.values(Resources).filter((r) =>
    r.Type === "AWS::Lambda::Function" && JSON.stringify(r).includes("DUDAO_MAIL_SECRET"));
  expect(mailing.map((r) => r.Properties?.["Description"])).toEqual(["Mails of the night"]);
  expect(JSON.stringify(mailing[0])).toContain('"DUDAO_MAIL_PORT":"465"');
  const allowed = Object.values(Resources).filter((r) =>
    r.Type === "AWS::IAM::Policy" && JSON.stringify(r).includes("secretsmanager:GetSecretValue"));
  expect(allowed).toHaveLength(1);
  const open = synthesize({ mailHost: "relay.example.cn" }).get("DudaoPipeline") as Template;
  expect(Object.values(open.Resources).some((r) => r.Type === "AWS::SecretsManager::Secret")).toBe(false);
}, 60_000);

test("with Athena as engine the measuring function may use its workgroup and databases of runs alone", () => {
  const { Resources } = synthesize({ engine: "athena" }).get("DudaoPipeline") as Template;
  const measure = Object.values(Resources).find((r) =>
    r.Type === "AWS::Lambda::Function" && r.Properties?.["Description"] === "Figures of the night");
  expect(JSON.stringify(measure?.Properties?.["Environment"])).toContain('"DUDAO_ENGINE":"athena"');
  const allowed = Object.values(Resources).filter((r) =>
    r.Type === "AWS::IAM::Policy" && JSON.stringify(r).includes("athena:StartQueryExecution"));
  expect(allowed).toHaveLength(1);
  expect(JSON.stringify(allowed[0])).toContain(":workgroup/dudao-measure");
  expect(JSON.stringify(allowed[0])).toContain(":database/dudao_*");
}, 60_000);

test.each([["s3:GetObject", "*"], ["s3:*", "arn:x:s3:::one"]])(
  "a statement %s over %s that nobody explained fails the synthesis", (action, resource) => {
    const app = buildApp(assets, { outdir: mkdtempSync(join(base, "out-")), analyticsReporting: false });
    const pipeline = app.node.findChild("DudaoPipeline") as PipelineStack;
    pipeline.functions.Plan.addToRolePolicy(
      new PolicyStatement({ actions: [action], resources: [resource] }));
    expect(() => app.synth()).toThrow(/validation/i);
  }, 60_000);

test("gives the login function alone its issuer and the secret of its client, if it has one", () => {
  const oidc = { oidcIssuer: "https://id.example/realm", oidcClient: "dudao" };
  for (const region of ["us-east-1", "cn-north-1"]) {
    const { Resources } = synthesize({ region, ...oidc }).get("DudaoDelivery") as Template;
    const named = Object.values(Resources).filter((r) =>
      r.Type === "AWS::Lambda::Function" && JSON.stringify(r).includes("DUDAO_OIDC_SECRET"));
    expect(named.map((r) => JSON.stringify(r.Properties?.["Environment"]))).toEqual([
      expect.stringContaining('"DUDAO_OIDC_ISSUER":"https://id.example/realm"'),
    ]);
    const secrets = Object.values(Resources).filter((r) => r.Type === "AWS::SecretsManager::Secret");
    expect(secrets).toHaveLength(2);
  }
  const open = synthesize({ ...oidc, oidcSecret: "no" }).get("DudaoDelivery") as Template;
  expect(JSON.stringify(open)).toContain('"DUDAO_OIDC_CLIENT":"dudao"');
  expect(JSON.stringify(open)).not.toContain("DUDAO_OIDC_SECRET");
}, 60_000);
