import { useEffect, useState } from "preact/hooks";
import type { SliceTable } from "../functions/shared/publication.ts";
import { readTable } from "./data.ts";
import type { LoadError, TableRows } from "./data.ts";
import { usePage } from "./page-context.ts";

export type Loaded<Row> =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly rows: readonly Row[] }
  | { readonly kind: "failed"; readonly error: LoadError };

/** Rows of a table of an area's slice, asked for after the first drawing. */
export function useTable<Name extends SliceTable>(
  area: string, name: Name,
): Loaded<TableRows[Name]> {
  const { pointer } = usePage();
  const [loaded, setLoaded] = useState<Loaded<TableRows[Name]>>({ kind: "loading" });
  useEffect(() => {
    let isCurrent = true;
    setLoaded({ kind: "loading" });
    readTable(area, pointer.run_id, name).then(
      (rows) => isCurrent && setLoaded({ kind: "ready", rows }),
      (error: LoadError) => isCurrent && setLoaded({ kind: "failed", error }),
    );
    return () => { isCurrent = false; };
  }, [area, name, pointer.run_id]);
  return loaded;
}
