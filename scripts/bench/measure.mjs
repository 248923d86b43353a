import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
export const round = (value, digits = 2) => Number(value.toFixed(digits));

/** How often a process tree is looked at; what is born and dies between two looks is not seen. */
const lookMilliseconds = 20;
/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const ticks = 100;

/**
 * Runs a script of Node (or `command`) to its end: wall seconds, CPU seconds of the process and
 * its children, largest sum of their resident memory in MB, what it printed. CPU and memory are 0
 * where there is no /proc (macOS, Windows). Throws where it does not exit with 0.
 */
export function measure(args, { command = process.execPath, cwd, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const child = spawn(command, args, {
      cwd, env: { ...process.env, DUDAO_NO_BUILD: "1", ...env }, stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let complaint = "";
    let peak = 0;
    const cpuTicks = new Map();
    child.stdout.on("data", (chunk) => { out += chunk; });
    child.stderr.on("data", (chunk) => { complaint = (complaint + chunk).slice(-2000); });
    const look = () => { peak = Math.max(peak, lookAt(child.pid, cpuTicks)); };
    const timer = setInterval(look, lookMilliseconds);
    child.on("error", (error) => { clearInterval(timer); reject(error); });
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) {
        reject(new Error(`${command} ${args.join(" ")}: exit ${code}\n${complaint}`));
        return;
      }
      const cpu = [...cpuTicks.values()].reduce((sum, n) => sum + n, 0) / ticks;
      resolve({
        seconds: (performance.now() - from) / 1000, cpu_seconds: round(cpu),
        peak_mb: round(peak / 1e6, 0), out,
      });
    });
  });
}

/** Resident bytes of a process and its children; their CPU ticks go into the map. */
function lookAt(pid, cpuTicks) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
    // After the name in brackets: state is field 3, utime 14, stime 15.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    cpuTicks.set(pid, Number(fields[11]) + Number(fields[12]));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children.split(" ").filter(Boolean)
      .reduce((sum, one) => sum + lookAt(Number(one), cpuTicks), pages);
  } catch (error) {
    // No /proc, or the process ended between two looks.
    if (error.code === "ENOENT" || error.code === "ESRCH") return 0;
    throw error;
  }
}

/**
 * Runs every contender once a round, in turns, so that a busy minute hits all of them: median wall
 * and CPU seconds, largest memory, output of the first round. `contenders` maps a name to what
 * runs it once.
 */
export async function measureInTurns(contenders, rounds) {
  const runs = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (let i = 0; i < rounds; i++) {
    for (const [name, run] of Object.entries(contenders)) {
      process.stderr.write(`  ${name} ${i + 1}/${rounds}\n`);
      runs.get(name).push(await run(i));
    }
  }
  return Object.fromEntries([...runs].map(([name, all]) => [name, {
    seconds: round(median(all.map((run) => run.seconds))),
    cpu_seconds: round(median(all.map((run) => run.cpu_seconds))),
    peak_mb: Math.max(...all.map((run) => run.peak_mb)),
    out: all[0].out,
  }]));
}

/** What contenders printed is no result. */
export function withoutOutput(runs) {
  return Object.fromEntries(Object.entries(runs).map(([name, run]) => {
    const { seconds, cpu_seconds, peak_mb } = run;
    return [name, { seconds, cpu_seconds, peak_mb }];
  }));
}
