import type { DumbbellRow } from "../../functions/shared/charts/dumbbell.ts";
import type { FigureBook, HelpedGroup } from "../../functions/shared/figure-book.ts";
import { formatPoints, formatShare } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { useDetail } from "../use-detail.ts";
import { ShareCell } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";

/** The dumbbell as a table. */
export function GroupTable({ book, area, rows }: {
  readonly book: FigureBook; readonly area: string;
  readonly rows: readonly (DumbbellRow & { readonly code: HelpedGroup })[];
}) {
  const { t } = usePage();
  const detail = useDetail();
  return (
    <SortableTable
      caption={t("groupsHeading")} rows={rows} keyOf={(row) => row.code} initialSort="" isFixed
      columns={[
        { key: "group", head: detail("colGroup"), cell: (row) => row.label },
        {
          key: "share", head: detail("colGroupShare"), isNumber: true,
          cell: (row) => row.group === null
            ? row.absence
            : <ShareCell row={book.find(area, "H3", row.code)} />,
        },
        {
          key: "others", head: detail("colOthersShare"), isNumber: true,
          cell: (row) => formatShare(row.others),
        },
        {
          key: "gap", head: detail("colGap"), isNumber: true,
          cell: (row) => formatPoints(
            row.group === null || row.others === null ? null : row.group - row.others),
        },
      ]}
    />
  );
}
