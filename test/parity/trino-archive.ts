import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Java } from "./find-java.ts";
import { MissingToolError } from "../missing-tool-error.ts";

export const trinoVersion = "476";

/**
 * Unpacks the server into a folder (0.4 GB stay of 0.9): the archive comes from Maven's own
 * repository, so that it is downloaded once. Returns the server's folder; throws MissingToolError
 * without Maven, tar or network.
 */
export function unpackTrino(folder: string, java: Java): string {
  runTool("mvn", [
    "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
    `-Dartifact=io.trino:trino-server:${trinoVersion}:tar.gz`, `-DoutputDirectory=${folder}`,
  ], java);
  const archive = join(folder, `trino-server-${trinoVersion}.tar.gz`);
  // Whole: files of one plugin are hard links to those of another.
  runTool("tar", ["xzf", archive, "-C", folder], java);
  rmSync(archive);
  const server = join(folder, `trino-server-${trinoVersion}`);
  const plugins = join(server, "plugin");
  // A start with all of them takes a minute instead of ten seconds.
  for (const name of readdirSync(plugins)) {
    if (name !== "hive") rmSync(join(plugins, name), { recursive: true });
  }
  return server;
}

function runTool(program: string, args: readonly string[], java: Java): void {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8", env: { ...process.env, JAVA_HOME: java.home },
  });
  if (error) throw new MissingToolError(`${program}: missing; install it and put it on the path`);
  if (status !== 0) {
    const said = `${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "");
    throw new MissingToolError(
      `${program}: failed; is the network there?\n  ${said.slice(-3).join("\n  ")}`);
  }
}
