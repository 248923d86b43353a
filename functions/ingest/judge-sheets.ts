import type { Contract } from "./contracts/contract.ts";
import { DuplicateIndex } from "./judge/duplicate-index.ts";
import type { JudgedFile, JudgeFileRequest } from "./judge/file-verdict.ts";
import { createJudge, type JudgeRow } from "./judge/judge.ts";
import { cellText } from "./judge/normalise-cell.ts";
import { ownText } from "./judge/own-text.ts";
import { cellAddress } from "./judge/cell-address.ts";
import {
  findKeysHeader, findTableHeader, HEADER_ROWS, listMissingColumns, listRowTexts,
  type TableHeader,
} from "./judge/table-header.ts";
import { Tokens } from "./judge/tokens.ts";
import type { Verdict } from "./judge/verdict.ts";
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
  readonly #remarks: Set<string>;
  readonly #headers: { sheet: string; columns: readonly string[] }[] = [];
  readonly #headless: string[] = [];
  readonly #headTexts: (readonly string[])[] = [];
  readonly #reasons = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  readonly #scopes = new Map<string, { rows: number }>();
  #lastScope = "";
  #rowsOfLast: { rows: number } | undefined;
  #skipped = 0;
  #read = 0;
  #accepted = 0;
  #rejected = 0;
  #duplicate = 0;
  #delivered = 0;
  #counted = 0;
  /** Header rows and empty rows behind the last record: delivered, but in no count of rows.md. */
  #aside = 0;

  constructor(
    request: JudgeFileRequest, contract: Contract, file: RawFile, remarks: readonly string[],
  ) {
    this.#request = request;
    this.#contract = contract;
    this.#file = file;
    this.#tokens = request.tokens ?? new Tokens(request.tokenKey);
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
      this.#delivered += batch.length;
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
    this.#aside += table.nEmpty;
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
      this.#skipped += header.index;
      this.#aside++;
    }
    for (const row of header ? head.slice(header.index + 1) : head) this.#judgeRow(table, row);
  }

  #judgeRow(table: SheetRun, row: RawRow): void {
    if (!table.judge) {
      if (row.fault || row.cells.some((c) => cellText(c) !== "")) {
        this.#skipped++;
        table.nHeadless++;
      } else {
        this.#aside++;
      }
      return;
    }
    const verdict = table.judge(row);
    if (verdict.kind === "skipped" && verdict.why === "empty") {
      table.nEmpty++;
      return;
    }
    // Empty rows count up to the last row that is not.
    this.#skipped += table.nEmpty;
    table.nEmpty = 0;
    this.#take(table, row, verdict);
  }

  #take(table: SheetRun, row: RawRow, verdict: Verdict): void {
    if (verdict.kind === "skipped") {
      this.#skipped++;
      return;
    }
    this.#read++;
    if (this.#contract.mode === "full" && verdict.scope !== undefined) {
      this.#countScope(verdict.scope);
    }
    if (verdict.kind === "rejected") {
      this.#rejected++;
      add(this.#reasons, verdict.reasons[0] as string);
      const cell = cellAddress(this.#file.format, verdict, row.row);
      this.#request.onRejected({ ...verdict, cell, raw: row }, row.row, table.name);
      return;
    }
    for (const warning of verdict.warnings) add(this.#warnings, warning);
    const { recordId, contentHash, recordVersion } = verdict;
    if (this.#duplicates.isDuplicate(recordId, contentHash, recordVersion)) {
      this.#duplicate++;
    } else {
      this.#accepted++;
      this.#request.onAccepted(verdict, row.row, table.name);
    }
  }

  /** Rows of one scope stand together: most are counted without looking it up. */
  #countScope(scope: string): void {
    if (!this.#rowsOfLast || scope !== this.#lastScope) {
      this.#rowsOfLast = this.#scopes.get(scope);
      if (!this.#rowsOfLast) {
        this.#rowsOfLast = { rows: 0 };
        this.#scopes.set(ownText(scope), this.#rowsOfLast);
      }
      this.#lastScope = scope;
    }
    this.#rowsOfLast.rows++;
  }

  finish(): JudgedFile | Refusal {
    if (this.#headers.length === 0) {
      const { missing } = listMissingColumns(this.#contract, this.#headTexts);
      return { refused: "header_missing", detail: missing.join(", ") };
    }
    for (const name of this.#headless) this.#remarks.add(`sheet without header: ${name}`);
    const isSum = this.#read === this.#accepted + this.#rejected + this.#duplicate;
    return {
      kind: "judged",
      contract: this.#contract,
      format: this.#file.format,
      encoding: this.#file.encoding,
      rowsSkipped: this.#skipped,
      rowsRead: this.#read,
      rowsAccepted: this.#accepted,
      rowsRejected: this.#rejected,
      rowsDuplicate: this.#duplicate,
      reasons: sorted(this.#reasons),
      warnings: sorted(this.#warnings),
      columnRemarks: [...this.#remarks],
      scopes: sorted(new Map([...this.#scopes].map(([scope, { rows }]) => [scope, rows]))),
      rowsDelivered: this.#delivered,
      rowsCounted: this.#counted,
      rowsAside: this.#aside,
      isBalanced: isSum && this.#delivered === this.#counted
        && this.#delivered === this.#skipped + this.#read + this.#aside,
      headers: this.#headers,
    };
  }
}

/** State of one sheet. */
class SheetRun {
  readonly name: string;
  judge: JudgeRow | undefined;
  /** Empty rows since the last row that is not. */
  nEmpty = 0;
  /** Rows of a sheet without header. */
  nHeadless = 0;

  constructor(name: string) {
    this.name = name;
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Keys in code unit order, so that ledgers are reproducible. */
function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
