import { drawGateTrack } from "../../functions/shared/charts/gate-track.ts";
import { buildGateCards, buildGateTrack } from "../../functions/shared/charts/gate-view.ts";
import type { GateCard } from "../../functions/shared/charts/gate-view.ts";
import type { FigureBook, SeriesRow } from "../../functions/shared/figure-book.ts";
import { formatCount } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { Define } from "./figure-cell.tsx";

/** Step line of started counties with the gates. */
export function GateTrackPart({ book, series, area }: {
  readonly book: FigureBook; readonly series: readonly SeriesRow[]; readonly area: string;
}) {
  const { t, language, pointer } = usePage();
  const track = buildGateTrack(book, series, area, pointer.as_of);
  return (
    <section class="two">
      <h2>{t("trackHeading")} <Define figure="R1" row={book.find(area, "R1")} /></h2>
      <p class="quiet">{t("trackNote")}</p>
      <Chart
        draw={(width) => drawGateTrack(track, width, language)}
        table={async () => {
          const { TrackTable } = await import("./track-table.tsx");
          return <TrackTable points={track.points} />;
        }}
      />
    </section>
  );
}

/** One card a gate: needed, short, required and actual pace; then the declared-only counties. */
export function GateCards({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { t, language, pointer } = usePage();
  const cards = buildGateCards({ book, area, asOf: pointer.as_of }, t, language);
  const started = book.find(area, "R1");
  const declared = book.find(area, "R2");
  const long = book.find(area, "I6");
  return (
    <section class="one cards" aria-label={t("gatesHeading")}>
      {cards.map((card) => <Card key={card.figure} card={card} book={book} area={area} />)}
      {started && declared && (
        <div class="card">
          <h3>{t("declaredOnlyTitle")} <Define figure="R2" row={declared} /></h3>
          <p class="big">
            {formatCount((declared.n ?? 0) - (started.n ?? 0))} <small>{t("countiesUnit")}</small>
          </p>
          <p class="quiet">
            {t("declaredNote", {
              declared: formatCount(declared.n), started: formatCount(started.n),
            })}
            {long?.n ? `；${t("declaredLong", { n: formatCount(long.n) })}` : ""}
          </p>
        </div>
      )}
    </section>
  );
}

function Card({ card, book, area }: {
  readonly card: GateCard; readonly book: FigureBook; readonly area: string;
}) {
  return (
    <div class={`card ${card.tone}`}>
      <h3>{card.title} <Define figure={card.figure} row={book.find(area, card.figure)} /></h3>
      <p class="big">{card.started} <small>{card.needed}</small></p>
      <p>
        <b class="state">{card.state}</b>
        {card.facts.map((fact) => <span key={fact}> · {fact}</span>)}
      </p>
    </div>
  );
}
