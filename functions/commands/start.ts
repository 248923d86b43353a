import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { readFigures } from "../measure/read-figures.ts";
import { serveHome } from "../serve/serve-home.ts";
import { UsageError } from "../shared/errors.ts";
import { homeKeys } from "../shared/home.ts";
import { gates } from "../shared/figures.ts";
import { stateNames } from "../shared/figures.ts";
import { formatCount, formatShare } from "../shared/number-format.ts";
import { createFolderStore } from "../shared/object-store-folder.ts";
import type { ObjectStore } from "../shared/object-store.ts";
import { readJson } from "../shared/read-json.ts";
import { readLedger } from "../shared/read-ledger.ts";
import { makeSimulatedUsers } from "../shared/users.ts";
import { simulateProvince } from "../simulate/simulate-province.ts";
import { doneCodes, type Command, type CommandIo } from "./command.ts";
import { sumRows } from "./night-summary.ts";
import { locateHome } from "./open-home.ts";
import { createProgressLog } from "./progress-log.ts";
import { runNights } from "./run-nights.ts";
import { simulateInto } from "./simulate-into.ts";

const simulated = { scale: 0.02, seed: 1, until: "2021-12-20" } as const;

export const start: Command = {
  name: "start",
  summary: "the main job on a simulated province: make it, run its nights, publish, serve, open the dashboards",
  options: {
    home: { value: "HOME", default: "./home", help: "home to make or to use again" },
    port: { value: "NUMBER", default: "0", help: "0 takes a free one" },
    once: { help: "stop after the address is printed (for a test of the set-up)" },
  },
  examples: [
    { line: "dudao start --home HOME --once", says: "an existing home is used again" },
    { line: "dudao start --home HOME --port 0 --once", says: "the same on a free port" },
  ],
  exitCodes: { ...doneCodes, 0: "stopped by Ctrl-C" },
  async run(input, io) {
    const home = input.requireOption("home");
    const log = createProgressLog(io);
    const store = home.startsWith("s3://")
      ? (await locateHome(home)).store : createFolderStore(resolve(home));
    const root = home.startsWith("s3://") ? store.name : resolve(home);
    if (!(await isHome(store))) {
      io.err(`simulating a province in ${store.name} (scale ${simulated.scale}, until ${simulated.until})`);
      await simulateInto(home, (folder) => simulateProvince({ home: folder, ...simulated, log }), log);
      await makeSimulatedUsers(store, simulated.seed);
    }
    await runNights({ store, log });
    const site = await serveHome({ store, port: Number(input.requireOption("port")), now: () => io.now(), log });
    const interrupted = io.interrupted();
    try {
      const link = await site.oneTimeLink("leader");
      for (const line of await describe(store, root, link)) io.out(line);
      if (input.hasFlag("once")) return 0;
      openBrowser(link, io);
      await interrupted;
    } finally {
      await site.close();
    }
    return 0;
  },
};

/** True for a home to use again; throws UsageError for a simulation that was cut off. */
async function isHome(store: ObjectStore): Promise<boolean> {
  const description = await readJson<{ readonly simulated?: object }>(store, homeKeys.description);
  if (!description) return false;
  // The truth is written last.
  const isTold = (await store.list("truth.json")).some(({ key }) => key === "truth.json");
  if (description.simulated && !isTold) {
    throw new UsageError(`--home: unfinished simulation: ${store.name}; remove it and start again`);
  }
  return true;
}

/** The screenful: what happened, where things lie, what to try next. */
async function describe(store: ObjectStore, root: string, link: string): Promise<readonly string[]> {
  const files = await readLedger(store);
  const rows = sumRows(files);
  const days = [...new Set(files.map((f) => f.known_on))];
  const pointer = await readJson<{ readonly run_id: string; readonly as_of: string }>(store, homeKeys.current);
  const asOf = pointer?.as_of ?? days.at(-1) ?? "";
  const figures = await readFigures({ store, asOf, area: "51" });
  const find = (code: string) => figures.find((f) => f.figure_code === code && f.segment_code === "all");
  const count = (status: string): number => files.filter((f) => f.status === status).length;
  const home = root === resolve("./home") ? "" : ` --home ${root}`;
  const slips = (await store.list(homeKeys.slipPrefix)).filter((o) => o.key.endsWith(".xlsx")).length;
  const mails = (await store.list(homeKeys.outboxPrefix)).length;
  const share = (code: string): string => {
    const row = find(code);
    return `${formatShare(row?.share)} (${formatCount(row?.n)} / ${formatCount(row?.d)})`;
  };
  return [
    "",
    `四川省教师信息技术应用能力提升工程2.0 · 模拟省 · 截至 ${asOf} · 运行 ${pointer?.run_id ?? "—"}`,
    "",
    `  夜间任务  ${days.length} 个（${days[0] ?? "—"} … ${days.at(-1) ?? "—"}）`,
    `  文件      ${formatCount(files.length)}：退件 ${count("refused")}，扣留 ${count("held")}，重复 ${count("repeated")}`,
    `  数据行    读入 ${formatCount(rows.read)} = 接受 ${formatCount(rows.accepted)} + 退回 ${formatCount(rows.rejected)} + 重复 ${formatCount(rows.duplicate)}`,
    ...gates.map((gate) => {
      const row = find(gate.figure);
      const state = stateNames[row?.state_code as keyof typeof stateNames]?.zh ?? "—";
      return `  ${String(gate.percent).padStart(3)}% 目标  ${formatCount(row?.n)} / ${formatCount(row?.target)} 县 · ${state}${row?.on_date ? ` · ${row.on_date}` : ""}（期限 ${gate.dueOn}）`;
    }),
    `  学时      参训 ${share("H1")} · 达标 ${share("H2")}`,
    "",
    `  记分卡    ${`${root}/runs/${pointer?.run_id ?? ""}/scorecards`}`,
    `  退回清单  ${root}/slips（${slips} 份）`,
    `  邮件      ${root}/outbox（${mails} 封）`,
    "",
    `  打开      ${link}`,
    `            （一次性链接，以省级领导身份登录；Ctrl-C 停止）`,
    "",
    "  接下来可试：",
    `    npx dudao figures --as-of ${asOf} --area 51 --figure H2${home}`,
    `    npx dudao files --date ${days.at(-1) ?? asOf}${home}`,
    `    npx dudao alerts list${home}`,
    "    npx dudao --help",
    "",
  ];
}

/** Opens the page where there is a desktop; a machine without one only prints the address. */
function openBrowser(url: string, io: CommandIo): void {
  const hasDesktop = process.platform === "darwin" || process.platform === "win32"
    || io.env.DISPLAY !== undefined || io.env.WAYLAND_DISPLAY !== undefined;
  if (!io.isTerminal || !hasDesktop || io.env.CI !== undefined) return;
  const [program, args] = process.platform === "darwin" ? ["open", [url]]
    : process.platform === "win32" ? ["cmd", ["/c", "start", "", url]] : ["xdg-open", [url]];
  const child = spawn(program as string, args as string[], { stdio: "ignore", detached: true });
  child.on("error", () => io.err(`no browser could be opened; the address is ${url}`));
  child.unref();
}
