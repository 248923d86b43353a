import { areaName } from "../../functions/shared/areas.ts";
import { formatDay } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";

/** Head and foot of every printed page: area, as-of day, run id, page number. */
export function PrintMargins() {
  const { t, language, address, pointer } = usePage();
  const day = t("asOf", { day: formatDay(pointer.as_of, language) });
  const area = areaName(address.area);
  const page = address.page === "runs" ? t("runsHeading") : area;
  const run = t("runLine", { run: pointer.run_id });
  return (
    <style media="print">
      {`@page { @top-left { content: ${quote(`${t("brand")} · ${page}`)} }
        @top-right { content: ${quote(day)} }
        @bottom-left { content: ${quote(run)} }
        @bottom-right { content: counter(page) " / " counter(pages) } }`}
    </style>
  );
}

/** A CSS string; the texts are ours, yet a run id comes from a file. */
function quote(text: string): string {
  return `"${text.replace(/["\\<\n]/g, "")}"`;
}
