// Loaded before the command line in a child process: kills it with SIGKILL at one write of the
// store. DUDAO_KILL_AT is a regular expression for the final path, DUDAO_KILL_NTH which of them,
// DUDAO_KILL_WHEN `before` or `after` the object becomes visible.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = new RegExp(process.env.DUDAO_KILL_AT ?? "^$");
let left = Number(process.env.DUDAO_KILL_NTH ?? "1");
const when = process.env.DUDAO_KILL_WHEN ?? "before";

/** Objects become visible by a link or a rename and by nothing else. */
function watched(change) {
  return (from, to) => {
    const isPoint = at.test(String(to)) && --left === 0;
    if (isPoint && when === "before") process.kill(process.pid, "SIGKILL");
    const result = change(from, to);
    if (isPoint) process.kill(process.pid, "SIGKILL");
    return result;
  };
}
fs.linkSync = watched(fs.linkSync);
fs.renameSync = watched(fs.renameSync);
syncBuiltinESMExports();

const afterMs = Number(process.env.DUDAO_KILL_AFTER_MS ?? "0");
if (afterMs > 0) setTimeout(() => process.kill(process.pid, "SIGKILL"), afterMs);
