import { useLayoutEffect, useRef } from "preact/hooks";
import { systemNames } from "../../functions/shared/messages/systems.ts";
import { formatDay } from "../../functions/shared/number-format.ts";
import { formatAddress } from "../address.ts";
import type { Arrival, NightOfSystem } from "../arrivals.ts";
import type { SystemRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { useDetail } from "../use-detail.ts";

const kinds: readonly Arrival[] = ["arrived", "late", "held", "refused", "silent", "notDue"];

/** Systems × nights; a column head opens the files of its night. */
export function ArrivalGrid({ systems, nights, night, arrivals }: {
  readonly systems: readonly SystemRow[];
  readonly nights: readonly string[];
  readonly night: string;
  readonly arrivals: ReadonlyMap<string, readonly NightOfSystem[]>;
}) {
  const { language, address, change } = usePage();
  const frame = useRef<HTMLDivElement>(null);
  // The newest night is at the right end.
  useLayoutEffect(() => { frame.current?.scrollTo(1e6, 0); }, []);
  const t = useDetail();
  return (
    <section class="wide">
      <h2>{t("gridHeading")}</h2>
      <p class="quiet">{t("gridNote")}</p>
      <div
        ref={frame} class="table-frame nights" role="region" aria-label={t("gridHeading")} tabIndex={0}
      >
        <table class="grid">
          <thead>
            <tr>
              <th scope="col">{t("gridSystem")}</th>
              {nights.map((day) => (
                <th key={day} scope="col" class={day === night ? "chosen" : ""}>
                  <a
                    href={formatAddress({ ...address, day })} aria-current={day === night || undefined}
                    onClick={(e) => { e.preventDefault(); change({ day }); }}
                  >
                    <span class="hidden">{formatDay(day, language)}</span>
                    <small aria-hidden="true">{day.slice(2, 4)}.{Number(day.slice(5, 7))}</small>
                    <span aria-hidden="true">{Number(day.slice(8))}</span>
                  </a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {systems.map((system) => (
              <tr key={system.system}>
                <th scope="row">{systemNames[system.system]?.[language] ?? system.system}</th>
                {(arrivals.get(system.system) ?? []).map((state, i) => (
                  <Cell key={nights[i]} state={state} day={nights[i] ?? ""} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="legend">
        {kinds.map((kind) => (
          <li key={kind}>
            <i class={`cell ${kind}`} aria-hidden="true">{t(`sign_${kind}`)}</i>
            {t(`cell_${kind}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One system on one night; a click opens the night, as does the head that the keyboard reaches. */
function Cell({ state, day }: { readonly state: NightOfSystem; readonly day: string }) {
  const { language, change } = usePage();
  const t = useDetail();
  const { arrival, files, refused, held } = state;
  const outcome = t(`cell_${arrival}`);
  const dayText = formatDay(day, language);
  return (
    <td
      class={`cell ${arrival}`} onClick={() => change({ day })}
      title={files === 0
        ? `${dayText} ${outcome}`
        : t("gridCell", { day: dayText, outcome, files, refused, held })}
    >
      <span aria-hidden="true">{t(`sign_${arrival}`)}</span>
      <span class="hidden">{outcome}</span>
    </td>
  );
}
