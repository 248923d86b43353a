/** Codes of the operating system that are neither a file's fault nor ours. */
const faults: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the disk",
  EDQUOT: "quota of the disk exceeded",
  EFBIG: "limit of the size of a file reached",
  EROFS: "the file system is read-only",
  EACCES: "no permission",
  EPERM: "no permission",
  EIO: "the disk reports an error",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
};

/**
 * What the machine refused, in words with its code; undefined for every other error. Looks through
 * the causes of an error. Tells no path: that may be a sender's file name.
 */
export function findMachineFault(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const words = code === undefined ? undefined : faults[code];
    if (words !== undefined) return `${words} (${code})`;
  }
  return undefined;
}
