import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { areaName, findArea } from "../functions/shared/areas.ts";
import { buildFigureBook } from "../functions/shared/figure-book.ts";
import type { FigureBook, FigureRow, SeriesRow } from "../functions/shared/figure-book.ts";
import { findRows, readTable } from "./data.ts";
import type { LoadError } from "./data.ts";
import { usePage } from "./page-context.ts";
import { Footer } from "./parts/footer.tsx";
import { Header } from "./parts/header.tsx";
import { Failure, Loading, rememberArea } from "./parts/states.tsx";
import { ProvincePage } from "./pages/province.tsx";
import { useTable } from "./use-table.ts";

export interface AreaPageProps {
  readonly book: FigureBook;
  readonly overview: readonly FigureRow[];
  readonly series: readonly SeriesRow[];
  readonly area: string;
}

type View =
  | { readonly kind: "loading" }
  | {
    readonly kind: "ready"; readonly key: string; readonly Page: ComponentType<AreaPageProps>;
    readonly overview: readonly FigureRow[]; readonly series: readonly SeriesRow[];
  }
  | { readonly kind: "failed"; readonly error: LoadError };

/** Loads what the first view of an area needs, then draws its page. */
export function AreaPage({ area }: { readonly area: string }) {
  const { language, pointer, t } = usePage();
  const [view, setView] = useState<View>(() => firstView(area, pointer.run_id));
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    if (view.kind === "ready" && view.key === `${area} ${pointer.run_id}`) return undefined;
    setView({ kind: "loading" });
    Promise.all([
      pageOf(area),
      readTable(area, pointer.run_id, "overview"),
      readTable(area, pointer.run_id, "series"),
    ]).then(
      ([Page, overview, series]) => {
        if (!isCurrent) return;
        setView({ kind: "ready", key: `${area} ${pointer.run_id}`, Page, overview, series });
      },
      (error: LoadError) => isCurrent && setView({ kind: "failed", error }),
    );
    return () => { isCurrent = false; };
  }, [area, pointer.run_id, attempt]);
  useEffect(() => { document.title = t("title", { area: areaName(area) }); }, [area, language]);
  const overview = view.kind === "ready" ? view.overview : null;
  const book = useMemo(() => overview && buildFigureBook(overview), [overview]);
  if (view.kind === "failed") {
    const retry = () => setAttempt(attempt + 1);
    return (
      <>
        <Header book={null} systems={null} hasFailed />
        <Failure
          kind={view.error.kind ?? "offline"} area={area} language={language} retry={retry}
        />
      </>
    );
  }
  if (view.kind === "loading" || !book) {
    return <><Header book={null} systems={null} /><Loading language={language} /></>;
  }
  return <Ready view={view} book={book} area={area} />;
}

function Ready({ view, book, area }: {
  readonly view: Extract<View, { kind: "ready" }>; readonly book: FigureBook; readonly area: string;
}) {
  // The first drawing stands in the document: what the bench measures.
  useLayoutEffect(() => {
    rememberArea(area);
    performance.mark("dudao-useful");
  }, []);
  const systems = useTable(area, "systems");
  return (
    <>
      <Header book={book} systems={systems.kind === "ready" ? systems.rows : null} />
      <view.Page
        key={area} book={book} overview={view.overview} series={view.series} area={area}
      />
      <Footer />
    </>
  );
}

/** Ready at once where the tables of the province's first view have arrived already. */
function firstView(area: string, runId: string): View {
  const overview = findRows(area, runId, "overview");
  const series = findRows(area, runId, "series");
  if (findArea(area)?.level !== "province" || !overview || !series) return { kind: "loading" };
  return { kind: "ready", key: `${area} ${runId}`, Page: ProvincePage, overview, series };
}

async function pageOf(area: string): Promise<ComponentType<AreaPageProps>> {
  const level = findArea(area)?.level;
  if (level === "city") return (await import("./pages/city.tsx")).CityPage;
  if (level === "county") return (await import("./pages/county.tsx")).CountyPage;
  return ProvincePage;
}
