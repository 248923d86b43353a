// First half of `npm start`. cmd.exe has no `exec`, so the job runs here; elsewhere the second half
// replaces the shell, so that Ctrl-C reaches the program alone and npm ends with exit 0.
if (process.platform !== "win32") process.exit(1);
process.argv = [...process.argv.slice(0, 2), "start", ...process.argv.slice(2)];
await import("../bin/dudao.mjs");
