import { formatCount, formatDay } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { useDetail } from "../use-detail.ts";
import { SortableTable } from "./sortable-table.tsx";

/** The step line as a table, the newest day first. */
export function TrackTable({ points }: {
  readonly points: readonly { readonly day: string; readonly n: number }[];
}) {
  const { t, language } = usePage();
  const detail = useDetail();
  return (
    <SortableTable
      caption={t("trackHeading")} rows={[...points].reverse()} keyOf={(point) => point.day}
      initialSort="" isFixed
      columns={[
        { key: "day", head: detail("colDay"), cell: (point) => formatDay(point.day, language) },
        {
          key: "n", head: detail("colCount"), isNumber: true,
          cell: (point) => formatCount(point.n),
        },
      ]}
    />
  );
}
