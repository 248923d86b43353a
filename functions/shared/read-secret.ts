import { explainAwsFault } from "./aws-fault.ts";
import { EngineError } from "./errors.ts";

/** Text of a secret of Secrets Manager; throws EngineError naming the secret. */
export async function readSecret(secret: string): Promise<string> {
  // Loaded only here: most steps and commands have no secret.
  const { GetSecretValueCommand, SecretsManagerClient } =
    await import("@aws-sdk/client-secrets-manager");
  try {
    const client = new SecretsManagerClient({});
    return (await client.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString ?? "";
  } catch (cause) {
    throw new EngineError(`${secret}: cannot be read; ${explainAwsFault(cause)}`, { cause });
  }
}
