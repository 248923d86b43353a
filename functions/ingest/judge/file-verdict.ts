import type { Format } from "../raw.ts";
import type { Contract } from "../contracts/contract.ts";
import type { JudgeSeeds } from "./seeds.ts";
import type { Tokens } from "./tokens.ts";
import type { AcceptedRow, RejectedRowInFile } from "./verdict.ts";

export interface JudgeFileRequest {
  /** Local path of the landed bytes. */
  readonly path: string;
  /** Name as it landed; chooses the contract. */
  readonly fileName: string;
  /** Folder below landing/. */
  readonly system: string;
  readonly contracts: readonly Contract[];
  readonly seeds: JudgeSeeds;
  /** The home's key: tokens and content hashes. */
  readonly tokenKey: Buffer;
  /** Instead of tokens of the key alone. */
  readonly tokens?: Tokens | undefined;
  /** `2021-12-20`; an event after it is invalid. */
  readonly landingDay: string;
  /**
   * Called once the contract is chosen and before the first row. Never called for a refusal that
   * is known from the start; a later refusal (unclosed quote) can follow, and then nothing counts.
   */
  onContract?(contract: Contract): void;
  /**
   * In order of sheet and row; duplicates inside the file are not passed on. `place` counts all
   * rows of the file's sheets, also those that are no records, from 1 on. Keep it cheap.
   */
  onAccepted(row: AcceptedRow, rowNumber: number, sheet: string, place: number): void;
  onRejected(row: RejectedRowInFile, rowNumber: number, sheet: string, place: number): void;
}

export type FileVerdict = RefusedFile | JudgedFile;

/** The file as a whole is not taken: what was passed on before is to be thrown away. */
export interface RefusedFile {
  readonly kind: "refused";
  /** Begins with the first word of rows.md: `header_missing: 学校标识码`. */
  readonly reason: string;
  /** One sentence in Chinese for people. */
  readonly reasonZh: string;
  /** Where one was chosen. */
  readonly contract: Contract | undefined;
  readonly format: Format | null;
  readonly encoding: string | null;
}

export interface JudgedFile {
  readonly kind: "judged";
  readonly contract: Contract;
  readonly format: Format;
  readonly encoding: string | null;
  readonly rowsSkipped: number;
  /** Always accepted + rejected + duplicate. */
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly rowsDuplicate: number;
  /** First reason → rows; adds up to rowsRejected. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Warning → times, rows not rejected (duplicates included). */
  readonly warnings: Readonly<Record<string, number>>;
  /**
   * `added column: X`, `missing optional column: Y`, `contract by header: s/e`,
   * `sheet without header: N`.
   */
  readonly columnRemarks: readonly string[];
  /** Full exports: rows read of each readable scope ('' = the whole export); deltas: empty. */
  readonly scopes: Readonly<Record<string, number>>;
  /** Rows that the reader delivered, header and skipped rows included. */
  readonly rowsDelivered: number;
  /** The same counted by another way than the parser of rows. */
  readonly rowsCounted: number;
  /** Delivered rows that rows.md does not count: headers, empty rows behind the last record. */
  readonly rowsAside: number;
  /**
   * rowsDelivered = rowsCounted = skipped + read + aside, and
   * rowsRead = accepted + rejected + duplicate.
   */
  readonly isBalanced: boolean;
  /** Header texts of each sheet that has one, for the return slip. */
  readonly headers: readonly { readonly sheet: string; readonly columns: readonly string[] }[];
}
