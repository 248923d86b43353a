import { createHash, randomBytes } from "node:crypto";

/** Login links that work once; kept in memory, so that they die with the server. */
export interface OneTimeLinks {
  /** Secret part of a fresh link. */
  issue(user: string, now: Date): string;
  /** The user of a link that was not used before and has not expired. */
  redeem(secret: string, now: Date): string | undefined;
}

const lifeMs = 30 * 60_000;

export function createOneTimeLinks(): OneTimeLinks {
  const open = new Map<string, { readonly user: string; readonly until: number }>();
  const nameOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
  return {
    issue(user, now) {
      const secret = randomBytes(24).toString("base64url");
      open.set(nameOf(secret), { user, until: now.getTime() + lifeMs });
      return secret;
    },
    redeem(secret, now) {
      const link = open.get(nameOf(secret));
      open.delete(nameOf(secret));
      return link && link.until > now.getTime() ? link.user : undefined;
    },
  };
}
