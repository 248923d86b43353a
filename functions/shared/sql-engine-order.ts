import { ContractError } from "./errors.ts";
import type { Model } from "./sql-engine.ts";

/**
 * Models in an order in which each comes after those it reads, by name where free.
 * `namesIn` gives the relations named in a SQL text (CTEs left out), `given` the relations that
 * exist before any model runs. Throws ContractError for unknown names, cycles, duplicate models
 * and headers whose `reads` is not what the SQL reads; all faults together.
 */
export function orderModels(
  models: readonly Model[],
  given: ReadonlySet<string>,
  namesIn: (model: Model) => readonly string[],
): readonly Model[] {
  const faults: string[] = [];
  const byName = new Map(models.map((m) => [m.name, m]));
  if (byName.size < models.length) {
    const names = models.map((m) => m.name);
    faults.push(`duplicate model: ${names.filter((n, i) => names.indexOf(n) < i).join(", ")}`);
  }
  const reads = new Map(models.map((m) => [m.name, [...new Set(namesIn(m))].sort()]));
  for (const model of models) {
    const found = reads.get(model.name) ?? [];
    for (const name of found) {
      if (!byName.has(name) && !given.has(name)) {
        faults.push(`${model.name}.sql: unknown relation: ${name}; accepted: a model or a source`);
      }
    }
    const stated = [...new Set(model.reads)].sort();
    if (stated.join() !== found.join()) {
      faults.push(`${model.name}.sql: invalid reads: ${stated.join(", ")}; ` +
        `the SQL reads: ${found.join(", ")}`);
    }
  }
  const order: Model[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (model: Model, path: readonly string[]): void => {
    if (state.get(model.name) === "done") return;
    if (state.get(model.name) === "open") {
      faults.push(`cycle: ${[...path.slice(path.indexOf(model.name)), model.name].join(" -> ")}`);
      return;
    }
    state.set(model.name, "open");
    for (const name of reads.get(model.name) ?? []) {
      const next = byName.get(name);
      if (next) visit(next, [...path, model.name]);
    }
    state.set(model.name, "done");
    order.push(model);
  };
  for (const name of [...byName.keys()].sort()) visit(byName.get(name)!, []);
  if (faults.length > 0) {
    throw new ContractError(`models: ${faults.length} fault(s)\n  ${faults.join("\n  ")}`);
  }
  return order;
}

/** The models that `wanted` need, in the given order; unknown names are left to the caller. */
export function neededModels(
  models: readonly Model[],
  wanted: readonly string[],
): readonly Model[] {
  const byName = new Map(models.map((m) => [m.name, m]));
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const model = byName.get(name);
    if (!model || needed.has(name)) return;
    needed.add(name);
    model.reads.forEach(visit);
  };
  wanted.forEach(visit);
  return models.filter((m) => needed.has(m.name));
}

/** Throws ContractError for words that cannot stand in SQL as they are. */
export function requireDayAndRun(
  { asOf, runId }: { readonly asOf: string; readonly runId: string },
): void {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(asOf) || !/^[\w-]*$/.test(runId)) {
    throw new ContractError(`run: invalid day or run id: ${asOf} ${runId}`);
  }
}
