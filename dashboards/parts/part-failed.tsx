import { usePage } from "../page-context.ts";

/** Stands where one table of a page could not be loaded; the rest of the page is whole. */
export function PartFailed() {
  const { t } = usePage();
  return <p class="quiet">{t("partFailed")}</p>;
}
