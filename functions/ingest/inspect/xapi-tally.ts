import type { JsonObject } from "../readers/json-columns.ts";
import { findStatementFault } from "./xapi/statement.ts";

/** Records that tell whether a file holds statements. */
const LOOKED_AT = 1_000;

/**
 * Counts records that follow the rules of xAPI 1.0.3 and records that do not. A file holds
 * statements if one of its first 1,000 records has two of actor, verb and object.
 */
export class XapiTally {
  #valid = 0;
  #invalid = 0;
  #looked = 0;
  #isStatements = false;
  /** Records before the first that is a statement. */
  #waiting = 0;

  add(value: JsonObject | undefined): void {
    if (!this.#isStatements) {
      if (this.#looked++ >= LOOKED_AT) return;
      if (!value || !looksLikeStatement(value)) {
        this.#waiting++;
        return;
      }
      this.#isStatements = true;
      this.#invalid += this.#waiting;
    }
    if (value && findStatementFault(value) === undefined) this.#valid++;
    else this.#invalid++;
  }

  get counts(): { readonly valid: number; readonly invalid: number } | null {
    return this.#isStatements ? { valid: this.#valid, invalid: this.#invalid } : null;
  }
}

function looksLikeStatement(value: JsonObject): boolean {
  return ["actor", "verb", "object"].filter((key) => Object.hasOwn(value, key)).length >= 2;
}
