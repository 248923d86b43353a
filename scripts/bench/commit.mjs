import { execFileSync } from "node:child_process";

/**
 * Commit of the sources; `+` where files differ from it, leaving out what benches and proofs write
 * themselves; `unknown` outside a checkout.
 */
export function readCommit(root) {
  const git = (...args) => execFileSync("git", args, {
    cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"],
  }).trim();
  try {
    const changed = git("status", "--porcelain", "--", ".", ":!docs/bench.json", ":!test/evidence");
    return `${git("rev-parse", "--short=12", "HEAD")}${changed === "" ? "" : "+"}`;
  } catch (error) {
    if (error.code === "ENOENT" || error.status !== undefined) return "unknown";
    throw error;
  }
}
