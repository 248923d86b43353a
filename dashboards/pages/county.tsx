import { useMemo } from "preact/hooks";
import { findArea } from "../../functions/shared/areas.ts";
import { isReported } from "../../functions/shared/charts/county-classes.ts";
import { buildFigureBook } from "../../functions/shared/figure-book.ts";
import type { FigureBook } from "../../functions/shared/figure-book.ts";
import type { FigureCode } from "../../functions/shared/figures.ts";
import { figureNames } from "../../functions/shared/messages/figure-names.ts";
import {
  formatCount, formatDay, formatDecimal, formatHours, formatShare, nothing, secondsPerHour,
} from "../../functions/shared/number-format.ts";
import type { AreaPageProps } from "../area-page.tsx";
import type { FigureRow } from "../../functions/shared/figure-book.ts";
import { usePage } from "../page-context.ts";
import { Attention } from "../parts/attention.tsx";
import { State } from "../parts/county-table.tsx";
import { Define, ShareCell, stateName } from "../parts/figure-cell.tsx";
import { Groups } from "../parts/groups.tsx";
import { HistoryPart } from "../parts/history.tsx";
import { Reading } from "../parts/reading.tsx";
import { Schools } from "../parts/schools.tsx";
import { SortableTable } from "../parts/sortable-table.tsx";
import { useTable } from "../use-table.ts";
import { useDetail } from "../use-detail.ts";

/** Where are the missing hours, which schools, what was promised? */
export function CountyPage({ overview, series, area }: AreaPageProps) {
  const more = useTable(area, "figures");
  const book = useMemo(
    () => buildFigureBook(more.kind === "ready" ? [...overview, ...more.rows] : overview),
    [overview, more]);
  return (
    <main id="main" tabIndex={-1}>
      <Reading book={book} area={area} />
      <Missing book={book} area={area} />
      <Facts book={book} area={area} />
      <Compare book={book} area={area} />
      {isReported(book, area) && <HistoryPart series={series} area={area} />}
      <Schools book={book} area={area} />
      <section class="half"><Groups book={book} area={area} /></section>
      <section class="half"><Attention area={area} limit={20} /></section>
    </main>
  );
}

/** Hours missing online and of practice, in all and a teacher. */
function Missing({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { language } = usePage();
  const t = useDetail();
  const reported = isReported(book, area);
  const teachers = book.find(area, "H1")?.d ?? 0;
  const card = (figure: "H5_online" | "H5_practice", title: string) => {
    const row = book.find(area, figure);
    return (
      <div class={row?.n && reported ? "card late" : "card"}>
        <h3>{title} <Define figure={figure} /></h3>
        <p class="big">
          {reported ? formatHours(row?.n) : stateName("not_reported", language)}{" "}
          {reported && <small>{t("hoursUnit")}</small>}
        </p>
        <p class="quiet">
          {reported && teachers > 0 && row?.n != null
            ? t("perTeacher", { hours: formatDecimal(row.n / secondsPerHour / teachers) })
            : nothing}
        </p>
      </div>
    );
  };
  return (
    <section class="quarter cards">
      <h2>{t("missingHeading")}</h2>
      {card("H5_online", t("missingOnline"))}
      {card("H5_practice", t("missingPractice"))}
    </section>
  );
}

/** State, days, size and kind of the county. */
function Facts({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { language } = usePage();
  const t = useDetail();
  const own = findArea(area);
  const started = book.find(area, "R1");
  const expected = book.find(area, "expected_H3");
  const marks = [
    own?.isDeepPoverty && t("markDeepPoverty"), own?.isPoverty && t("markPoverty"),
    own?.isEthnic && t("markEthnic"), own?.isThreePrefectures && t("markThreePrefectures"),
  ].filter(Boolean);
  return (
    <section class="quarter">
      <h2>{t("countyFactsHeading")}</h2>
      <dl>
        <dt>{t("factState")}</dt><dd>{stateName(started?.state_code, language)}</dd>
        <dt>{t("factDeclared")}</dt>
        <dd>{formatDay(book.find(area, "R2")?.on_date, language)}</dd>
        <dt>{t("factStarted")}</dt>
        <dd>{formatDay(started?.on_date, language)} <Define figure="R1" /></dd>
        <dt>{t("factCompletion")}</dt>
        <dd>
          <State code={book.find(area, "gate_completion")?.state_code ?? null} />{" "}
          <Define figure="gate_completion" />
        </dd>
        <dt>{t("factExpected")}</dt>
        <dd>
          {expected?.share == null ? nothing : t("expectedShare", {
            share: formatShare(expected.share),
            n: formatCount(expected.n), d: formatCount(expected.d),
          })}
        </dd>
        <dt>{t("factTeachers")}</dt>
        <dd>{t("people", { n: formatCount(book.find(area, "H1")?.d) })}</dd>
        <dt>{t("factMarks")}</dt><dd>{marks.length > 0 ? marks.join("、") : t("markNone")}</dd>
      </dl>
    </section>
  );
}

const compared = ["H1", "H3", "H2", "A4"] as const;

/** Shares of the county with its city and the province beside. */
function Compare({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { language } = usePage();
  const t = useDetail();
  const rows = compared.filter((figure) => book.has(figure, "county"));
  const column = (key: string, head: string, code: string) => ({
    key, head, isNumber: true,
    cell: (figure: FigureCode) => <ShareCell row={book.find(code, figure) as FigureRow | undefined} />,
  });
  return (
    <section class="half">
      <h2>{t("compareHeading")}</h2>
      <SortableTable<FigureCode>
        caption={t("compareHeading")} rows={rows} keyOf={(figure) => figure} initialSort="" isFixed
        columns={[
          {
            key: "figure", head: t("colFigure"),
            cell: (figure) => <>{figureNames[figure][language]} <Define figure={figure} /></>,
          },
          column("own", t("colOwn"), area),
          column("city", t("colOwnCity"), area.slice(0, 4)),
          column("province", t("colProvince"), area.slice(0, 2)),
        ]}
      />
    </section>
  );
}
