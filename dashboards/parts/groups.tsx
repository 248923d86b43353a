import { drawDumbbell } from "../../functions/shared/charts/dumbbell.ts";
import type { DumbbellRow } from "../../functions/shared/charts/dumbbell.ts";
import { helpedGroups } from "../../functions/shared/figure-book.ts";
import type { FigureBook, HelpedGroup } from "../../functions/shared/figure-book.ts";
import { readingTexts } from "../../functions/shared/messages/reading.ts";
import { formatCount, formatPoints, formatShare } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { Define, ShareCell } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";

/** The helped groups beside all other teachers of the area. */
export function Groups({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { t, language } = usePage();
  const rows = helpedGroups.map((group) => groupRow(group));
  return (
    <div class="groups">
      <h2>{t("groupsHeading")} <Define figure="gap_H3" /></h2>
      <p class="quiet">{t("groupsKey")}</p>
      <Chart
        draw={(width) => drawDumbbell(rows, width, language)}
        table={() => (
          <SortableTable
            caption={t("groupsHeading")} rows={rows} keyOf={(row) => row.group_code}
            initialSort="" isFixed
            columns={[
              { key: "group", head: t("colGroup"), cell: (row) => row.label },
              {
                key: "share", head: t("colGroupShare"), isNumber: true,
                cell: (row) => row.group === null
                  ? row.absence
                  : <ShareCell row={book.find(area, "H3", row.group_code)} />,
              },
              {
                key: "others", head: t("colOthersShare"), isNumber: true,
                cell: (row) => formatShare(row.others),
              },
              {
                key: "gap", head: t("colGap"), isNumber: true,
                cell: (row) => formatPoints(
                  row.group === null || row.others === null ? null : row.group - row.others),
              },
            ]}
          />
        )}
      />
    </div>
  );

  function groupRow(group: HelpedGroup): DumbbellRow & { readonly group_code: HelpedGroup } {
    const own = book.find(area, "H3", group);
    const gap = book.find(area, "gap_H3", group)?.share ?? null;
    const teachers = book.find(area, "H1", group)?.d;
    const share = own?.share ?? null;
    return {
      group_code: group,
      label: readingTexts[language][`group_${group}`],
      note: own?.share == null
        ? ""
        : t("groupNote", { share: formatShare(share), n: formatCount(teachers) }),
      group: gap === null ? null : share,
      others: gap === null || share === null ? null : share - gap,
      absence: absenceOf(own?.state_code, own === undefined),
    };
  }

  function absenceOf(state: string | null | undefined, isMissing: boolean): string {
    if (isMissing) return t("groupNone");
    return t(state === "not_reported" ? "groupNotReported" : "groupTooFew");
  }
}
