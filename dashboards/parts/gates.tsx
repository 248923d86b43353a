import { drawGateTrack } from "../../functions/shared/charts/gate-track.ts";
import type { GateMark } from "../../functions/shared/charts/gate-track.ts";
import type { FigureBook, SeriesRow } from "../../functions/shared/figure-book.ts";
import { gates } from "../../functions/shared/figures.ts";
import type { FigureCode } from "../../functions/shared/figures.ts";
import {
  formatCount, formatDay, formatDecimal, formatNearDay,
} from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { Chart } from "./chart.tsx";
import { Define, stateName } from "./figure-cell.tsx";

/** Step line of started counties with the gates. */
export function GateTrackPart({ book, series, area }: {
  readonly book: FigureBook; readonly series: readonly SeriesRow[]; readonly area: string;
}) {
  const { t, language, pointer } = usePage();
  const points = series
    .filter((row) => row.area_code === area && row.figure_code === "R1" &&
      row.reading === "known_today" && row.n !== null)
    .map((row) => ({ day: row.on_date, n: row.n ?? 0 }))
    .sort((a, b) => a.day.localeCompare(b.day));
  const started = book.find(area, "R1");
  const marks = gates.flatMap((gate): GateMark[] => {
    const row = book.find(area, gate.figure);
    return row
      ? [{ percent: gate.percent, dueOn: gate.dueOn, needed: row.target ?? 0,
        stateCode: row.state_code ?? "", onDate: row.on_date }]
      : [];
  });
  const track = { points, gates: marks, counties: started?.d ?? 0, asOf: pointer.as_of };
  return (
    <section class="two">
      <h2>{t("trackHeading")} <Define figure="R1" row={started} /></h2>
      <p class="quiet">{t("trackNote")}</p>
      <Chart
        draw={(width) => drawGateTrack(track, width, language)}
        table={async () => {
          const { TrackTable } = await import("./track-table.tsx");
          return <TrackTable points={points} />;
        }}
      />
    </section>
  );
}

/** One card a gate: needed, short, required and actual pace; then the declared-only counties. */
export function GateCards({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { t } = usePage();
  const started = book.find(area, "R1");
  const declared = book.find(area, "R2");
  const long = book.find(area, "I6");
  return (
    <section class="one cards" aria-label={t("gatesHeading")}>
      {gates.map((gate) => <GateCard key={gate.figure} gate={gate} book={book} area={area} />)}
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

function GateCard({ gate, book, area }: {
  readonly gate: (typeof gates)[number]; readonly book: FigureBook; readonly area: string;
}) {
  const { t, language, pointer } = usePage();
  const row = book.find(area, gate.figure);
  if (!row) return null;
  const state = row.state_code ?? "";
  const isReached = state.startsWith("reached");
  const short = Math.max(0, (row.target ?? 0) - (row.n ?? 0));
  const need = book.find(area, `need_${gate.percent}` as FigureCode);
  const pace = book.find(area, `pace_${gate.percent}` as FigureCode);
  const facts = isReached
    ? [t("gateReachedOn", { day: formatDay(row.on_date, language) })]
    : [
      need?.d ? t("gateLeft", { days: formatCount(need.d) }) : "",
      need?.d ? t("gateNeed", { rate: formatDecimal((need.n ?? 0) / need.d * 7) }) : "",
      pace?.d ? t("gatePace", { rate: formatDecimal((pace.n ?? 0) / pace.d * 7) }) : "",
      row.on_date
        ? t("gateProjected", { day: formatNearDay(row.on_date, pointer.as_of, language) })
        : "",
    ];
  const tone = gateTone(state);
  return (
    <div class={`card ${tone}`}>
      <h3>
        {t(gate.percent === 100 ? "gateTitleAll" : "gateTitle", {
          year: gate.dueOn.slice(0, 4), percent: gate.percent,
        })} <Define figure={gate.figure} row={row} />
      </h3>
      <p class="big">
        {formatCount(row.n)} <small>{t("gateBig", { needed: formatCount(row.target) })}</small>
      </p>
      <p>
        <b class="state">
          {{ ok: "✓ ", late: "▲ ", going: "" }[tone]}{stateName(state, language)}
          {!isReached && `，${t("gateShort", { n: formatCount(short) })}`}
        </b>
        {facts.filter((fact) => fact !== "").map((fact) => <span key={fact}> · {fact}</span>)}
      </p>
    </div>
  );
}

function gateTone(state: string): "ok" | "late" | "going" {
  if (state === "reached") return "ok";
  return state === "on_track" || state === "not_begun" ? "going" : "late";
}
