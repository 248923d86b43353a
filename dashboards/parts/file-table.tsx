import { rowReasonZh } from "../../functions/shared/messages/row-reasons.ts";
import { systemNames } from "../../functions/shared/messages/systems.ts";
import {
  formatBytes, formatCount, formatDecimal, nothing,
} from "../../functions/shared/number-format.ts";
import type { FileRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { SortableTable } from "./sortable-table.tsx";
import type { Column } from "./sortable-table.tsx";
import { useDetail } from "../use-detail.ts";

/** Files of one night with the numbers that add up: read = accepted + rejected + duplicate. */
export function FileTable({ files, night }: {
  readonly files: readonly FileRow[]; readonly night: string;
}) {
  const { language } = usePage();
  const t = useDetail();
  const count = (
    key: "rows_read" | "rows_accepted" | "rows_rejected" | "rows_duplicate", head: string,
  ): Column<FileRow> => ({
    key, head, isNumber: true, value: (file) => file[key], cell: (file) => formatCount(file[key]),
  });
  return (
    <SortableTable
      caption={night} rows={byRejected(files)}
      keyOf={(file) => `${file.system}/${file.landing_day}/${file.file_name}`}
      initialSort="status"
      columns={[
        {
          key: "file", head: t("colFile"), value: (file) => file.file_name,
          cell: (file) => <span class="file-name">{file.file_name}</span>,
        },
        {
          key: "system", head: t("gridSystem"), value: (file) => file.system,
          cell: (file) => systemNames[file.system]?.[language] ?? file.system,
        },
        {
          key: "status", head: t("colStatus"), value: (file) => statusOrder(file.status),
          cell: (file) => <Status status={file.status} />,
        },
        count("rows_read", t("colRead")), count("rows_accepted", t("colAccepted")),
        count("rows_rejected", t("colRejected")), count("rows_duplicate", t("colDuplicate")),
        {
          key: "reasons", head: t("colReasons"),
          cell: (file) => <span class="reasons">{reasonsOf(file)}</span>,
        },
        {
          key: "seconds", head: t("colSeconds"), isNumber: true, value: (file) => file.seconds,
          cell: (file) => formatDecimal(file.seconds, 2),
        },
        {
          key: "bytes", head: t("colBytes"), isNumber: true, value: (file) => file.bytes,
          cell: (file) => formatBytes(file.bytes),
        },
      ]}
    />
  );

  /** Why a file was refused, or how many rows were sent back for which reason. */
  function reasonsOf(file: FileRow): string {
    if (file.reason_zh || file.reason) {
      return (language === "zh" ? file.reason_zh : null) ?? file.reason ?? nothing;
    }
    const reasons = Object.entries(JSON.parse(file.reasons ?? "{}") as Record<string, number>);
    if (reasons.length === 0) return nothing;
    return reasons.sort((a, b) => b[1] - a[1]).map(([reason, n]) => t("reasonRows", {
      reason: language === "zh" ? rowReasonZh(reason) : reason, n: formatCount(n),
    })).join("；");
  }
}

function Status({ status }: { readonly status: string }) {
  const t = useDetail();
  const known = statuses.find((word) => word === status);
  const tone = status === "accepted" || status === "repeated" ? "" : "late";
  return (
    <span class={`state-word ${tone}`}>
      {tone && "▲ "}{known ? t(`status_${known}`) : status}
    </span>
  );
}

/** What somebody has to look at first. */
const statuses = ["refused", "held", "partly", "accepted", "repeated"] as const;

function statusOrder(status: string): number {
  const place = statuses.findIndex((word) => word === status);
  return place === -1 ? statuses.length : place;
}

/** Files of one outcome stand in this order. */
function byRejected(files: readonly FileRow[]): readonly FileRow[] {
  return [...files].sort((a, b) => (b.rows_rejected ?? 0) - (a.rows_rejected ?? 0));
}
