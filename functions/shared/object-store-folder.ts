import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync, closeSync, constants, existsSync, fstatSync, linkSync, lstatSync,
  mkdirSync, openSync, readFile, readFileSync, realpathSync, renameSync, rmSync, statSync,
  writeFileSync, writeSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { copyFile, link, readdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { EngineError, InvalidInputError } from "./errors.ts";
import { findMachineFault } from "./machine-fault.ts";
import { compareKeys, requireKey, requirePrefix } from "./object-key.ts";
import type {
  ListedObject, ObjectStore, PutCondition, PutResult, StoredObject,
} from "./object-store.ts";
import { sha256OfFile } from "./sha256-of-file.ts";

/** Temporary files and locks live here, on the file system of the objects; no key reaches it. */
const workFolder = ".store";

const readWhole = promisify(readFile);

/** A lock is held for one synchronous section; older ones belong to a killed process. */
const staleLockMs = 10_000;

/** Below this reading and writing at once is several times faster than through the thread pool. */
const smallBodyBytes = 256 * 1024;

/**
 * A home in a folder, made when first written to. The etag is the SHA-256 of the content.
 * Keys stay below the root: `..`, absolute keys and symbolic links throw InvalidInputError.
 */
export function createFolderStore(root: string): ObjectStore {
  const base = resolve(root);
  const work = join(base, workFolder);

  const pathOf = (key: string): string => {
    requireKey(key);
    if (key === workFolder || key.startsWith(`${workFolder}/`)) {
      throw new InvalidInputError(`key: invalid: ${key}; ${workFolder}/ belongs to the store`);
    }
    return join(base, ...key.split("/"));
  };

  async function get(key: string): Promise<StoredObject | undefined> {
    const path = pathOf(key);
    if (!isInside(path, base)) return undefined;
    const body = await readObject(path, key);
    return body && { body, etag: etagOf(body) };
  }

  async function put(
    key: string, body: Uint8Array | string, condition: PutCondition = {},
  ): Promise<PutResult> {
    const path = prepare(key, condition.mode);
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    const temporary = temporaryPath();
    const options = { mode: condition.mode ?? 0o666, flag: "wx" } as const;
    try {
      if (bytes.byteLength <= smallBodyBytes) writeFileSync(temporary, bytes, options);
      else await writeFile(temporary, bytes, options);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw asStoreError(cause, key, base);
    }
    return settle(key, temporary, path, etagOf(bytes), condition);
  }

  async function putFile(
    key: string, source: string, condition: PutCondition = {},
  ): Promise<PutResult> {
    const path = prepare(key, condition.mode);
    const temporary = temporaryPath();
    // A hard link shares its mode with the source: one that asks for a mode gets a copy.
    try {
      if (condition.mode !== undefined || !(await tryLink(source, temporary))) {
        await copyFile(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      }
      if (condition.mode !== undefined) chmodSync(temporary, condition.mode);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw asStoreError(cause, key, base);
    }
    return settle(key, temporary, path, await sha256OfFile(temporary), condition);
  }

  /** Moves a finished temporary file to its place if the condition holds; always removes it. */
  async function settle(
    key: string, temporary: string, path: string, etag: string, condition: PutCondition,
  ): Promise<PutResult> {
    try {
      if (condition.ifMatch === undefined) {
        const linked = tryLinkSync(temporary, path);
        if (linked === "done") return { written: true, etag };
        if (linked === "exists" && condition.ifNoneMatch) return { written: false };
      }
      return await locked(key, (): PutResult => {
        if (condition.ifNoneMatch && existsSync(path)) return { written: false };
        if (condition.ifMatch !== undefined) {
          if (!existsSync(path)) return { written: false };
          if (etagOf(readFileSync(path)) !== condition.ifMatch) return { written: false };
        }
        renameSync(temporary, path);
        return { written: true, etag };
      });
    } catch (cause) {
      throw asStoreError(cause, key, base);
    } finally {
      // rename() of two links to one inode does nothing and leaves the temporary name.
      rmSync(temporary, { force: true });
    }
  }

  async function list(prefix: string): Promise<readonly ListedObject[]> {
    requirePrefix(prefix);
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const found: ListedObject[] = [];
    if (isInside(join(base, folder, "x"), base)) await walk(folder);
    return found.sort((a, b) => compareKeys(a.key, b.key));

    async function walk(below: string): Promise<void> {
      const entries = await readdir(join(base, below), { withFileTypes: true })
        .catch(absentAs([] as never[]));
      const folders: string[] = [];
      for (const entry of entries) {
        if (below === "" && entry.name === workFolder) continue;
        const key = below + entry.name;
        if (entry.isDirectory()) {
          const inner = `${key}/`;
          if (inner.startsWith(prefix) || prefix.startsWith(inner)) folders.push(inner);
        } else if (entry.isFile() && key.startsWith(prefix)) {
          const stat = statOf(join(base, key));
          if (stat) found.push({ key, sizeBytes: stat.size });
        }
      }
      await Promise.all(folders.map(walk));
    }
  }

  async function remove(key: string): Promise<void> {
    const path = pathOf(key);
    if (!isInside(path, base) || !existsSync(path)) return;
    mkdirSync(work, { recursive: true });
    await locked(key, () => rmSync(path, { force: true }));
  }

  async function fetchToFile(key: string): Promise<string> {
    const path = pathOf(key);
    const stat = isInside(path, base) ? statOf(path) : undefined;
    if (stat?.isFile()) return path;
    throw new InvalidInputError(`object: missing: ${key}; in ${base}`);
  }

  /** Folders of an object for its owner alone are the owner's alone too. */
  function prepare(key: string, mode = 0o666): string {
    const path = pathOf(key);
    try {
      if (!existsSync(work)) mkdirSync(work, { recursive: true, mode: 0o700 });
      if (!isInside(path, base)) {
        mkdirSync(dirname(path), { recursive: true, mode: (mode & 0o077) === 0 ? 0o700 : 0o777 });
        isInside(path, base);
      }
    } catch (cause) {
      throw asStoreError(cause, key, base);
    }
    return path;
  }

  function temporaryPath(): string {
    return join(work, `${process.pid}-${randomUUID()}`);
  }

  /** Runs one synchronous section while no other process changes the same key. */
  async function locked<T>(key: string, section: () => T): Promise<T> {
    const lock = join(work, `lock-${createHash("sha256").update(key).digest("hex")}`);
    while (!tryLock(lock)) await sleep(2);
    try {
      return section();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  return { name: base, get, put, putFile, list, delete: remove, fetchToFile };
}

function tryLock(lock: string): boolean {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > staleLockMs) rmSync(lock, { force: true });
    return false;
  }
}

function tryLinkSync(from: string, to: string): "done" | "exists" | "impossible" {
  try {
    linkSync(from, to);
    return "done";
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "EEXIST") return "exists";
    // File systems without hard links go through the lock and rename.
    if (code === "EPERM" || code === "ENOTSUP" || code === "EMLINK") return "impossible";
    throw cause;
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") throw cause;
    return false;
  }
}

/**
 * False when the folder of the path is absent; throws InvalidInputError when a symbolic link leads
 * it out of the root (a sender who can write into landing/ must not reach private/).
 */
function isInside(path: string, base: string): boolean {
  let folder: string;
  try {
    folder = realpathSync.native(dirname(path));
  } catch (cause) {
    return absentAs(false)(cause);
  }
  const realBase = realpathSync.native(base);
  const relative = dirname(path).slice(base.length);
  if (folder === realBase + relative || (relative === sep && folder === realBase)) return true;
  throw new InvalidInputError(
    `key: invalid: ${basename(path)} lies behind a symbolic link: ${dirname(path)}; ` +
    "accepted: plain folders",
  );
}

async function readObject(path: string, key: string): Promise<Uint8Array | undefined> {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    return stat.size <= smallBodyBytes ? readFileSync(file) : await readWhole(file);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw asStoreError(cause, key, dirname(path));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** At once: through the thread pool it takes ten times as long. undefined: gone meanwhile. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (cause) {
    return absentAs(undefined)(cause);
  }
}

function absentAs<T>(value: T): (cause: unknown) => T {
  return (cause) => {
    if (isAbsent(cause)) return value;
    throw cause;
  };
}

function isAbsent(cause: unknown): boolean {
  return codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR";
}

function asStoreError(cause: unknown, key: string, base: string): Error {
  if (cause instanceof InvalidInputError) return cause;
  const code = codeOf(cause) ?? "";
  // The key clashes with what is there: a folder, a file as parent, a name beyond 255 bytes.
  if (["EISDIR", "ENOTDIR", "EEXIST", "ENAMETOOLONG", "ELOOP", "ENOTEMPTY"].includes(code)) {
    return new InvalidInputError(`key: invalid: ${key}; ${code}`, { cause });
  }
  const why = findMachineFault(cause) ?? code;
  return new EngineError(`object: not stored: ${key} in ${base}: ${why}`, { cause });
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
}

function etagOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
