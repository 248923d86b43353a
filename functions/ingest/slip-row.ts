import { slipTexts } from "../shared/messages/slips.ts";
import type { Contract, ContractField } from "./contracts/contract.ts";
import { cellText, headerText, RUINED_FROM } from "./judge/normalise-cell.ts";
import type { QuarantinedRow } from "./quarantine.ts";
import type { Format, RawCell } from "./raw.ts";
import { buildSentence, describeAccepted, findFields } from "./slip-reason.ts";
import type { SlipColumn, SlipRow, SlipValue } from "./slip-sheet.ts";

/** A table of rejected rows under one header. */
export interface RejectedTable {
  readonly columns: readonly SlipColumn[];
  /** Our own columns that stay in view. */
  readonly frozenColumns: number;
  describe(row: QuarantinedRow): SlipRow;
}
export interface RejectedTableRequest {
  readonly contract: Contract;
  readonly format: Format;
  /** Header texts of the sender, in order. */
  readonly headers: readonly string[];
  /** First reasons of the file: whether some rows have no cells, or too many. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What is said of every row with one reason. */
interface KnownReason {
  readonly sentence: (written: string) => string;
  readonly accepted: string;
}

const texts = slipTexts.zh;
const workbooks: ReadonlySet<Format> = new Set(["xlsx", "xls", "spreadsheetml", "html"]);

/** Our notes, then the sender's own columns, then what belongs to none of them. */
export function buildRejectedTable(request: RejectedTableRequest): RejectedTable {
  const { contract, format, headers, reasons } = request;
  const hasSheets = workbooks.has(format);
  const hasSurplus = "invalid.structure" in reasons || "invalid.encoding" in reasons;
  const notes: readonly SlipColumn[] = [
    ...(hasSheets ? [note(texts.colSheet, 10)] : []),
    { ...note(texts.colRow, 8), style: "noteCount" }, note(texts.colCell, 12),
    note(texts.colReasons, 36), note(texts.colAccepted, 30),
  ];
  const own = headers.map((heading): SlipColumn =>
    ({ heading, headingStyle: "sentHeading", style: "sent" }));
  const surplus: readonly SlipColumn[] = hasSurplus
    ? [{ heading: texts.rowText, headingStyle: "heading", style: "sent", width: 30 }] : [];
  const places = buildPlaces(contract, headers);
  const known = new Map<string, KnownReason>();
  const know = (reason: string): KnownReason => {
    const found = known.get(reason) ?? {
      sentence: buildSentence(reason, contract), accepted: describeAccepted(reason, contract),
    };
    known.set(reason, found);
    return found;
  };
  const first = notes.length;
  const empty: readonly null[] = headers.map(() => null);
  const describe = (row: QuarantinedRow): SlipRow => {
    const { cells } = row;
    if (cells.length === 0 && row.text !== null && row.reasons.length === 1 && !hasSheets) {
      // Lines that cannot be read come by the million, and all are said the same of.
      const { sentence, accepted } = know(row.reasons[0] as string);
      return {
        values: [row.row, row.cell === "" ? texts.wholeRow : row.cell, sentence(""), accepted,
          ...empty, row.text],
        faults: [first + headers.length], isText: true,
      };
    }
    const sentences = row.reasons.map((reason) => {
      const at = places(reason, cells)[0];
      return know(reason).sentence(at === undefined ? "" : cellText(cells[at]));
    });
    const wanted = [...new Set(row.reasons.map((reason) => know(reason).accepted))]
      .filter((text) => text !== "");
    const values: SlipValue[] = [
      row.row, row.cell === "" ? texts.wholeRow : row.cell, sentences.join("；"),
      wanted.join("；"),
    ];
    if (hasSheets) values.unshift(row.sheet);
    for (const cell of cells) values.push(showCell(cell, hasSheets));
    while (values.length < first + headers.length) values.push(null);
    if (cells.length === 0 && row.text !== null) values.push(row.text);
    const faults = findFaults(row, places, headers.length).map((k) => k + first);
    return { values, faults: faults.length > 0 ? faults : [hasSheets ? 2 : 1] };
  };
  return { columns: [...notes, ...own, ...surplus], frozenColumns: first - 1, describe };
}

function note(heading: string, width: number): SlipColumn {
  return { heading, headingStyle: "heading", style: "note", width };
}

/** Columns of the sender that a reason is about; none where the file does not have them. */
type Places = (reason: string, cells: readonly RawCell[]) => readonly number[];

function buildPlaces(contract: Contract, headers: readonly string[]): Places {
  const columns = headers.map(headerText);
  const placesOf = (fields: readonly ContractField[]): readonly number[] =>
    fields.map((field) => columns.indexOf(headerText(field.header))).filter((k) => k >= 0);
  // With no code the names of county and city stand for it (rows.md, *Kinds of field*).
  const names = placesOf(contract.fields.filter(({ field }) =>
    field === contract.area?.county || field === contract.area?.city));
  const known = new Map<string, { readonly own: readonly number[]; readonly isArea: boolean }>();
  return (reason, cells) => {
    let found = known.get(reason);
    if (!found) {
      const fields = findFields(reason, contract);
      const isArea = fields.length === 1 && fields[0]?.field === contract.area?.code;
      known.set(reason, found = { own: placesOf(fields), isArea });
    }
    const isNamed = found.isArea && found.own.every((k) => cellText(cells[k]) === "");
    return isNamed ? [...found.own, ...names] : found.own;
  };
}

/** All cells at fault, 0-based among the sender's columns. */
function findFaults(row: QuarantinedRow, places: Places, nColumns: number): readonly number[] {
  const { cells } = row;
  const faults = new Set(row.reasons.flatMap((reason) => places(reason, cells)));
  if (row.column !== null) faults.add(row.column);
  if (row.reasons.some((r) => r === "invalid.structure" || r === "invalid.encoding")) {
    if (cells.length === 0 && row.text !== null) faults.add(nColumns);
    for (let k = nColumns; k < cells.length; k++) if (cells[k] !== null) faults.add(k);
  }
  return [...faults];
}

/** As the sender wrote it; numbers of 16 digits and more as text, for a workbook shows 15. */
function showCell(cell: RawCell, isSheet: boolean): SlipValue {
  if (cell === null || typeof cell === "string") return cell;
  if (typeof cell === "number") return Math.abs(cell) < RUINED_FROM ? cell : cellText(cell);
  if (typeof cell === "boolean") return isSheet ? String(cell).toUpperCase() : String(cell);
  return cellText(cell);
}
