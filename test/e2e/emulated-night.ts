import { setTimeout as sleep } from "node:timers/promises";

export interface Outputs {
  readonly machine: string;
  readonly landing: string;
  readonly lake: string;
  readonly publish: string;
  readonly secret: string;
  readonly api: string;
}

/** Reads the outputs file of `cdk deploy`; throws RangeError where a stack tells too little. */
export function readOutputs(file: Readonly<Record<string, Readonly<Record<string, string>>>>): Outputs {
  const find = (name: string): string => {
    const value = Object.values(file).map((stack) => stack[name]).find((v) => v !== undefined);
    if (value === undefined) throw new RangeError(`outputs: ${name}: missing`);
    return value;
  };
  return {
    machine: find("Machine"), landing: find("LandingBucket"), publish: find("PublishBucket"),
    lake: find("Home").replace("s3://", ""), secret: find("CookieSecret"), api: find("ApiAddress"),
  };
}

/**
 * The deployed API by its path: by its host the emulator answers `POST /login` itself, as the login
 * of another service.
 */
export function findApi(endpoint: string, address: string): string {
  return `${endpoint}/_aws/execute-api/${new URL(address).host.split(".")[0]}/$default`;
}

/** One call of an AWS service that speaks JSON 1.0 or 1.1. */
export async function callService(
  endpoint: string, service: string, target: string, body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const text = await post(endpoint, service, target, {
    "content-type": "application/x-amz-json-1.1", "x-amz-target": target,
  }, JSON.stringify(body));
  return (text === "" ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
}

/** One call of an AWS service that speaks the query protocol; returns the XML of its answer. */
export function callQuery(
  endpoint: string, service: string, parameters: Readonly<Record<string, string>>,
): Promise<string> {
  return post(endpoint, service, parameters["Action"] ?? "", {
    "content-type": "application/x-www-form-urlencoded",
  }, new URLSearchParams(parameters).toString());
}

async function post(
  endpoint: string, service: string, action: string,
  headers: Readonly<Record<string, string>>, body: string,
): Promise<string> {
  // The emulator finds the service by the scope of the credentials; it checks no signature.
  const scope = `123456789012/20261124/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, {
    method: "POST", headers: { ...headers, authorization }, body,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action}: status ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

/** Runs the machine once and waits for its end; returns its seconds, throws with its cause. */
export async function runNight(endpoint: string, machine: string): Promise<number> {
  const call = (name: string, body: object) =>
    callService(endpoint, "states", `AWSStepFunctions.${name}`, body);
  const from = Date.now();
  const { executionArn } = await call("StartExecution", {
    stateMachineArn: machine, input: JSON.stringify({ date: null }),
  });
  for (;;) {
    const told = await call("DescribeExecution", { executionArn });
    if (told["status"] === "SUCCEEDED") return (Date.now() - from) / 1000;
    if (told["status"] !== "RUNNING") {
      throw new Error(`execution ${String(told["status"])}: ${String(told["error"])}: ${String(told["cause"])}`);
    }
    await sleep(500);
  }
}
