import { randomBytes } from "node:crypto";
import type { Contract } from "../contracts/contract.ts";
import { judgeFile } from "../judge-file.ts";
import { headerText } from "../judge/normalise-cell.ts";
import type { JudgeSeeds } from "../judge/seeds.ts";
import type { RawFile } from "../raw.ts";
import type { Inspection, TrialVerdict } from "./inspection.ts";

/** A contract beside a file's columns. */
export interface ContractFit {
  readonly contract: Contract;
  /** Headers of the contract that the file has. */
  readonly matched: readonly string[];
  /** Required headers of the contract that the file has not; of *person* none if one is there. */
  readonly missing: readonly string[];
  /** Columns of the file that the contract does not name. */
  readonly added: readonly string[];
}

/** The contract with most of its columns among the headers; undefined where none has any. */
export function findNearest(
  contracts: readonly Contract[], headers: readonly string[],
): ContractFit | undefined {
  const fits = contracts.map((contract) => fitOf(contract, headers))
    .filter((fit) => fit.matched.length > 0);
  const shareOf = (fit: ContractFit): number => fit.matched.length / fit.contract.fields.length;
  fits.sort((a, b) => b.matched.length - a.matched.length
    || a.missing.length - b.missing.length || shareOf(b) - shareOf(a));
  return fits[0];
}

function fitOf(contract: Contract, headers: readonly string[]): ContractFit {
  const there = new Set(headers.map(headerText));
  const isThere = (header: string): boolean => there.has(headerText(header));
  const named = new Set(contract.fields.map((f) => headerText(f.header)));
  const persons = contract.fields.filter((f) => f.kind === "person").map((f) => f.header);
  const hasPerson = persons.some(isThere);
  return {
    contract,
    matched: contract.fields.map((f) => f.header).filter(isThere),
    missing: contract.fields
      .filter((f) => (f.kind === "person" ? !hasPerson : f.required === "yes"))
      .map((f) => f.header).filter((header) => !isThere(header)),
    added: headers.filter((h) => h !== "" && !named.has(headerText(h))),
  };
}

/** Headers by which contracts are compared: of every sheet; of JSON the paths of its values. */
export function listHeaders(inspection: Inspection, file: RawFile): readonly string[] {
  const paths = file.sheets.flatMap((sheet) => sheet.columns ?? []);
  return [...new Set(paths.length > 0 ? paths : inspection.sheets.flatMap((s) => s.columns))];
}

/** Judges the file under the contract nearest to it; null where none is near. Nothing is kept. */
export async function tryContract(
  request: { readonly contracts: readonly Contract[]; readonly day: string },
  path: string, inspection: Inspection, file: RawFile, seeds: JudgeSeeds,
): Promise<TrialVerdict | null> {
  const fit = findNearest(request.contracts, listHeaders(inspection, file));
  if (!fit) return null;
  const { contract } = fit;
  const verdict = await judgeFile({
    path, fileName: contract.file_pattern.replaceAll("*", "0"), system: contract.system,
    contracts: [contract], seeds, tokenKey: randomBytes(32), landingDay: request.day,
    onAccepted: () => {},
    onRejected: () => {},
  });
  const counts = verdict.kind === "judged" ? verdict : undefined;
  return {
    system: contract.system, export: contract.export,
    refused: verdict.kind === "refused" ? verdict.reason : null,
    rowsRead: counts?.rowsRead ?? 0,
    rowsAccepted: counts?.rowsAccepted ?? 0,
    rowsRejected: counts?.rowsRejected ?? 0,
    rowsDuplicate: counts?.rowsDuplicate ?? 0,
    rowsSkipped: counts?.rowsSkipped ?? 0,
    reasons: counts?.reasons ?? {},
  };
}
