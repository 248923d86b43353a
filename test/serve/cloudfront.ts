import { createVerify } from "node:crypto";

/** A browser's cookies: name, path, value; later ones replace earlier ones of the same name and path. */
export class CookieJar {
  readonly #cookies = new Map<string, { name: string; path: string; value: string }>();

  take(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = /; Path=([^;]+)/.exec(line)?.[1] ?? "/";
      const key = `${name} ${path}`;
      if (/Max-Age=0/.test(line)) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, path, value });
    }
  }

  /** Cookies that a browser sends with a path, those of the longest path first. */
  for(path: string): Readonly<Record<string, string>> {
    const sent = [...this.#cookies.values()].filter((c) => path.startsWith(c.path))
      .sort((a, b) => a.path.length - b.path.length);
    return Object.fromEntries(sent.map(({ name, value }) => [name, value]));
  }
}

const decode = (text: string): Buffer => Buffer.from(
  text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");

/**
 * What CloudFront does with a custom policy (developer guide, *signed cookies*): signature by the
 * key of the id, time, and the URL against the resource with its wildcards.
 */
export function passesCloudFront(
  url: string, cookies: Readonly<Record<string, string>>,
  key: { readonly id: string; readonly pem: string }, now: Date,
): boolean {
  const policy = decode(cookies["CloudFront-Policy"] ?? "");
  const signature = decode(cookies["CloudFront-Signature"] ?? "");
  if (cookies["CloudFront-Key-Pair-Id"] !== key.id) return false;
  if (!createVerify("RSA-SHA1").update(policy).verify(key.pem, signature)) return false;
  const [statement] = (JSON.parse(policy.toString("utf8")) as {
    Statement: { Resource: string; Condition: { DateLessThan: { "AWS:EpochTime": number } } }[];
  }).Statement;
  if (!statement || statement.Condition.DateLessThan["AWS:EpochTime"] * 1000 <= now.getTime()) return false;
  const pattern = statement.Resource.replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${pattern}$`).test(url);
}
