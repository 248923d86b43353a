import { useEffect } from "preact/hooks";
import { areaName } from "../../functions/shared/areas.ts";
import { formatDay } from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";

/** Head and foot of every printed page: area, as-of day, run id, page number. */
export function PrintMargins() {
  const { t, language, address, pointer } = usePage();
  const area = address.page === "runs" ? t("runsHeading") : areaName(address.area);
  const day = t("asOf", { day: formatDay(pointer.as_of, language) });
  const run = t("runLine", { run: pointer.run_id });
  useEffect(() => {
    // A sheet made by script: the site's policy forbids style elements that it did not write.
    const sheet = new CSSStyleSheet({ media: "print" });
    sheet.replaceSync(`@page {
      @top-left { content: ${quote(`${t("brand")} · ${area}`)} }
      @top-right { content: ${quote(day)} }
      @bottom-left { content: ${quote(run)} }
      @bottom-right { content: counter(page) " / " counter(pages) }
    }`);
    document.adoptedStyleSheets = [sheet];
  }, [area, day, run]);
  return null;
}

/** A CSS string; the texts are ours, yet a run id comes from a file. */
function quote(text: string): string {
  return `"${text.replace(/["\\<\n]/g, "")}"`;
}
