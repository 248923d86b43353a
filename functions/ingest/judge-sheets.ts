import { maskNumbers } from "../shared/mask-numbers.ts";
import type { Contract } from "./contracts/contract.ts";
import { DuplicateIndex } from "./judge/duplicate-index.ts";
import type { JudgedFile, JudgeFileRequest } from "./judge/file-verdict.ts";
import { createJudge, type JudgeRow } from "./judge/judge.ts";
import { cellText } from "./judge/normalise-cell.ts";
import {
  findKeysHeader, findTableHeader, HEADER_ROWS, listMissingColumns, listRowTexts,
  type TableHeader,
} from "./judge/table-header.ts";
import { Tokens } from "./judge/tokens.ts";
import { passRejected, takeVerdict } from "./take-verdict.ts";
import { RowTally } from "./row-tally.ts";
import type { RawFile, RawRow, RawSheet, Refusal } from "./raw.ts";

/** Judges every sheet of an opened file by one contract; refuses it where no sheet has a header. */
export async function judgeSheets(
  request: JudgeFileRequest, contract: Contract, file: RawFile, remarks: readonly string[],
): Promise<JudgedFile | Refusal> {
  const run = new FileRun(request, contract, file, remarks);
  for (const sheet of file.sheets) await run.judgeSheet(sheet);
  return run.finish();
}

/** Counts of one file while its sheets go by. */
class FileRun {
  readonly #request: JudgeFileRequest;
  readonly #contract: Contract;
  readonly #file: RawFile;
  readonly #tokens: Tokens;
  readonly #duplicates = new DuplicateIndex();
  readonly #tally: RowTally;
  readonly #remarks: Set<string>;
  readonly #headers: { sheet: string; columns: readonly string[] }[] = [];
  readonly #headless: string[] = [];
  readonly #headTexts: (readonly string[])[] = [];
  #duplicate = 0;
  #counted = 0;
  /** Rows judged so far, those before the header included. */
  #place = 0;

  constructor(
    request: JudgeFileRequest, contract: Contract, file: RawFile, remarks: readonly string[],
  ) {
    this.#request = request;
    this.#contract = contract;
    this.#file = file;
    this.#tokens = request.tokens ?? new Tokens(request.tokenKey);
    this.#tally = new RowTally(contract.mode === "full");
    this.#remarks = new Set(remarks);
  }

  async judgeSheet(sheet: RawSheet): Promise<void> {
    const table = new SheetRun(sheet.name);
    let head: RawRow[] | undefined = [];
    if (sheet.columns) {
      this.#startTable(table, sheet, this.#findKeys(sheet.columns));
      head = undefined;
    }
    for await (const batch of sheet.rows()) {
      this.#tally.delivered += batch.length;
      if (head) {
        head.push(...batch);
        if (head.length < HEADER_ROWS) continue;
        this.#judgeHead(table, sheet, head);
        head = undefined;
      } else {
        for (const row of batch) this.#judgeRow(table, row);
      }
    }
    if (head) this.#judgeHead(table, sheet, head);
    this.#counted += await sheet.countRows();
    this.#tally.endSheet();
    if (table.judge === undefined && table.nHeadless > 0) this.#headless.push(sheet.name);
  }

  #findKeys(columns: readonly string[]): TableHeader | undefined {
    if (columns.length > 0) this.#headTexts.push(columns);
    // No object at all: there is no header to miss, and nothing but faulty elements to judge.
    const keys = columns.length > 0 ? columns : this.#contract.fields.map((f) => f.header);
    return findKeysHeader(this.#contract, keys);
  }

  #startTable(table: SheetRun, sheet: RawSheet, header: TableHeader | undefined): void {
    if (!header) return;
    for (const remark of header.remarks) this.#remarks.add(remark);
    if (this.#headers.length === 0) this.#request.onContract?.(this.#contract);
    this.#headers.push({ sheet: sheet.name, columns: header.headers });
    table.judge = createJudge(
      {
        contract: this.#contract, seeds: this.#request.seeds, tokens: this.#tokens,
        landingDay: this.#request.landingDay,
      },
      { header, is1904: sheet.is1904 ?? false, isText: this.#file.format === "csv" },
    );
  }

  #judgeHead(table: SheetRun, sheet: RawSheet, head: readonly RawRow[]): void {
    const header = findTableHeader(this.#contract, head);
    if (!header) this.#headTexts.push(...listRowTexts(head));
    this.#startTable(table, sheet, header);
    // Titles and blank lines before the header are no records; the header is not counted at all.
    if (header) {
      this.#tally.skipped += header.index;
      this.#tally.aside++;
      this.#place += header.index + 1;
    }
    for (const row of header ? head.slice(header.index + 1) : head) this.#judgeRow(table, row);
  }

  #judgeRow(table: SheetRun, row: RawRow): void {
    this.#place++;
    if (!table.judge) {
      if (row.fault || row.cells.some((c) => cellText(c) !== "")) {
        this.#tally.skipped++;
        table.nHeadless++;
      } else {
        this.#tally.aside++;
      }
      return;
    }
    const verdict = table.judge(row);
    takeVerdict(this.#tally, verdict);
    if (verdict.kind === "rejected") {
      passRejected(this.#request, this.#file.format, verdict, row, table.name, this.#place);
    } else if (verdict.kind === "accepted") {
      const { recordId, contentHash, recordVersion } = verdict;
      if (this.#duplicates.isDuplicate(recordId, contentHash, recordVersion)) this.#duplicate++;
      else this.#request.onAccepted(verdict, row.row, table.name, this.#place);
    }
  }

  finish(): JudgedFile | Refusal {
    if (this.#headers.length === 0) {
      const { missing } = listMissingColumns(this.#contract, this.#headTexts);
      return { refused: "header_missing", detail: missing.join(", ") };
    }
    for (const name of this.#headless) this.#remarks.add(`sheet without header: ${maskNumbers(name)}`);
    return {
      kind: "judged",
      contract: this.#contract,
      format: this.#file.format,
      encoding: this.#file.encoding,
      ...this.#tally.judged(this.#duplicate, this.#counted),
      columnRemarks: [...this.#remarks],
      headers: this.#headers,
    };
  }
}

/** State of one sheet. */
class SheetRun {
  readonly name: string;
  judge: JudgeRow | undefined;
  /** Rows of a sheet without header. */
  nHeadless = 0;

  constructor(name: string) {
    this.name = name;
  }
}
