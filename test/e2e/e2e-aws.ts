import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNights } from "../../functions/commands/run-nights.ts";
import { homeKeys } from "../../functions/shared/home.ts";
import { silentLog } from "../../functions/shared/log.ts";
import { createBucketClient, routeBuckets } from "../../functions/shared/object-store-bucket.ts";
import { createFolderStore } from "../../functions/shared/object-store-folder.ts";
import { createS3Store } from "../../functions/shared/object-store-s3.ts";
import type { ObjectStore } from "../../functions/shared/object-store.ts";
import { readJson } from "../../functions/shared/read-json.ts";
import { packageRoot } from "../../functions/shared/package-root.ts";
import { readLedger } from "../../functions/shared/read-ledger.ts";
import { makeSimulatedUsers } from "../../functions/shared/users.ts";
import { simulateProvince } from "../../functions/simulate/simulate-province.ts";
import { readCommit } from "../../scripts/bench/commit.mjs";
import { buildLambda } from "../../scripts/build-lambda.mjs";
import { buildLayer } from "../../scripts/build-layers.mjs";
import { MissingToolError } from "../missing-tool-error.ts";
import { compareObjects } from "../publish/compare-objects.ts";
import { visitCounty } from "./county-visit.ts";
import { deployStacks, destroyStacks } from "./deploy.ts";
import { callService, findApi, runNight, type Outputs } from "./emulated-night.ts";
import { emulatorVersion, installEmulator, startEmulator, type Emulator } from "./emulator.ts";

const exitCodes = { same: 0, failed: 1, missing: 3 } as const;
const province = { scale: 0.0005, seed: 1, until: "2020-07-29" } as const;
/** The base landing and the last day of the month, on which all exports are due. */
const days = ["2020-07-15", "2020-07-29"] as const;
/** All that a night leaves for anybody to see or to compute with. */
const compared = ["publish/", "lake/", "ledger/", "slips/", "alerts/", "quarantine/"] as const;

