import { describe, expect, it } from "vitest";
import { runInOrder } from "../../functions/shared/run-in-order.ts";

const step = (name: string, ...reads: string[]) => ({ name, reads });
const pause = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe("runInOrder", () => {
  it("runs each step after what it reads, and no more at once than allowed", async () => {
    const log: string[] = [];
    let beside = 0;
    let most = 0;
    const steps = [step("c", "a", "b"), step("b", "lake"), step("a"), step("d"), step("e", "c")];
    await runInOrder(steps, 2, new AbortController(), async ({ name }) => {
      most = Math.max(most, ++beside);
      log.push(`+${name}`);
      await pause();
      log.push(`-${name}`);
      beside--;
    });
    expect(most).toBe(2);
    const at = (entry: string): number => log.indexOf(entry);
    expect(at("+c")).toBeGreaterThan(Math.max(at("-a"), at("-b")));
    expect(at("+e")).toBeGreaterThan(at("-c"));
    expect(log).toHaveLength(10);
  });

  it("starts nothing after a failure, waits for what is under way, throws it", async () => {
    const failed = new AbortController();
    const ended: string[] = [];
    const running = runInOrder([step("a"), step("b"), step("c")], 2, failed, async ({ name }) => {
      if (name === "a") throw new Error("a failed");
      await pause();
      ended.push(name);
      if (failed.signal.aborted) throw new Error("stopped");
    });
    await expect(running).rejects.toThrow("a failed");
    expect(ended).toEqual(["b"]);
  });
});
