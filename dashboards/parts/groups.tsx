import { drawDumbbell } from "../../functions/shared/charts/dumbbell.ts";
import type { DumbbellRow } from "../../functions/shared/charts/dumbbell.ts";
import { helpedGroups } from "../../functions/shared/figure-book.ts";
import type { FigureBook, HelpedGroup } from "../../functions/shared/figure-book.ts";
import { smallGroupTeachers, stateNames } from "../../functions/shared/figures.ts";
import { readingTexts } from "../../functions/shared/messages/reading.ts";
import { formatCount, formatShare } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { Define } from "./figure-cell.tsx";

/** The helped groups beside all other teachers of the area. */
export function Groups({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { t, language } = usePage();
  const present = helpedGroups.filter((group) => book.find(area, "H3", group) !== undefined);
  const rows = present.map((group) => groupRow(group));
  const hasDrawing = rows.some((row) => row.group !== null);
  return (
    <div class="groups">
      <h2>{t("groupsHeading")} <Define figure="gap_H3" /></h2>
      <p class="quiet">
        {t(rows.length === 0 ? "groupNone" : hasDrawing ? "groupsKey" : "groupsHidden", {
          n: smallGroupTeachers,
        })}
      </p>
      {rows.length > 0 && <Chart
        draw={(width) => drawDumbbell(rows, width, language)}
        table={async () => {
          const { GroupTable } = await import("./group-table.tsx");
          return <GroupTable book={book} area={area} rows={rows} />;
        }}
      />}
    </div>
  );

  function groupRow(group: HelpedGroup): DumbbellRow & { readonly code: HelpedGroup } {
    const own = book.find(area, "H3", group);
    const gap = book.find(area, "gap_H3", group)?.share ?? null;
    const teachers = book.find(area, "H1", group)?.d;
    const share = own?.share ?? null;
    return {
      code: group,
      label: readingTexts[language][`group_${group}`],
      note: own?.share == null
        ? ""
        : t("groupNote", { share: formatShare(share), n: formatCount(teachers) }),
      group: gap === null ? null : share,
      others: gap === null || share === null ? null : share - gap,
      absence: stateNames[own?.state_code === "not_reported" ? "not_reported" : "small"][language],
    };
  }
}
