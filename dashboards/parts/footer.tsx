import { smallGroupTeachers } from "../../functions/shared/figures.ts";
import { runsHref } from "../address.ts";
import { usePage } from "../page-context.ts";

export function Footer() {
  const { t, language, address, pointer } = usePage();
  return (
    <footer>
      <span>
        {t("runLine", { run: pointer.run_id })} ·{" "}
        <a href={runsHref(address.area, language)}>{t("runsLink")}</a>
      </span>
      <span>{t("smallNote", { n: smallGroupTeachers })}</span>
    </footer>
  );
}
