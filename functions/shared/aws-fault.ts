/** What an answer of AWS means and what to do about it, by the error's name. */
const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: "the bucket does not exist; check its name and the region, or deploy first",
  PermanentRedirect: "the bucket is in another region; set AWS_REGION to its own",
  AuthorizationHeaderMalformed: "the bucket is in another region; set AWS_REGION to its own",
  AccessDenied: "no permission; ask for a role that may do this on the resource",
  AccessDeniedException: "no permission; ask for a role that may do this on the resource",
  Forbidden: "no permission; ask for a role that may do this on the resource",
  ExpiredToken: "the session has expired; log in again",
  ExpiredTokenException: "the session has expired; log in again",
  TokenRefreshRequired: "the session has expired; log in again",
  RequestTimeTooSkewed: "the clock of this machine is wrong; set it",
  InvalidAccessKeyId: "the access key is unknown; log in again",
  SignatureDoesNotMatch: "the secret key is wrong; log in again",
  CredentialsProviderError: "no credentials; log in, or set AWS_PROFILE",
  KMSAccessDeniedException: "no permission for the bucket's key; ask for kms:Decrypt on it",
  SlowDown: "the service asks to slow down; run it again",
  ServiceUnavailable: "the service is unavailable; run it again",
};
/** Codes of Node's network for an address that nobody answers at. */
const networkCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"]);

/**
 * One sentence for an error of the AWS SDK: what is wrong and what to do. The resource is named by
 * the caller; the error's own text may quote a request and stays in `cause`.
 */
export function explainAwsFault(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown error";
  const { httpStatusCode: status } =
    (cause as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  const remedy = remedies[cause.name];
  if (remedy !== undefined) return remedy;
  if (/region is missing/i.test(cause.message)) return "no region; set AWS_REGION";
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (networkCodes.has(code)) {
    return `nobody answers (${code}); check the network, and that the region has this service`;
  }
  return `${cause.name}, status ${status ?? "none"}`;
}