/** Runs everything; returns the exit code: 0 all holds, 1 something differs, 3 a tool is missing. */
export async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "dudao-e2e-"));
  let emulator: Emulator | undefined;
  const from = Date.now();
  const say = (line: string): void => {
    process.stdout.write(`${String(Math.round((Date.now() - from) / 1000)).padStart(4)} s  ${line}\n`);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The question that is open fails, and everything below is removed.
    process.once(signal, () => void emulator?.stop());
  }
  try {
    say(`installing the emulator ${emulatorVersion}`);
    const program = installEmulator(folder);
    emulator = await startEmulator(program, folder);
    Object.assign(process.env, emulator.env);
    say("the emulator answers; deploying three stacks");
    const keys = generateKeyPairSync("rsa", {
      modulusLength: 2048, privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const layer = buildLayer(process.arch === "arm64" ? "arm64" : "x64", join(folder, "layers"));
    const bundles = await buildLambda(join(folder, "bundles"));
    const { outputs, ...deployed } = await deployStacks({
      folder, env: emulator.env, cookiePublicKey: keys.publicKey,
      assets: { bundles, layers: { arm64: layer, x64: layer } },
    });
    await callService(emulator.endpoint, "secretsmanager", "secretsmanager.PutSecretValue",
      { SecretId: outputs.secret, SecretString: keys.privateKey });
    say(`${deployed.resources} resources stand`);

    const { local, cloud, seconds } = await runBothHomes(folder, outputs, emulator.endpoint, say);
    const { objects, sameBytes, differences } = await compareObjects(cloud, local, compared);
    for (const line of differences.slice(0, 20)) say(`DIFFERS ${line}`);
    say(`${objects} objects compared, ${sameBytes} with the same bytes, ${differences.length} differ`);
    const outbox = await compareOutboxes(cloud, local);
    say(`outbox: ${outbox.mails} mails, ${outbox.differences.length} differ`);
    for (const key of outbox.differences) say(`DIFFERS ${key}`);
    const users = await makeSimulatedUsers(cloud, province.seed);
    const county = users.find((user) => user.area_code.length === 6);
    if (!county) throw new Error("no user of a county");
    const visit = await visitCounty({
      store: cloud, api: findApi(emulator.endpoint, outputs.api), user: county,
      publicKey: keys.publicKey,
    });
    say(`${visit.user}: own page opened, ${visit.refused} files of others refused`);
    await destroyStacks(folder, emulator.env, emulator.endpoint);
    say("stacks taken down");
    const isSame = differences.length === 0 && outbox.differences.length === 0 && objects > 0;
    if (isSame) {
      writeEvidence({
        what: "three stacks on a local emulator, two nights, compared with a local run (npm run e2e:aws)",
        commit: readCommit(packageRoot), emulator: `ministack ${emulatorVersion}`,
        home: province, landing_days: days, deployed, night_seconds: seconds,
        files: (await readLedger(cloud, {})).length,
        compared: { prefixes: compared, objects, same_bytes: sameBytes, differences: 0 },
        outbox: { mails: outbox.mails, differences: 0 }, visit,
      });
    }
    return isSame ? exitCodes.same : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    process.stderr.write(`e2e: missing: ${error.message}\n`);
    return exitCodes.missing;
  } finally {
    await emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same landing, night after night, in a folder by the command line and in the deployed stacks. */
async function runBothHomes(
  folder: string, outputs: Outputs, endpoint: string, say: (line: string) => void,
): Promise<{ readonly local: ObjectStore; readonly cloud: ObjectStore; readonly seconds: readonly number[] }> {
  const made = join(folder, "simulated");
  await simulateProvince({ home: made, ...province, log: silentLog });
  const source = createFolderStore(made);
  const client = createBucketClient(process.env);
  const buckets = { landing: outputs.landing, publish: outputs.publish };
  const cloud = routeBuckets(
    createS3Store({ client, bucket: outputs.lake, prefix: "" }), buckets, client, "");
  const local = createFolderStore(join(folder, "home"));
  const copy = async (prefix: string): Promise<void> => {
    for (const { key } of await source.list(prefix)) {
      const { body } = await source.get(key) ?? {};
      for (const home of [local, cloud]) await home.put(key, body ?? Buffer.of());
    }
  };
  await copy("private/");
  await copy("seeds/");
  const systems = new Set((await source.list(homeKeys.landingPrefix))
    .map(({ key }) => key.split("/")[1] ?? ""));
  const seconds: number[] = [];
  for (const day of days) {
    for (const system of systems) await copy(`${homeKeys.landingPrefix}${system}/${day}/`);
    const took = await runNight(endpoint, outputs.machine);
    seconds.push(Math.round(took));
    say(`night of ${day} on the emulator: ${Math.round(took)} s`);
    // Cards and mails name the site's address, which the deployed stacks know alone.
    const { site_url } = await readJson<{ readonly site_url?: string }>(
      cloud, homeKeys.description) ?? {};
    await local.put(homeKeys.description, Buffer.from(JSON.stringify({ version: 1, site_url })));
    await runNights({ store: local, log: silentLog });
  }
  return { local, cloud, seconds };
}

/** Mails as the offices read them; boundary, date and Message-ID are a mail's own. */
async function compareOutboxes(
  cloud: ObjectStore, local: ObjectStore,
): Promise<{ readonly mails: number; readonly differences: readonly string[] }> {
  const read = async (home: ObjectStore): Promise<ReadonlyMap<string, string>> => {
    const mails = new Map<string, string>();
    for (const { key } of await home.list(homeKeys.outboxPrefix)) {
      const text = Buffer.from((await home.get(key))?.body ?? []).toString("utf8");
      const { boundary } = /boundary="(?<boundary>[^"]+)"/.exec(text)?.groups ?? {};
      mails.set(key, (boundary === undefined ? text : text.replaceAll(boundary, "="))
        .replace(/^(?:Date|Message-ID): .*$/gm, ""));
    }
    return mails;
  };
  const [there, here] = await Promise.all([read(cloud), read(local)]);
  const keys = [...new Set([...there.keys(), ...here.keys()])].sort();
  return { mails: there.size, differences: keys.filter((key) => there.get(key) !== here.get(key)) };
}

function writeEvidence(evidence: object): void {
  const folder = join(packageRoot, "test", "evidence");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "e2e-aws.json"), `${JSON.stringify(evidence, null, 1)}\n`);
}

process.exitCode = await main();
