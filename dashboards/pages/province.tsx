import { counties } from "../../functions/shared/areas.ts";
import { formatCount } from "../../functions/shared/number-format.ts";
import type { AreaPageProps } from "../area-page.tsx";
import { usePage } from "../page-context.ts";
import { Attention } from "../parts/attention.tsx";
import { CityTable } from "../parts/city-table.tsx";
import { CountyMap } from "../parts/county-map.tsx";
import { Define, ShareCell } from "../parts/figure-cell.tsx";
import { GateCards, GateTrackPart } from "../parts/gates.tsx";
import { Groups } from "../parts/groups.tsx";
import { Reading } from "../parts/reading.tsx";

/** Are we on time, whom do we leave behind, what needs me? */
export function ProvincePage({ book, series, area }: AreaPageProps) {
  const { t } = usePage();
  const reached = book.find(area, "E2");
  return (
    <main id="main" tabIndex={-1}>
      <Reading book={book} area={area} />
      <GateTrackPart book={book} series={series} area={area} />
      <GateCards book={book} area={area} />
      <CountyMap book={book} counties={counties} />
      <section class="beside">
        <Groups book={book} area={area} />
        {reached && (
          <div>
            <h2>{t("classroomsHeading")} <Define figure="E2" row={reached} /></h2>
            <p class="quiet">{t("classroomsNote")}</p>
            <p class="big">
              {t("schoolsUnit", { n: formatCount(reached.n), d: formatCount(reached.d) })}
            </p>
            <ShareCell row={reached} />
          </div>
        )}
        <Attention area={area} limit={5} />
      </section>
      <CityTable book={book} series={series} />
    </main>
  );
}
