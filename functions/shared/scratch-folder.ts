import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { isProcessAlive } from "./process-alive.ts";

/** Processes of other machines may share the folder: their numbers say nothing here. */
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/**
 * A new folder below the system's temporary one, for its owner alone. Its name tells the process,
 * so that `sweepScratchFolders` can remove what a killed one left; the caller removes it otherwise.
 */
export function makeScratchFolder(kind: "night" | "nights" | "rekey" | "inspect" | "simulate"): string {
  return mkdtempSync(join(tmpdir(), `dudao-${kind}-${host}-${process.pid}-`));
}

/** Temporary files of a folder store; a younger one may be of a process on another machine. */
const abandonedMs = 10 * 60_000;

/**
 * Removes what processes of this machine left when they were killed: scratch folders, and
 * temporary objects in the `.store` folder of a home. Both may hold personal data.
 */
export function sweepScratchFolders(home: string, now: Date): void {
  const scratch = new RegExp(`^dudao-[a-z]+-${host}-(\\d+)-\\w+$`);
  for (const name of listFolder(tmpdir())) {
    const pid = scratch.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid)) || !isOwn(join(tmpdir(), name))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  // A store that is no folder keeps none.
  if (!isAbsolute(home)) return;
  const work = join(home, ".store");
  for (const name of listFolder(work)) {
    const pid = /^(\d+)-[0-9a-f-]{36}$/.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number(pid))) continue;
    const path = join(work, name);
    const age = now.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > abandonedMs) rmSync(path, { force: true });
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
}

function isOwn(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (process.getuid === undefined || stat.uid === process.getuid());
}
