import {
  buildHistory, drawHistory, findWidestGap,
} from "../../functions/shared/charts/history-line.ts";
import type { History } from "../../functions/shared/charts/history-line.ts";
import type { SeriesRow } from "../../functions/shared/figure-book.ts";
import { translatorOf } from "../../functions/shared/messages/catalogue.ts";
import { historyTexts } from "../../functions/shared/messages/history.ts";
import { formatDay, formatDecimal, formatShare } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { Define } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";

/** Progress of an area as known today, and as the nights stored it (pages.md, county). */
export function HistoryPart({ series, area }: {
  readonly series: readonly SeriesRow[]; readonly area: string;
}) {
  const { language } = usePage();
  const t = translatorOf(historyTexts, language);
  const history = buildHistory(series, area, "H3");
  const gap = findWidestGap(history);
  return (
    <section>
      <h2>{t("heading")} <Define figure="H3" /></h2>
      <p class="quiet">
        {t("note")}
        {gap && ` ${t("different", {
          count: gap.days, points: formatDecimal(100 * gap.points), day: formatDay(gap.day, language),
        })}`}
      </p>
      <Chart
        draw={(width) => drawHistory(history, width, language)}
        table={() => Promise.resolve(<HistoryTable history={history} />)}
      />
    </section>
  );
}

/** Both readings as a table, the newest day first. */
function HistoryTable({ history }: { readonly history: History }) {
  const { language } = usePage();
  const t = translatorOf(historyTexts, language);
  const of = (points: History["asToday"]) => new Map(points.map((point) => [point.day, point.share]));
  const [today, then] = [of(history.asToday), of(history.asThen)];
  const days = [...new Set([...today.keys(), ...then.keys()])].sort().reverse();
  return (
    <SortableTable<string>
      caption={t("heading")} rows={days} keyOf={(day) => day} initialSort="" isFixed
      columns={[
        { key: "day", head: t("colDay"), cell: (day) => formatDay(day, language) },
        { key: "today", head: t("colToday"), isNumber: true, cell: (day) => formatShare(today.get(day)) },
        { key: "then", head: t("colThen"), isNumber: true, cell: (day) => formatShare(then.get(day)) },
      ]}
    />
  );
}
