import type { ListedObject } from "../shared/object-store.ts";

export interface LandedFile {
  readonly system: string;
  readonly landingDay: string;
  readonly fileName: string;
  readonly key: string;
  readonly sizeBytes: number;
}

/** Names that senders' programs give to files they are still writing (rows.md, *Files*). */
const unfinishedEndings = [".part", ".tmp", ".filepart", ".crdownload"];
const unfinishedBeginnings = ["~$", "."];

/** The file behind `landing/<system>/<day>/<file>`; undefined for what is not looked at. */
export function findLandedFile(listed: ListedObject): LandedFile | undefined {
  const found = /^landing\/([^/]+)\/(\d{4}-\d{2}-\d{2})\/([^/]+)$/.exec(listed.key);
  if (!found) return undefined;
  const [, system = "", landingDay = "", fileName = ""] = found;
  if (unfinishedEndings.some((e) => fileName.endsWith(e))) return undefined;
  if (unfinishedBeginnings.some((b) => fileName.startsWith(b))) return undefined;
  return { system, landingDay, fileName, key: listed.key, sizeBytes: listed.sizeBytes };
}
