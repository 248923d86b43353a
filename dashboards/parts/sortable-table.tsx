import "../later.css";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { usePage } from "../page-context.ts";
import { useDetail } from "../use-detail.ts";

export type SortValue = number | string | null | undefined;

export interface Column<Row> {
  readonly key: string;
  /** Head with its unit. */
  readonly head: string;
  readonly isNumber?: boolean;
  /** What the column is sorted by; absent: the column is not sortable. */
  readonly value?: (row: Row) => SortValue;
  readonly cell: (row: Row) => ComponentChildren;
}

interface SortableTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** `key` ascending or `-key` descending, where the address says nothing. */
  readonly initialSort: string;
  /** A second table of a page keeps the order of its rows out of the address. */
  readonly isFixed?: boolean;
}

/** A table sortable by its heads; empty values stay last; the first column and the head stick. */
export function SortableTable<Row>(props: SortableTableProps<Row>) {
  const { address } = usePage();
  const { columns, rows, keyOf, caption } = props;
  const sort = props.isFixed ? props.initialSort : address.sort ?? props.initialSort;
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} isFixed={props.isFixed} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, i) => i === 0
                ? <th key={column.key} scope="row">{column.cell(row)}</th>
                : <td key={column.key} class={column.isNumber ? "number" : ""}>
                  {column.cell(row)}
                </td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({ column, sort, isFixed }: {
  readonly column: Column<Row>; readonly sort: string; readonly isFixed: boolean | undefined;
}) {
  const { change } = usePage();
  const t = useDetail();
  const isSorted = sort.replace(/^-/, "") === column.key;
  const isDescending = sort.startsWith("-");
  const alignment = column.isNumber ? "number" : "";
  if (!column.value || isFixed) return <th scope="col" class={alignment}>{column.head}</th>;
  const direction = isDescending ? "descending" : "ascending";
  // Numbers start with the largest, words with the first.
  const next = isSorted
    ? (isDescending ? column.key : `-${column.key}`)
    : (column.isNumber ? `-${column.key}` : column.key);
  return (
    <th scope="col" class={alignment} aria-sort={isSorted ? direction : "none"}>
      <button
        type="button" class="sort" title={t("sortBy", { column: column.head })}
        onClick={() => change({ sort: next })}
      >
        {column.head}
        <span class="arrow" aria-hidden="true">
          {isSorted ? (isDescending ? "▼" : "▲") : "↕"}
        </span>
      </button>
      {/* Chromium leaves buttons out of heads repeated on printed pages. */}
      <span class="print-only">{column.head}</span>
    </th>
  );
}

/** Rows by one column; equal rows keep their order, empty values come last in both directions. */
export function sortRows<Row>(
  rows: readonly Row[], columns: readonly Column<Row>[], sort: string,
): readonly Row[] {
  const value = columns.find((column) => column.key === sort.replace(/^-/, ""))?.value;
  if (!value) return rows;
  const factor = sort.startsWith("-") ? -1 : 1;
  return rows.map((row) => ({ row, key: value(row) ?? null })).sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (typeof a.key === "string" || typeof b.key === "string") {
      return factor * String(a.key).localeCompare(String(b.key), "zh-CN");
    }
    return factor * (a.key - b.key);
  }).map(({ row }) => row);
}
