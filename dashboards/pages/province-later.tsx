import { useMemo } from "preact/hooks";
import { counties } from "../../functions/shared/areas.ts";
import { buildFigureBook } from "../../functions/shared/figure-book.ts";
import type { FigureRow } from "../../functions/shared/figure-book.ts";
import { CountyMap } from "../parts/county-map.tsx";
import { PartFailed } from "../parts/part-failed.tsx";
import { useTable } from "../use-table.ts";

export { Attention } from "../parts/attention.tsx";
export { CityTable } from "../parts/city-table.tsx";

/** The map of all counties; their figures come after the first view (publication.ts). */
export function ProvinceMap({ overview, area }: {
  readonly overview: readonly FigureRow[]; readonly area: string;
}) {
  const table = useTable(area, "counties");
  const book = useMemo(
    () => table.kind === "ready" ? buildFigureBook([...overview, ...table.rows]) : null,
    [overview, table]);
  if (table.kind === "failed") return <section class="map"><PartFailed /></section>;
  if (!book) return <div class="waiting map" />;
  return <CountyMap book={book} counties={counties} />;
}
