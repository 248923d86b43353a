const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  webmanifest: "application/manifest+json",
  arrow: "application/vnd.apache.arrow.file",
  pdf: "application/pdf",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/** How a published file is sent, whoever sends it: the local server or CloudFront. */
export interface PublishedHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
  /** '' for a file that is shown, not saved. */
  readonly contentDisposition: string;
}

/** `file` as in the address: `/51/5101/<run id>/figures.arrow`, `/app/index.html`. */
export function describePublished(file: string): PublishedHeaders {
  const ending = file.slice(file.lastIndexOf(".") + 1);
  return {
    contentType: contentTypes[ending] ?? "application/octet-stream",
    cacheControl: cacheControlOf(file),
    contentDisposition: ending === "pdf" ? pdfName(file) : "",
  };
}

/** Saved under a name that tells county and run: `scorecard-510104-2021-12-20-0a1b2c.pdf`. */
function pdfName(file: string): string {
  const [area = "", runId = "", name = ""] = file.split("/").slice(-3);
  return `inline; filename="${name.replace(/\.pdf$/, "")}-${area}-${runId}.pdf"`;
}

/** Run folders and hashed assets never change; pointer and start page always ask again. */
function cacheControlOf(file: string): string {
  if (file.startsWith("/app/assets/")) return "public, max-age=31536000, immutable";
  if (file.startsWith("/app/")) return "no-cache";
  return "private, max-age=31536000, immutable";
}
