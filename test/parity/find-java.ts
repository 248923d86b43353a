import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { MissingToolError } from "../missing-tool-error.ts";

export interface Java {
  /** A folder with `bin/java`. */
  readonly home: string;
  /** E.g. `25.0.3`. */
  readonly version: string;
}

/** Trino 476 is compiled for this release. */
const oldestRelease = 24;

/** Folders in which systems keep their Java machines, one a folder. */
function usualFolders(): readonly string[] {
  return [
    "/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines",
    join(homedir(), ".sdkman", "candidates", "java"), join(homedir(), ".jdks"),
  ];
}

/**
 * The Java of JAVA_HOME if it is new enough, else the newest in the usual folders or on the path.
 * Throws MissingToolError naming what was looked at.
 */
export function findJava(env: Readonly<Record<string, string | undefined>>): Java {
  const given = env.JAVA_HOME === undefined ? undefined : readJava(env.JAVA_HOME);
  if (given && releaseOf(given) >= oldestRelease) return given;
  const found = [...listHomes(), ...homeOnPath(env.PATH ?? "")].flatMap((home) => {
    const java = readJava(home);
    return java ? [java] : [];
  });
  const newest = found.sort((a, b) => releaseOf(b) - releaseOf(a))[0];
  if (newest && releaseOf(newest) >= oldestRelease) return newest;
  const seen = [...new Set([given, ...found].flatMap((java) =>
    (java ? [`${java.version} in ${java.home}`] : [])))];
  throw new MissingToolError(
    `Java >= ${oldestRelease}: missing; install a JDK and set JAVA_HOME; found: `
    + `${seen.join(", ") || "none"}`);
}

function listHomes(): readonly string[] {
  return usualFolders().filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) =>
      [join(folder, name), join(folder, name, "Contents", "Home")]));
}

function homeOnPath(path: string): readonly string[] {
  return path.split(":").filter((folder) => existsSync(join(folder, "java"))).map(dirname);
}

function readJava(home: string): Java | undefined {
  const program = join(home, "bin", "java");
  if (!existsSync(program)) return undefined;
  const release = join(home, "release");
  const text = existsSync(release) ? readFileSync(release, "utf8")
    : execFileSync(program, ["--version"], { encoding: "utf8" });
  const version = /JAVA_VERSION="([^"]+)"/.exec(text)?.[1] ?? / (\d[\d.]*)/.exec(text)?.[1];
  return version === undefined ? undefined : { home, version };
}

function releaseOf({ version }: Java): number {
  return Number.parseInt(version, 10);
}
