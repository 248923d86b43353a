import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { buildApp, type Assets } from "../../infra/build-app.ts";
import { account } from "./emulator.ts";
import { callQuery, readOutputs, type Outputs } from "./emulated-night.ts";
import { prepareTemplates } from "./prepare-template.ts";

export interface Deployment {
  /** Types that were taken out of the templates: the emulator does not know them. */
  readonly without: readonly string[];
  readonly resources: number;
  readonly outputs: Outputs;
}

/** Not to be deleted by mistake, since they hold what cannot be had again. */
const protectedStacks = ["DudaoDelivery", "DudaoData"] as const;

/** Bootstraps the account and deploys the three stacks with the CDK's own command. */
export async function deployStacks({ folder, assets, env, cookiePublicKey }: {
  readonly folder: string; readonly assets: Assets;
  readonly env: Readonly<Record<string, string>>; readonly cookiePublicKey: string;
}): Promise<Deployment> {
  const outdir = join(folder, "cdk.out");
  const assembly = buildApp(assets, { outdir }).synth();
  const without = prepareTemplates(outdir);
  const resources = assembly.stacks.reduce((sum, stack) =>
    sum + Object.keys((stack.template as { Resources: object }).Resources).length, 0) - without.length;
  await runCdk(folder, env, ["bootstrap", `aws://${account}/us-east-1`, "--app", outdir]);
  const outputs = join(folder, "outputs.json");
  await runCdk(folder, env, [
    "deploy", "*", "--app", outdir, "--require-approval", "never", "--concurrency", "1",
    "--parameters", `DudaoDelivery:CookiePublicKeyPem=${cookiePublicKey}`, "--outputs-file", outputs,
  ]);
  return {
    without, resources,
    outputs: readOutputs(JSON.parse(readFileSync(outputs, "utf8")) as Parameters<typeof readOutputs>[0]),
  };
}

/**
 * Takes the stacks down again, after their protection was lifted by hand; the buckets that hold data
 * stay, as in an account.
 */
export async function destroyStacks(
  folder: string, env: Readonly<Record<string, string>>, endpoint: string,
): Promise<void> {
  for (const stack of protectedStacks) {
    await callQuery(endpoint, "cloudformation", {
      Action: "UpdateTerminationProtection", Version: "2010-05-15", StackName: stack,
      EnableTerminationProtection: "false",
    });
  }
  await runCdk(folder, env, ["destroy", "*", "--app", join(folder, "cdk.out"), "--force"]);
}

function runCdk(
  folder: string, env: Readonly<Record<string, string>>, args: readonly string[],
): Promise<void> {
  const program = join(
    createRequire(join(packageRoot, "package.json")).resolve("aws-cdk/package.json"), "..", "bin", "cdk");
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      "--require", join(packageRoot, "test", "e2e", "localhost-dns.cjs"), program, ...args,
    ], { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const told: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => told.push(text));
    }
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk ${args[0]}: exit ${code}: ${told.join("").slice(-3000)}`));
    });
  });
}
