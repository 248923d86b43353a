/** Entry of the command line; returns the exit code (figures.md: 0 done, 1 our fault, 2 usage, 3 nothing published). */
export async function main(args: readonly string[]): Promise<number> {
  process.stderr.write(`dudao: unknown command: ${args[0] ?? ""}\n`);
  return 2;
}
