import { App, Validations, type AppProps } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { DataStack } from "./data-stack.ts";
import { DeliveryStack } from "./delivery-stack.ts";
import { PipelineStack } from "./pipeline-stack.ts";
import { readSettings } from "./settings.ts";

export interface Assets {
  /** Folder of the steps' bundles, one a step. */
  readonly bundles: string;
  readonly layers: { readonly arm64: string; readonly x64: string };
}

/** Behaviour of the CDK that is no longer its default only for old applications' sake. */
const flags = {
  "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true,
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/core:checkSecretUsage": true,
  // References that a stack exports: the weaker kind has no place in China and in emulators.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
} as const;

/** The application for one region; synthesis fails where cdk-nag finds what nobody acknowledged. */
export function buildApp(assets: Assets, props: AppProps = {}): App {
  const app = new App({ ...props, context: { ...flags, ...props.context } });
  const settings = readSettings(app);
  const env = { region: settings.region };
  const data = new DataStack(app, `${settings.name}Data`, { env, settings });
  const delivery = new DeliveryStack(app, `${settings.name}Delivery`, {
    env, settings, data, bundles: assets.bundles,
  });
  const pipeline = new PipelineStack(app, `${settings.name}Pipeline`, {
    env, settings, data, delivery, ...assets,
  });
  delivery.addStackDependency(data, "ARNs by name");
  pipeline.addStackDependency(delivery, "ARNs by name");
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
