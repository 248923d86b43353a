import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../functions/shared/package-root.ts";

export interface LambdaOptions {
  /** Folder of the bundle. */
  readonly root: string;
  /** `index.handler` */
  readonly handler: string;
  readonly env: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}
interface HostAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** A function of a stack, run from its real bundle in processes of its own; one call a process at a time. */
export class LambdaFunction {
  readonly #options: LambdaOptions;
  readonly #idle: ChildProcess[] = [];
  readonly #all = new Set<ChildProcess>();
  calls = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** Rejects with an error of the handler's name; `Sandbox.Timedout` where it ran too long. */
  async invoke(event: unknown): Promise<unknown> {
    const id = ++this.calls;
    const process = this.#idle.pop() ?? await this.#start();
    const timeoutMs = this.#options.timeoutSeconds * 1000;
    try {
      const answer = await new Promise<HostAnswer>((resolve, reject) => {
        const timer = setTimeout(() => reject(named("Sandbox.Timedout", "timed out")), timeoutMs);
        const settle = (work: () => void): void => {
          clearTimeout(timer);
          process.removeAllListeners("message");
          process.removeAllListeners("exit");
          work();
        };
        process.once("message", (message: HostAnswer) => settle(() => resolve(message)));
        process.once("exit", (code) => settle(() =>
          reject(named("Runtime.ExitError", `exit code ${code}`))));
        process.send({ id, event, timeoutMs });
      });
      this.#idle.push(process);
      if (answer.error) throw named(answer.error.name, answer.error.message);
      return answer.result;
    } catch (error) {
      if (!this.#idle.includes(process)) process.kill("SIGKILL");
      throw error;
    }
  }

  stop(): void {
    for (const process of this.#all) process.kill("SIGKILL");
  }

  #start(): Promise<ChildProcess> {
    const { root, handler, env, memoryMb } = this.#options;
    const started = fork(join(packageRoot, "test", "infra", "lambda-host.cjs"), {
      execArgv: [`--max-old-space-size=${Math.floor(memoryMb * 0.9)}`],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        PATH: process.env.PATH, TZ: ":UTC", LANG: "en_US.UTF-8", NODE_NO_WARNINGS: "1",
        AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test",
        AWS_LAMBDA_FUNCTION_NAME: "local", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        LAMBDA_TASK_ROOT: root, _HANDLER: handler,
        // What the layer brings.
        NODE_PATH: join(packageRoot, "node_modules"), ...env,
      },
    });
    this.#all.add(started);
    return new Promise((resolve, reject) => {
      let words = "";
      started.stderr?.on("data", (chunk: Buffer) => { words += chunk.toString("utf8"); });
      started.once("message", () => {
        started.removeAllListeners("exit");
        resolve(started);
      });
      started.once("exit", (code) =>
        reject(named("Runtime.ExitError", `exit code ${code} before its first call: ${words}`)));
    });
  }
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
