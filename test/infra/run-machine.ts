import type { MachineFunction } from "../../infra/night-machine.ts";

export type Invoke = (event: unknown) => Promise<unknown>;

/**
 * Runs a state machine's definition with functions of this machine in the place of its tasks;
 * resolves to its output, rejects with the error that it ends in. Waits of retries are cut short.
 */
export async function runMachine(
  definition: object, functions: Readonly<Record<MachineFunction, Invoke>>, input: object,
): Promise<unknown> {
  requirePromiseWithResolvers();
  const { StateMachine } = await import("aws-local-stepfunctions");
  const handlers: Record<string, Invoke> = {};
  const names: string[] = [];
  const walk = (states: Readonly<Record<string, State>>): void => {
    for (const [name, state] of Object.entries(states)) {
      if (state.Type === "Task") {
        names.push(name);
        handlers[name] = functions[(state.Resource ?? "").replace(/[${}]/g, "") as MachineFunction];
      }
      if (state.ItemProcessor) walk(state.ItemProcessor.States);
    }
  };
  walk((definition as { States: Readonly<Record<string, State>> }).States);
  const withArns = JSON.parse(JSON.stringify(definition)
    .replace(/\$\{(\w+)\}/g, "arn:aws:lambda:us-east-1:123456789012:function:$1")) as never;
  const machine = new StateMachine(withArns, {
    validationOptions: { checkArn: false },
  });
  const execution = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: handlers as never,
      retryIntervalOverrides: Object.fromEntries(names.map((name) => [name, 0.01])),
    },
  });
  return execution.result;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

/** The interpreter needs what Node 22 has. */
function requirePromiseWithResolvers(): void {
  const promise = Promise as unknown as { withResolvers?: unknown };
  promise.withResolvers ??= function withResolvers<T>() {
    let resolve: (value: T) => void = () => undefined;
    let reject: (reason: unknown) => void = () => undefined;
    const promised = new Promise<T>((take, refuse) => { resolve = take; reject = refuse; });
    return { promise: promised, resolve, reject };
  };
}
