/** Whether a process of this machine lives. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives, under another user.
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
