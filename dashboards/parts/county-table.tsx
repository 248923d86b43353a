import type { Area } from "../../functions/shared/areas.ts";
import { isReported } from "../../functions/shared/charts/county-classes.ts";
import type { FigureBook } from "../../functions/shared/figure-book.ts";
import {
  formatCount, formatDay, formatHours,
} from "../../functions/shared/number-format.ts";
import { areaHref } from "../address.ts";
import { sliceUrl } from "../data.ts";
import { usePage } from "../page-context.ts";
import { ShareCell, stateName } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";
import type { Column } from "./sortable-table.tsx";
import { useDetail } from "../use-detail.ts";

/** Counties with their start, shares, missing hours and completion gate. */
export function CountyTable({ book, counties, isFixed }: {
  readonly book: FigureBook; readonly counties: readonly Area[]; readonly isFixed?: boolean;
}) {
  const { language, pointer } = usePage();
  const t = useDetail();
  const share = (figure: "H1" | "H2" | "H3" | "I_any", head: string): Column<Area> => ({
    key: figure, head, isNumber: true,
    value: (area) => book.find(area.code, figure)?.share,
    cell: (area) => <ShareCell row={book.find(area.code, figure)} />,
  });
  const missing = (figure: "H5_online" | "H5_practice", head: string): Column<Area> => ({
    key: figure, head, isNumber: true,
    value: (area) => isReported(book, area.code) ? book.find(area.code, figure)?.n : null,
    cell: (area) => isReported(book, area.code)
      ? formatHours(book.find(area.code, figure)?.n)
      : stateName("not_reported", language),
  });
  const columns: Column<Area>[] = [
    {
      key: "county", head: t("colCounty"), value: (area) => area.code,
      cell: (area) => (
        <a href={areaHref(area.code, language)}>
          {area.name}{area.isDeepPoverty && <i class="corner" title={t("legendDeepPoverty")} />}
        </a>
      ),
    },
    {
      key: "start", head: t("colStart"),
      value: (area) => startOrder(book.find(area.code, "R1")?.state_code),
      cell: (area) => {
        const row = book.find(area.code, "R1");
        return (
          <span class="two-lines">
            {stateName(row?.state_code, language)}
            {row?.state_code === "started" && <small>{formatDay(row.on_date, language)}</small>}
          </span>
        );
      },
    },
    {
      key: "teachers", head: t("colTeachers"), isNumber: true,
      value: (area) => book.find(area.code, "H1")?.d,
      cell: (area) => formatCount(book.find(area.code, "H1")?.d),
    },
    share("H1", t("colH1")), share("H3", t("colH3")), share("H2", t("colH2")),
    missing("H5_online", t("colMissingOnline")), missing("H5_practice", t("colMissingPractice")),
    {
      key: "completion", head: t("colCompletion"),
      value: (area) => book.find(area.code, "gate_completion")?.state_code,
      cell: (area) => <State code={book.find(area.code, "gate_completion")?.state_code ?? null} />,
    },
  ];
  if (book.has("I_any", "county")) columns.push(share("I_any", t("colFlagged")));
  columns.push({
    key: "scorecard", head: t("colScorecard"),
    cell: (area) => (
      <a href={sliceUrl(area.code, pointer.run_id, "scorecard.pdf")}>
        PDF<span class="hidden"> {area.name}</span>
      </a>
    ),
  });
  return (
    <SortableTable
      caption={t("countiesHeading", { n: formatCount(counties.length) })}
      columns={columns} rows={counties} keyOf={(area) => area.code}
      initialSort="county" {...(isFixed ? { isFixed } : {})}
    />
  );
}

/** A state as a word with a sign: never by colour alone. */
export function State({ code }: { readonly code: string | null }) {
  const { language } = usePage();
  const isLate = code === "behind" || code === "stalled" || code === "missed";
  const isDone = code === "complete" || code === "reached";
  return (
    <span class={`state-word ${isLate ? "late" : isDone ? "ok" : ""}`}>
      {isLate ? "▲ " : isDone ? "✓ " : ""}{stateName(code, language)}
    </span>
  );
}

function startOrder(state: string | null | undefined): number {
  return ["started", "declared_only", "activity_only", "none"].indexOf(state ?? "none");
}
