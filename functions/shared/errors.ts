/**
 * Three classes of error, by whose fault.
 * Message form: `<which>: <what is wrong>: <value>; <what is accepted or who sets it>`.
 */

/** The sender's fault: to quarantine with a reason, go on, never retry. */
export class InvalidInputError extends Error {
  override readonly name = "InvalidInputError";
}

/** Engine's or network's fault: throw, retry, then dead-letter. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** Our fault (a contract, seed or invariant is broken): fail the run at once. Exit code 1. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/** The caller's words are off (unknown option, day that is no day). Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Nothing was published: a file does not balance or a check failed. Exit code 3. */
export class NotPublishedError extends Error {
  override readonly name = "NotPublishedError";
}

/** Joins several faults of one configuration into one error, so that all are seen together. */
export function requireNoFaults(what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new ContractError(`${what}: ${faults.length} fault(s)\n  ${faults.join("\n  ")}`);
}
