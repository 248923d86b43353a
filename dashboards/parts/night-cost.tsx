import { formatBytes, formatCount, formatDay } from "../../functions/shared/number-format.ts";
import type { CostRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { useDetail } from "../use-detail.ts";
import { useTable } from "../use-table.ts";
import { SortableTable } from "./sortable-table.tsx";

/** What a night costs in each region by the dated price list; nothing where nobody bills. */
export function NightCost({ night }: { readonly night: string }) {
  const { language } = usePage();
  const t = useDetail();
  const costs = useTable("51", "costs");
  const rows = costs.kind === "ready" ? costs.rows.filter((row) => row.known_on === night) : [];
  const [used] = rows;
  if (!used) return null;
  const heading = t("costHeading", { day: formatDay(night, language) });
  const sources = [...new Set(rows.flatMap((row) => row.sources || []))].join("; ");
  const priceOf = (row: CostRow): string => (row.amount === null
    ? `${t("costUnknown")} (${t("costMissing", { prices: row.missing ?? "" })})`
    : `${row.amount.toFixed(4)} ${row.currency ?? ""}`);
  return (
    <section class="wide">
      <h2>{heading}</h2>
      <SortableTable
        caption={heading} rows={rows} keyOf={(row) => row.region} initialSort="" isFixed
        columns={[
          { key: "region", head: t("colRegion"), cell: (row) => row.region },
          { key: "price", head: t("colPrice"), isNumber: true, cell: priceOf },
          {
            key: "day", head: t("colPriceDay"),
            cell: (row) => (row.price_day ? formatDay(row.price_day, language) : "—"),
          },
        ]}
      />
      <p class="quiet">
        {t("costUsed", {
          calls: formatCount(used.calls), gb: formatCount(Math.round(used.gb_seconds)),
          puts: formatCount(used.put_requests), gets: formatCount(used.get_requests),
          scanned: formatBytes(used.scanned_bytes),
        })}
        {used.is_whole ? "" : t("costPart")}
        {sources && t("costSources", { sources })}
      </p>
    </section>
  );
}
