import { cities } from "../../functions/shared/areas.ts";
import type { Area } from "../../functions/shared/areas.ts";
import { drawSparkLine } from "../../functions/shared/charts/spark-line.ts";
import type { FigureBook, SeriesRow } from "../../functions/shared/figure-book.ts";
import {
  dayNumber, formatCount, nothing,
} from "../../functions/shared/number-format.ts";
import { areaHref } from "../address.ts";
import { usePage } from "../page-context.ts";
import { ShareCell } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";
import type { Column } from "./sortable-table.tsx";
import { useDetail } from "../use-detail.ts";

/** The cities of the province with their shares and the course of a year. */
export function CityTable({ book, series }: {
  readonly book: FigureBook; readonly series: readonly SeriesRow[];
}) {
  const { language, pointer } = usePage();
  const t = useDetail();
  const spark = yearOfProgress(series, pointer.as_of);
  const share = (figure: "R1" | "H1" | "H2" | "H3" | "I_any", head: string): Column<Area> => ({
    key: figure, head, isNumber: true,
    value: (area) => book.find(area.code, figure)?.share,
    cell: (area) => <ShareCell row={book.find(area.code, figure)} />,
  });
  const silent = (area: Area) => {
    const row = book.find(area.code, "D_reported");
    return row ? (row.d ?? 0) - (row.n ?? 0) : null;
  };
  const columns: Column<Area>[] = [
    {
      key: "city", head: t("colCity"), value: (area) => area.code,
      cell: (area) => <a href={areaHref(area.code, language)}>{area.name}</a>,
    },
    share("R1", t("colStartedShare")),
    {
      key: "teachers", head: t("colTeachers"), isNumber: true,
      value: (area) => book.find(area.code, "H1")?.d,
      cell: (area) => formatCount(book.find(area.code, "H1")?.d),
    },
    share("H1", t("colH1")), share("H3", t("colH3")), share("H2", t("colH2")),
    {
      key: "spark", head: t("colSpark"),
      cell: (area) => (
        <span
          class="spark"
          dangerouslySetInnerHTML={{
            __html: drawSparkLine(spark.get(area.code) ?? [], 72, language),
          }}
        />
      ),
    },
    {
      key: "silent", head: t("colSilent"), isNumber: true, value: silent,
      cell: (area) => silent(area) || nothing,
    },
  ];
  if (book.has("I_any", "city")) columns.push(share("I_any", t("colFlagged")));
  return (
    <section class="wide">
      <h2>{t("citiesHeading")}</h2>
      <p class="quiet">{t("citiesNote")}</p>
      <SortableTable
        caption={t("citiesHeading")} columns={columns} rows={cities} keyOf={(area) => area.code}
        initialSort="-R1"
      />
    </section>
  );
}

/** H3 of each area over the last 53 weeks, as known today. */
function yearOfProgress(series: readonly SeriesRow[], asOf: string) {
  const from = dayNumber(asOf) - 371;
  const byArea = new Map<string, { day: string; share: number }[]>();
  for (const row of series) {
    if (row.figure_code !== "H3" || row.reading !== "known_today") continue;
    if (row.n === null || !row.d || dayNumber(row.on_date) < from) continue;
    const points = byArea.get(row.area_code) ?? [];
    points.push({ day: row.on_date, share: row.n / row.d });
    byArea.set(row.area_code, points);
  }
  for (const points of byArea.values()) points.sort((a, b) => a.day.localeCompare(b.day));
  return byArea;
}
