/** What a file was made as, before it was broken. */
export type Family =
  | "csv utf-8" | "csv utf-8 bom" | "csv utf-16le" | "csv utf-16be" | "csv gb18030"
  | "xlsx" | "xls" | "spreadsheetml" | "html" | "json" | "ndjson" | "other";

/** Family of a whole file by its first bytes; a text that is no UTF-8 is taken for gb18030. */
export function familyOf(bytes: Buffer): Family {
  const start = bytes.subarray(0, 4).toString("hex");
  if (start === "504b0304") return "xlsx";
  if (start === "d0cf11e0") return "xls";
  if (start.startsWith("fffe")) return "csv utf-16le";
  if (start.startsWith("feff")) return "csv utf-16be";
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) return "csv gb18030";
  const head = text.replace(/^\ufeff/, "").trimStart();
  if (head.includes("urn:schemas-microsoft-com:office:spreadsheet")) return "spreadsheetml";
  if (head.startsWith("<")) return "html";
  if (head.startsWith("[")) return "json";
  if (head.startsWith("{")) return "ndjson";
  if (head === "") return "other";
  return text.startsWith("\ufeff") ? "csv utf-8 bom" : "csv utf-8";
}
