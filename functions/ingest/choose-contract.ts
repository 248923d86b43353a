import type { Contract } from "./contracts/contract.ts";
import type { RawSheet } from "./raw.ts";
import { readHead } from "./judge/sheet-head.ts";
import { findKeysHeader, findTableHeader } from "./judge/table-header.ts";

/**
 * Contracts whose file pattern fits a name, among those of one system; both are compared without
 * their extension. Several or none: the header decides (`chooseByHeader`).
 */
export function listByFileName(
  contracts: readonly Contract[], system: string, fileName: string,
): readonly Contract[] {
  const name = withoutExtension(fileName.normalize("NFC"));
  return contracts.filter(
    (c) => c.system === system && fits(withoutExtension(c.file_pattern), name));
}

/** The contract of which most columns are there; undefined for none or a tie. */
export async function chooseByHeader(
  candidates: readonly Contract[], sheets: readonly RawSheet[],
): Promise<Contract | undefined> {
  const counts = candidates.map((contract) => ({ contract, n: 0 }));
  for (const sheet of sheets) {
    const head = sheet.columns ? [] : await readHead(sheet);
    for (const count of counts) {
      const header = sheet.columns
        ? findKeysHeader(count.contract, sheet.columns)
        : findTableHeader(count.contract, head);
      count.n = Math.max(count.n, header?.nMatched ?? 0);
    }
  }
  const most = Math.max(0, ...counts.map((c) => c.n));
  const best = counts.filter((c) => c.n === most);
  return most > 0 && best.length === 1 ? best[0]?.contract : undefined;
}

function withoutExtension(name: string): string {
  return name.replace(/\.[A-Za-z0-9]{1,8}$/, "");
}

function fits(pattern: string, name: string): boolean {
  const escaped = pattern.split("*").map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "su").test(name);
}
