import { useCallback, useMemo } from "preact/hooks";
import type { Area } from "../../functions/shared/areas.ts";
import { buildCountyMap, mapFigures, mapModes } from "../../functions/shared/charts/county-classes.ts";
import type { LegendEntry, MapMode } from "../../functions/shared/charts/county-classes.ts";
import { drawTileMap, tileMapMinWidth } from "../../functions/shared/charts/tile-map.ts";
import type { FigureBook } from "../../functions/shared/figure-book.ts";
import { formatCount } from "../../functions/shared/number-format.ts";
import { areaHref } from "../address.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { CountyTable } from "./county-table.tsx";
import { useDetail } from "../use-detail.ts";

/** The counties as tiles, with the switch of what they show. */
export function CountyMap({ book, counties }: {
  readonly book: FigureBook; readonly counties: readonly Area[];
}) {
  const { language, address, change } = usePage();
  const t = useDetail();
  const modes = mapModes.filter((mode) => book.has(mapFigures[mode], "county"));
  const mode = modes.find((known) => known === address.map) ?? "started";
  const map = useMemo(
    () => buildCountyMap(book, counties, mode, language), [book, counties, mode, language]);
  const draw = useCallback(
    (width: number) => drawTileMap(
      { ...map, hrefOf: (code) => areaHref(code, language) }, width, language),
    [map, language]);
  const isNarrow = innerWidth < tileMapMinWidth;
  return (
    <section class="map">
      <div class="heading">
        <div>
          <h2>{t("mapHeading", { n: formatCount(counties.length) })}</h2>
          <p class="quiet">{t(isNarrow ? "mapNoteStrips" : "mapNote")}</p>
        </div>
        <fieldset class="switch">
          <legend class="hidden">{t("mapSwitch")}</legend>
          {modes.map((known) => (
            <label key={known} class={known === mode ? "on" : ""}>
              <input
                type="radio" name="map" class="hidden" checked={known === mode}
                onChange={() => change({ map: known === "started" ? null : known })}
              />
              {t(`map_${known}` satisfies `map_${MapMode}`)}
            </label>
          ))}
        </fieldset>
      </div>
      <Chart
        draw={draw}
        table={async () => <CountyTable book={book} counties={counties} isFixed />}
      />
      <Legend entries={map.legend} unreported={map.unreported} />
    </section>
  );
}

function Legend({ entries, unreported }: {
  readonly entries: readonly LegendEntry[]; readonly unreported: number;
}) {
  const t = useDetail();
  const hasOwnEntry = entries.some((entry) => entry.isHatched);
  return (
    <ul class="legend">
      {entries.filter((entry) => entry.count > 0).map((entry) => (
        <li key={entry.label}>
          <i
            class={entry.isHatched ? "hatched" : ""}
            style={entry.isHatched
              ? {}
              : { background: entry.fill, border: entry.frame ? `1.5px solid ${entry.frame}` : "" }}
          />
          {entry.label} {entry.count}
        </li>
      ))}
      {!hasOwnEntry && unreported > 0 && (
        <li><i class="hatched" />{t("legendUnreported", { n: unreported })}</li>
      )}
      <li><i class="corner" />{t("legendDeepPoverty")}</li>
    </ul>
  );
}
