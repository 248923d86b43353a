import { slipTexts } from "../shared/messages/slips.ts";
import { unmatchedTexts } from "../shared/messages/slip-reasons.ts";
import { CsvWriter } from "./slip-csv.ts";
import { SheetWriter, type SlipColumn, type SlipSheet, type SlipValue } from "./slip-sheet.ts";

/** An accepted row whose person matches nobody (`int_unmatched`). */
export interface UnmatchedPlace {
  readonly system: string;
  readonly file_id: string;
  /** '' where the format has no sheets. */
  readonly sheet: string;
  readonly row_number: number;
  /** `unknown.person`, `contradictory.person` */
  readonly reason: string;
}

const texts = slipTexts.zh;

/** The rows of one file, sorted by sheet and row, on a sheet of its slip and as CSV. */
export function writeUnmatched(
  places: readonly UnmatchedPlace[], csvPath: string, spill: string,
): SlipSheet {
  const hasSheets = places.some((place) => place.sheet !== "");
  const column = (heading: string, width: number): SlipColumn =>
    ({ heading, width, headingStyle: "heading", style: "note" });
  const columns: readonly SlipColumn[] = [
    ...(hasSheets ? [column(texts.colSheet, 14)] : []),
    { ...column(texts.colRow, 10), style: "noteCount" },
    column(texts.colReasons, 60), column(texts.colToDo, 66),
  ];
  const sheet = new SheetWriter(texts.unmatchedSheet, columns, { frozenColumns: 0, spill });
  const csv = new CsvWriter(csvPath);
  csv.add(columns.map(({ heading }) => heading));
  for (const place of [...places].sort(byPlace)) {
    const says = unmatchedTexts.zh[place.reason];
    const values: readonly SlipValue[] = [
      ...(hasSheets ? [place.sheet] : []), place.row_number,
      says?.reason ?? place.reason, says?.toDo ?? null,
    ];
    if (!sheet.isFull) sheet.add({ values, faults: [] });
    csv.add(values);
  }
  csv.close();
  return sheet.close();
}

function byPlace(a: UnmatchedPlace, b: UnmatchedPlace): number {
  if (a.sheet !== b.sheet) return a.sheet < b.sheet ? -1 : 1;
  return a.row_number - b.row_number;
}
