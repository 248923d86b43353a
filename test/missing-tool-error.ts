/** Something outside the project is needed and not there; the run ends with exit code 3. */
export class MissingToolError extends Error {
  override readonly name = "MissingToolError";
}
