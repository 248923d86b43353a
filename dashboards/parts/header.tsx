import { childrenOf, findArea, lineageOf } from "../../functions/shared/areas.ts";
import type { FigureBook } from "../../functions/shared/figure-book.ts";
import { formatDay } from "../../functions/shared/number-format.ts";
import { mayOpen, useAccount } from "../account.ts";
import type { Account } from "../account.ts";
import { areaHref, formatAddress, runsHref } from "../address.ts";
import { sliceUrl } from "../data.ts";
import type { SystemRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { forgetArea } from "./states.tsx";

/** Area, as-of day, age of the data, language, print, way out: always in sight. */
export function Header({ book, systems, hasFailed = false }: {
  readonly book: FigureBook | null; readonly systems: readonly SystemRow[] | null;
  /** Nothing could be read: no choice of the areas below, that would fail alike. */
  readonly hasFailed?: boolean;
}) {
  const { t, language, address, pointer, change } = usePage();
  const account = useAccount();
  const area = address.area;
  const isCounty = address.page === "area" && findArea(area)?.level === "county";
  const other = language === "zh" ? "en" : "zh";
  return (
    <header class="top">
      <a class="skip" href="#main" onClick={skipToMain}>{t("skip")}</a>
      <span class="brand">{t("brand")}</span>
      <Breadcrumb account={account} hasChildren={!hasFailed || account !== null} />
      <span class="gap" />
      <span class="chip">{t("asOf", { day: formatDay(pointer.as_of, language) })}</span>
      <DataAge book={book} systems={systems} />
      <a
        class="chip" lang={other === "en" ? "en" : "zh-CN"}
        href={formatAddress({ ...address, language: other })}
        onClick={(e) => { e.preventDefault(); change({ language: other }); }}
      >
        {t("switchLanguage")}
      </a>
      <button type="button" class="chip" onClick={() => window.print()}>{t("print")}</button>
      {isCounty && (
        <a class="chip strong" href={sliceUrl(area, pointer.run_id, "scorecard.pdf")}>
          {t("scorecard")}
        </a>
      )}
      <form class="logout" method="post" action="../logout" onSubmit={forgetArea}>
        <button class="chip" title={account?.name}>{t("logout")}</button>
      </form>
    </header>
  );
}

/** The hash is the address of the page, so a plain anchor would leave it. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Areas that are closed to the account are named, not linked. */
function Breadcrumb({ account, hasChildren }: {
  readonly account: Account | null; readonly hasChildren: boolean;
}) {
  const { t, language, address } = usePage();
  const lineage = lineageOf(address.area);
  const children = (address.page === "area" && hasChildren ? childrenOf(address.area) : [])
    .filter((area) => mayOpen(account, area.code));
  return (
    <nav aria-label={t("breadcrumb")}>
      {lineage.map((area, i) => (
        <span key={area.code}>
          {i > 0 && <span class="sep" aria-hidden="true">›</span>}
          {area.code === address.area && address.page === "area"
            ? <b aria-current="page">{area.name}</b>
            : mayOpen(account, area.code)
              ? <a href={areaHref(area.code, language)}>{area.name}</a>
              : area.name}
        </span>
      ))}
      {address.page === "runs" && (
        <span>
          <span class="sep" aria-hidden="true">›</span><b aria-current="page">{t("runsLink")}</b>
        </span>
      )}
      {children.length > 0 && (
        <span class="choose">
          <span class="sep" aria-hidden="true">›</span>
          <select
            aria-label={t(address.area.length === 2 ? "chooseCity" : "chooseCounty")} value=""
            onChange={(e) => {
              location.hash = areaHref((e.currentTarget as HTMLSelectElement).value, language);
            }}
          >
            <option value="" disabled>
              {t(address.area.length === 2 ? "chooseCity" : "chooseCounty")}
            </option>
            {children.map((area) => <option key={area.code} value={area.code}>{area.name}</option>)}
          </select>
        </span>
      )}
    </nav>
  );
}

/** How old the data is: systems in time, counties not reported; amber unless all is well. */
function DataAge({ book, systems }: {
  readonly book: FigureBook | null; readonly systems: readonly SystemRow[] | null;
}) {
  const { t, language, address } = usePage();
  const inTime = book?.find("51", "D_systems");
  const n = systems ? systems.filter((s) => Boolean(Number(s.is_in_time))).length : inTime?.n;
  const d = systems ? systems.length : inTime?.d;
  const reported = book?.find(address.area, "D_reported");
  const silent = reported ? (reported.d ?? 0) - (reported.n ?? 0) : 0;
  const words = [
    n == null || d == null ? "" : t("systemsInTime", { n, d }),
    !reported ? "" : silent > 0 ? t("countiesSilent", { n: silent }) : t("countiesAllReported"),
  ].filter((word) => word !== "");
  if (words.length === 0) return null;
  const isLate = silent > 0 || n !== d;
  return (
    <a
      class={isLate ? "chip late" : "chip"} title={t("dataAgeTitle")}
      href={runsHref(address.area, language)}
    >
      {isLate && <span aria-hidden="true">▲ </span>}{words.join(" · ")}
    </a>
  );
}

