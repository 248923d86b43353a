import "../later.css";
import { useEffect, useRef } from "preact/hooks";
import type { FigureRow } from "../../functions/shared/figure-book.ts";
import { figureDefinitions } from "../../functions/shared/messages/figure-definitions.ts";
import { figureNames } from "../../functions/shared/messages/figure-names.ts";
import { unitTexts } from "../../functions/shared/messages/units.ts";
import type { FigureCode } from "../../functions/shared/figures.ts";
import {
  formatDay, formatHours, formatRatio, formatShare,
} from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";
import { isInSeconds } from "./figure-cell.tsx";
import { useDetail } from "../use-detail.ts";

/** What a figure means: name, unit, numerator, denominator, value, day, run. */
export function Definition({ figure, row, close }: {
  readonly figure: FigureCode; readonly row: FigureRow | undefined; readonly close: () => void;
}) {
  const { language, pointer, t: page } = usePage();
  const t = useDetail();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => { dialog.current?.showModal(); }, []);
  const name = figureNames[figure];
  const definition = figureDefinitions[figure];
  const parts = definition[language];
  const ratio = row && (isInSeconds(figure)
    ? page("hoursRatio", { n: formatHours(row.n), d: formatHours(row.d) })
    : formatRatio(row.n, row.d));
  return (
    <dialog ref={dialog} class="definition" aria-labelledby="definition-name" onClose={close}>
      <h2 id="definition-name">{name[language]}</h2>
      {row && row.share !== null && (
        <p class="big">{formatShare(row.share)} <small>{ratio}</small></p>
      )}
      <dl>
        <dt>{t("defineN")}</dt><dd>{parts.n}</dd>
        {parts.d && <><dt>{t("defineD")}</dt><dd>{parts.d}</dd></>}
        <dt>{t("defineUnit")}</dt><dd>{unitTexts[language][name.unit] ?? name.unit}</dd>
        <dt>{t("defineFormula")}</dt><dd>{definition.formula}</dd>
        <dt>{t("defineSource")}</dt><dd>{definition.source}</dd>
        <dt>{t("defineCode")}</dt><dd>{figure}</dd>
      </dl>
      <p class="quiet">
        {t("defineAsOf", { day: formatDay(pointer.as_of, language), run: pointer.run_id })}
      </p>
      <form method="dialog"><button class="chip strong">{t("defineClose")}</button></form>
    </dialog>
  );
}
