import type { FigureRow } from "../../functions/shared/figure-book.ts";
import { stateNames } from "../../functions/shared/figures.ts";
import type { FigureCode, StateCode } from "../../functions/shared/figures.ts";
import {
  formatHours, formatRatio, formatShare, nothing,
} from "../../functions/shared/number-format.ts";
import { usePage } from "../page-context.ts";

/** Bar, share and n / d of one figure; 未报送 and small groups in words, never as 0. */
export function ShareCell({ row }: { readonly row: FigureRow | undefined }) {
  const { t, language } = usePage();
  if (!row) return <>{nothing}</>;
  const isHatched = row.state_code === "not_reported";
  // Nobody reported: no numerator, which a reader would take for none of them.
  const n = isHatched ? null : row.n;
  const ratio = isInSeconds(row.figure_code)
    ? t("hoursRatio", { n: formatHours(n), d: formatHours(row.d) })
    : formatRatio(n, row.d);
  if (row.share === null) {
    return (
      <span class="share">
        <span class={isHatched ? "absent hatched" : "absent"}>
          {stateName(row.state_code, language)}
        </span>
        {row.d !== null && <small>{ratio}</small>}
      </span>
    );
  }
  return (
    <span class="share">
      <span class="bar" aria-hidden="true"><i style={{ width: `${row.share * 100}%` }} /></span>
      <b>{formatShare(row.share)}</b>
      <small>{ratio}</small>
    </span>
  );
}

/** Name of a state in the reader's language; `—` where there is none. */
export function stateName(code: string | null | undefined, language: "zh" | "en"): string {
  if (!code) return nothing;
  return stateNames[code as StateCode]?.[language] ?? code;
}

/** Figures counted in credit seconds, shown in 学时. */
export function isInSeconds(figure: string): boolean {
  return /^H[345]/.test(figure);
}

/** Opens the definition of a figure. */
export function Define({ figure, row }: {
  readonly figure: FigureCode; readonly row?: FigureRow | undefined;
}) {
  const { t, define } = usePage();
  return (
    <button type="button" class="define" onClick={() => define(figure, row)}>
      {t("define")}<span class="hidden"> {figure}</span>
    </button>
  );
}
