import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Java } from "./find-java.ts";

export interface TrinoServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Folder that the catalog `hive` sees as `local:///`. */
  readonly root: string;
  stop(): Promise<void>;
}

const startDeadlineMs = 240_000;
/** The machine of a laptop has other work too. */
const heap = "2G";

/**
 * Starts an unpacked Trino with one Hive catalog over a folder and a file metastore, reachable from
 * this machine alone; waits until it answers. Throws with the end of its log when it does not.
 */
export async function startTrino(server: string, folder: string, java: Java): Promise<TrinoServer> {
  const port = await findFreePort();
  const root = join(folder, "files");
  const etc = join(folder, "etc");
  for (const made of [join(root, "metastore"), join(etc, "catalog"), join(folder, "var")]) {
    mkdirSync(made, { recursive: true });
  }
  writeProperties(join(etc, "config.properties"), {
    "coordinator": "true", "node-scheduler.include-coordinator": "true",
    "http-server.http.port": String(port), "discovery.uri": `http://127.0.0.1:${port}`,
    "query.max-memory": "1GB", "query.max-memory-per-node": "1GB",
    "memory.heap-headroom-per-node": "500MB", "catalog.management": "static",
    "catalog.config-dir": join(etc, "catalog"), "plugin.dir": join(server, "plugin"),
  });
  writeProperties(join(etc, "catalog", "hive.properties"), {
    "connector.name": "hive", "hive.metastore": "file",
    "hive.metastore.catalog.dir": "local:///metastore", "fs.native-local.enabled": "true",
    "local.location": root, "hive.security": "allow-all",
    "hive.non-managed-table-writes-enabled": "true", "hive.storage-format": "PARQUET",
    "hive.compression-codec": "ZSTD",
  });
  const log = join(folder, "server.log");
  const child = spawn(join(java.home, "bin", "java"), [
    // Thousands of short statements: compiling them well takes longer than running them.
    `-Xmx${heap}`, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError", "-XX:-OmitStackTraceInFastThrow",
    // Without it a second machine is started to look into the first, for a minute.
    "-Djol.skipHotspotSAAttach=true", "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8", "-Duser.timezone=UTC", "-XX:+EnableDynamicAgentLoading",
    "-Dnode.environment=parity", "-Dnode.id=parity", `-Dnode.data-dir=${join(folder, "var")}`,
    "-Dnode.internal-address=127.0.0.1", "-Dnode.bind-ip=127.0.0.1",
    `-Dconfig=${join(etc, "config.properties")}`,
    "-cp", join(server, "lib", "*"), "io.trino.server.TrinoServer",
  ], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const sink = createWriteStream(log);
  child.stdout.pipe(sink, { end: false });
  child.stderr.pipe(sink, { end: false });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    sink.end();
  };
  try {
    await waitUntilReady(url, child);
  } catch (error) {
    await stop();
    const end = readFileSync(log, "utf8").split("\n").slice(-15).join("\n");
    throw new Error(`Trino: did not start\n${end}`, { cause: error });
  }
  return { url, root, stop };
}

function writeProperties(path: string, properties: Readonly<Record<string, string>>): void {
  writeFileSync(path, Object.entries(properties).map(([k, v]) => `${k}=${v}\n`).join(""));
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + startDeadlineMs;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`ended with exit code ${child.exitCode}`);
    if (await isReady(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no answer after ${startDeadlineMs / 1000} s`);
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/info`).catch((error: unknown) => {
    // It does not listen yet.
    if (error instanceof TypeError) return undefined;
    throw error;
  });
  if (!answer?.ok) return false;
  return (await answer.json() as { readonly starting: boolean }).starting === false;
}

function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 20_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
