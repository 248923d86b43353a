import { areaName } from "../../functions/shared/areas.ts";
import { fillMessage } from "../../functions/shared/messages/catalogue.ts";
import { findingTexts } from "../../functions/shared/messages/findings.ts";
import type { FindingText } from "../../functions/shared/messages/findings.ts";
import { systemNames } from "../../functions/shared/messages/systems.ts";
import {
  formatCount, formatNearDay, formatShare,
} from "../../functions/shared/number-format.ts";
import { areaHref, runsHref } from "../address.ts";
import type { FindingRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { useTable } from "../use-table.ts";
import { PartFailed } from "./part-failed.tsx";
import { useDetail } from "../use-detail.ts";

/** Open findings by weight, at most `limit`. */
export function Attention({ area, limit }: { readonly area: string; readonly limit: number }) {
  const t = useDetail();
  const findings = useTable(area, "findings");
  return (
    <div class="attention">
      <h2>{t("attentionHeading")}</h2>
      {findings.kind === "failed" && <PartFailed />}
      {findings.kind === "ready" && (findings.rows.length === 0
        ? <p class="quiet">{t("attentionNone")}</p>
        : (
          <ol>
            {byWeight(findings.rows).slice(0, limit).map((row) => (
              <Finding key={row.finding_key} row={row} area={area} />
            ))}
          </ol>
        ))}
    </div>
  );
}

function Finding({ row, area }: { readonly row: FindingRow; readonly area: string }) {
  const { language, pointer } = usePage();
  const t = useDetail();
  const isSystem = row.rule_code === "source_silent" || (row.subject ?? "") in systemNames;
  const day = (on: string | null) => formatNearDay(on, pointer.as_of, language);
  return (
    <li>
      <a href={isSystem ? runsHref(area, language) : areaHref(row.area_code, language)}>
        {findingSentence(row, language)}
      </a>{" "}
      <small>
        {row.since_on && t("attentionSince", { day: day(row.since_on) })}
        {row.due_on && ` · ${t("attentionDue", { day: day(row.due_on) })}`}
      </small>
    </li>
  );
}

/** One finding in words; a rule without words of its own says its code. */
export function findingSentence(row: FindingRow, language: "zh" | "en"): string {
  const texts = findingTexts[language];
  // Days of silence are counted from an arrival; without one the system has never reported.
  const key = row.rule_code === "source_silent" && row.n === null
    ? "source_never"
    : row.rule_code;
  const template = key in texts ? texts[key as FindingText] : texts.other;
  return fillMessage(template, {
    area: areaName(row.area_code),
    subject: systemNames[row.subject ?? ""]?.[language] ?? row.subject ?? "",
    rule: row.rule_code,
    n: formatCount(row.n), d: formatCount(row.d),
    share: formatShare(row.n !== null && row.d ? row.n / row.d : null),
  });
}

const weights = ["critical", "high", "warning", "medium", "notice", "low", "info"];

function byWeight(rows: readonly FindingRow[]): readonly FindingRow[] {
  const weight = (row: FindingRow) => {
    const place = weights.indexOf(String(row.severity));
    return place === -1 ? weights.length : place;
  };
  return [...rows].sort((a, b) =>
    weight(a) - weight(b) || (a.since_on ?? "").localeCompare(b.since_on ?? ""));
}
