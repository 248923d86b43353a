import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { EngineError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import type { ObjectStore } from "./object-store.ts";
import { isProcessAlive } from "./process-alive.ts";

/** `private/lock.json`: who is changing the home. */
export interface HomeLock {
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  /** Of the process, where the system tells it: numbers of processes are given again. */
  readonly started: string | null;
  readonly since: string;
}

/** A holder on another machine cannot be asked; no work on a home takes so long. */
const abandonedMs = 12 * 3_600_000;

/**
 * Does work that nothing else may do to a home at the same time: a night would store rows under a
 * key that a rekey takes away. The lock of a process that is gone is taken over. Throws EngineError
 * naming the holder where the home is at work.
 */
export async function withHomeLock<T>(
  store: ObjectStore, command: string, now: Date, work: () => Promise<T>,
): Promise<T> {
  const lock: HomeLock = {
    command, host: hostname(), pid: process.pid, started: readStart(process.pid),
    since: now.toISOString(),
  };
  await takeLock(store, lock, now);
  try {
    return await work();
  } finally {
    await store.delete(homeKeys.lock);
  }
}

/**
 * Throws EngineError naming the holder where a command is at work on a home; takes nothing. For
 * nights on AWS, which no one process lives through.
 */
export async function requireUnlocked(
  store: ObjectStore, command: string, now: Date,
): Promise<void> {
  const found = await store.get(homeKeys.lock);
  const holder = found && parseLock(Buffer.from(found.body).toString("utf8"));
  if (holder && !isAbandoned(holder, now)) throw refusal(store, { command }, holder);
}

async function takeLock(store: ObjectStore, lock: HomeLock, now: Date): Promise<void> {
  const found = await store.get(homeKeys.lock);
  const holder = found && parseLock(Buffer.from(found.body).toString("utf8"));
  if (holder && !isAbandoned(holder, now)) throw refusal(store, lock, holder);
  const { written } = await store.put(homeKeys.lock, `${JSON.stringify(lock)}\n`, {
    ...(found ? { ifMatch: found.etag } : { ifNoneMatch: true }), mode: 0o600,
  });
  if (!written) throw refusal(store, lock, undefined);
}

function refusal(
  store: ObjectStore, lock: Pick<HomeLock, "command">, holder: HomeLock | undefined,
): EngineError {
  const who = holder
    ? `${holder.command} since ${holder.since}, process ${holder.pid} of ${holder.host}`
    : "another command";
  return new EngineError(`${lock.command}: ${store.name} is at work: ${who}; call again when it ` +
    `is done (${homeKeys.lock} says so)`);
}

/** Undefined for a file that no command wrote: it holds nobody back. */
function parseLock(text: string): HomeLock | undefined {
  try {
    return JSON.parse(text) as HomeLock;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

function isAbandoned({ host, pid, started, since }: HomeLock, now: Date): boolean {
  if (host !== hostname()) return !(now.getTime() - Date.parse(since) < abandonedMs);
  if (!isProcessAlive(pid)) return true;
  return started !== null && started !== readStart(pid);
}

/** When a process started, in ticks since the machine did; null where the system does not tell. */
function readStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in brackets, may hold spaces.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw cause;
  }
}
