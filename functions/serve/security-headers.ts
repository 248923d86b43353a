import { createHash } from "node:crypto";

/** Headers of every answer; `html` is the page whose own inline scripts and styles may run. */
export function buildSecurityHeaders(html = ""): Readonly<Record<string, string>> {
  const scripts = hashesOf(html, /<script>([\s\S]*?)<\/script>/g);
  const styles = hashesOf(html, /<style>([\s\S]*?)<\/style>/g);
  return {
    "content-security-policy": [
      "default-src 'none'",
      ["script-src 'self'", ...scripts].join(" "),
      ["style-src 'self'", ...styles].join(" "),
      // Charts are SVG texts whose elements may carry a style attribute.
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
      "worker-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    // Not `no-referrer`: that would send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  };
}

function hashesOf(html: string, pattern: RegExp): readonly string[] {
  return [...html.matchAll(pattern)].map(([, text = ""]) =>
    `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
}
