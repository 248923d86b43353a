import { formatCount } from "../../functions/shared/number-format.ts";
import type { AreaPageProps } from "../area-page.tsx";
import { usePage } from "../page-context.ts";
import { Define, ShareCell } from "../parts/figure-cell.tsx";
import { GateCards, GateTrackPart } from "../parts/gates.tsx";
import { Groups } from "../parts/groups.tsx";
import { later } from "../parts/later.tsx";
import { Reading } from "../parts/reading.tsx";

const ProvinceMap = later(async () => (await import("./province-later.tsx")).ProvinceMap, "map");
const Attention = later(async () => (await import("./province-later.tsx")).Attention, "");
const CityTable = later(async () => (await import("./province-later.tsx")).CityTable, "wide");

/** Are we on time, whom do we leave behind, what needs me? */
export function ProvincePage({ book, overview, series, area }: AreaPageProps) {
  const { t } = usePage();
  const reached = book.find(area, "E2");
  return (
    <main id="main" tabIndex={-1}>
      <Reading book={book} area={area} />
      <GateTrackPart book={book} series={series} area={area} />
      <GateCards book={book} area={area} />
      <ProvinceMap overview={overview} area={area} />
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
