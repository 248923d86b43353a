import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MissingToolError } from "../missing-tool-error.ts";

/** From PyPI, MIT; speaks the AWS protocols on one port, runs Lambda functions as processes. */
export const emulatorVersion = "1.5.33";
export const account = "123456789012";

export interface Emulator {
  readonly endpoint: string;
  /** Variables under which the AWS tools and our own clients talk to it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Installs the emulator into a virtual environment below `folder`; throws MissingToolError. */
export function installEmulator(folder: string): string {
  if (process.platform === "win32") {
    throw new MissingToolError("the emulator runs on Linux and macOS; this is Windows");
  }
  const run = (what: string, command: string, args: readonly string[]): void => {
    try {
      execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    } catch (cause) {
      const { code, stderr } = cause as { readonly code?: string; readonly stderr?: Buffer };
      const told = String(stderr ?? "").trim().split("\n").at(-1) ?? "";
      throw new MissingToolError(`${what}: ${code === "ENOENT" ? "not found" : told}`);
    }
  };
  run("Python 3.10 or newer (python3)", "python3",
    ["-c", "import sys; sys.exit('it is ' + sys.version if sys.version_info < (3, 10) else 0)"]);
  const environment = join(folder, "python");
  run("Python's module venv", "python3", ["-m", "venv", environment]);
  run(`the package ministack ${emulatorVersion} (PyPI)`, join(environment, "bin", "python"),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `ministack[full]==${emulatorVersion}`]);
  return join(environment, "bin", "ministack");
}

/** Starts it on a free port and waits until it answers. */
export async function startEmulator(program: string, folder: string): Promise<Emulator> {
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const logPath = join(folder, "emulator.log");
  const log = openSync(logPath, "w");
  const child = spawn(program, {
    cwd: folder, stdio: ["ignore", log, log], detached: true,
    env: {
      ...process.env, GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", LAMBDA_EXECUTOR: "local",
      MINISTACK_ACCOUNT_ID: account, TMPDIR: folder,
    },
  });
  closeSync(log);
  try {
    await waitForAnswer(endpoint, child);
  } catch (cause) {
    await stop(child);
    throw new Error(`emulator: ${readFileSync(logPath, "utf8").slice(-2000)}`, { cause });
  }
  return {
    endpoint,
    env: {
      AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "x",
      AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true",
      CDK_DISABLE_CLI_TELEMETRY: "true",
    },
    stop: () => stop(child),
  };
}

async function waitForAnswer(endpoint: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 240; i++) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    const isUp = await fetch(endpoint).then(() => true, (cause: unknown) => {
      // Refused until it listens.
      if (cause instanceof TypeError) return false;
      throw cause;
    });
    if (isUp) return;
    await sleep(250);
  }
  throw new Error("no answer for 60 s");
}

/** Its functions are processes of its group. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => { child.once("exit", () => resolve()); });
  process.kill(-child.pid, "SIGKILL");
  await ended;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => { server.close(() => resolve()); });
  return port;
}
