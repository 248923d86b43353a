import { childrenOf } from "../../functions/shared/areas.ts";
import { formatCount } from "../../functions/shared/number-format.ts";
import type { AreaPageProps } from "../area-page.tsx";
import { Attention } from "../parts/attention.tsx";
import { CountyTable } from "../parts/county-table.tsx";
import { GateCards, GateTrackPart } from "../parts/gates.tsx";
import { Groups } from "../parts/groups.tsx";
import { Reading } from "../parts/reading.tsx";
import { useDetail } from "../use-detail.ts";

/** Which of my counties, and why? */
export function CityPage({ book, series, area }: AreaPageProps) {
  const t = useDetail();
  const counties = childrenOf(area);
  const heading = t("countiesHeading", { n: formatCount(counties.length) });
  return (
    <main id="main" tabIndex={-1}>
      <Reading book={book} area={area} />
      <GateTrackPart book={book} series={series} area={area} />
      <GateCards book={book} area={area} />
      <section class="wide">
        <h2>{heading}</h2>
        <p class="quiet">
          {t("citiesNote")}
          {counties.some((county) => county.isDeepPoverty) && (
            <><i class="corner" aria-hidden="true" /> {t("legendDeepPoverty")}</>
          )}
        </p>
        <CountyTable book={book} counties={counties} />
      </section>
      <section class="half"><Groups book={book} area={area} /></section>
      <section class="half"><Attention area={area} limit={10} /></section>
    </main>
  );
}
