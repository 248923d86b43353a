import { systemNames } from "../../functions/shared/messages/systems.ts";
import {
  formatBytes, formatCount, formatDay, formatDuration,
} from "../../functions/shared/number-format.ts";
import { buildArrivals, listNights } from "../arrivals.ts";
import type { FileRow, LoadError, StepRow, SystemRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { ArrivalGrid } from "../parts/arrival-grid.tsx";
import { NightCost } from "../parts/night-cost.tsx";
import { FileTable } from "../parts/file-table.tsx";
import { Footer } from "../parts/footer.tsx";
import { Header } from "../parts/header.tsx";
import { SortableTable } from "../parts/sortable-table.tsx";
import { Failure, Loading } from "../parts/states.tsx";
import { useTable } from "../use-table.ts";
import { useDetail } from "../use-detail.ts";

/** Did the night work, what came, what was refused, what did it cost? */
export function RunsPage() {
  const { address, language } = usePage();
  const systems = useTable(address.area, "systems");
  if (systems.kind === "failed") {
    return <Broken error={systems.error} />;
  }
  if (systems.kind === "loading") {
    return <><Header book={null} systems={null} /><Loading language={language} /></>;
  }
  return (
    <>
      <Header book={null} systems={systems.rows} />
      {address.area === "51"
        ? <Nights systems={byName(systems.rows)} />
        : <Arrived systems={byName(systems.rows)} />}
      <Footer />
    </>
  );
}

/** Which systems are in time; all that the slice of a city or county holds. */
function Arrived({ systems }: { readonly systems: readonly SystemRow[] }) {
  const { language, pointer } = usePage();
  const t = useDetail();
  const inTime = systems.filter((system) => Number(system.is_in_time));
  return (
    <main id="main" tabIndex={-1}>
      <section class="reading wide">
        <h1>
          {t("runsLeadArea", {
            day: formatDay(pointer.as_of, language), n: inTime.length, d: systems.length,
          })}
        </h1>
        <p>{useSilentSystems(systems)}{t("runsAreaNote")}</p>
      </section>
      <SystemTable systems={systems} className="wide" />
    </main>
  );
}

/** Names the systems that are overdue. */
function useSilentSystems(systems: readonly SystemRow[]): string {
  const { language } = usePage();
  const t = useDetail();
  const silent = systems.filter((system) => !Number(system.is_in_time));
  if (silent.length === 0) return t("runsAllInTime");
  return t("runsSilent", {
    n: silent.length,
    systems: silent.map((s) => systemNames[s.system]?.[language] ?? s.system).join("、"),
  });
}

/** In the order of systems.md, the registry first. */
function byName(systems: readonly SystemRow[]): readonly SystemRow[] {
  const names = Object.keys(systemNames);
  return [...systems].sort((a, b) => names.indexOf(a.system) - names.indexOf(b.system));
}

function Broken({ error }: { readonly error: LoadError }) {
  const { address, language } = usePage();
  return (
    <>
      <Header book={null} systems={null} />
      <Failure
        kind={error.kind} area={address.area} language={language} retry={() => location.reload()}
      />
    </>
  );
}

function Nights({ systems }: { readonly systems: readonly SystemRow[] }) {
  const { language, address, pointer } = usePage();
  const t = useDetail();
  const files = useTable("51", "files");
  const steps = useTable("51", "steps");
  const silentSystems = useSilentSystems(systems);
  if (files.kind === "failed") return <Broken error={files.error} />;
  if (files.kind === "loading") return <Loading language={language} />;
  const stepRows = steps.kind === "ready" ? steps.rows : [];
  const nights = listNights(
    [...files.rows, ...stepRows].map((row) => row.known_on).concat(pointer.as_of));
  const night = address.day && nights.includes(address.day) ? address.day : pointer.as_of;
  const ofNight = files.rows.filter((file) => file.known_on === night);
  return (
    <main id="main" tabIndex={-1}>
      <section class="reading wide">
        <h1>{leadOf(ofNight)}</h1>
        <p>
          {stoppedOf(ofNight)}
          {night !== pointer.as_of &&
            t("runsAsOf", { day: formatDay(pointer.as_of, language) })}
          {silentSystems}
        </p>
      </section>
      <ArrivalGrid
        systems={systems} nights={nights} night={night}
        arrivals={buildArrivals(systems, files.rows, nights)}
      />
      <section class="wide">
        <h2>{t("filesHeading", { day: formatDay(night, language) })}</h2>
        {ofNight.length === 0
          ? <p class="quiet">{t("filesNone")}</p>
          : <FileTable files={ofNight} night={night} />}
      </section>
      <Steps rows={stepRows.filter((step) => step.known_on === night)} night={night} />
      <SystemTable systems={systems} className="half" />
      <NightCost night={night} />
    </main>
  );

  /** Files that did not get into the figures. */
  function stoppedOf(rows: readonly FileRow[]): string {
    const refused = rows.filter((row) => row.status === "refused");
    const held = rows.filter((row) => row.status === "held");
    const waiting = held.reduce((total, row) => total + (row.rows_accepted ?? 0), 0);
    return [
      refused.length > 0 && t("runsRefused", { n: refused.length }),
      held.length > 0 && t("runsHeld", { n: held.length, rows: formatCount(waiting) }),
    ].filter(Boolean).join("");
  }

  function leadOf(rows: readonly FileRow[]): string {
    const day = formatDay(night, language);
    if (rows.length === 0) return t("runsLeadNone", { day });
    const sum = (key: "rows_read" | "rows_accepted" | "rows_rejected" | "rows_duplicate") =>
      formatCount(rows.reduce((total, row) => total + (row[key] ?? 0), 0));
    return t("runsLead", {
      day, files: formatCount(rows.length), read: sum("rows_read"),
      accepted: sum("rows_accepted"), rejected: sum("rows_rejected"),
      duplicate: sum("rows_duplicate"),
    });
  }
}

const steps = [
  "plan", "ingest", "measure", "slips", "scorecards", "publish", "alert",
] as const;

function inOrder(rows: readonly StepRow[]): readonly StepRow[] {
  const place = (row: StepRow) => steps.findIndex((step) => step === row.step);
  return [...rows].sort((a, b) => place(a) - place(b));
}

function Steps({ rows, night }: { readonly rows: readonly StepRow[]; readonly night: string }) {
  const { language } = usePage();
  const t = useDetail();
  if (rows.length === 0) return null;
  const stepName = (step: string) => {
    const known = steps.find((word) => word === step);
    return known ? t(`step_${known}`) : step;
  };
  const heading = t("stepsHeading", { day: formatDay(night, language) });
  return (
    <section class="half">
      <h2>{heading}</h2>
      <SortableTable
        caption={heading} rows={inOrder(rows)} keyOf={(row) => row.step} initialSort="" isFixed
        columns={[
          { key: "step", head: t("colStep"), cell: (row) => stepName(row.step) },
          {
            key: "seconds", head: t("colDuration"), isNumber: true,
            cell: (row) => formatDuration(row.seconds),
          },
          {
            key: "bytes", head: t("colBytes"), isNumber: true,
            cell: (row) => formatBytes(row.bytes),
          },
        ]}
      />
    </section>
  );
}

function SystemTable({ systems, className }: {
  readonly systems: readonly SystemRow[]; readonly className: "half" | "wide";
}) {
  const { language } = usePage();
  const t = useDetail();
  return (
    <section class={className}>
      <h2>{t("newestArrival")}</h2>
      <SortableTable
        caption={t("newestArrival")} rows={systems} keyOf={(row) => row.system}
        initialSort="" isFixed
        columns={[
          {
            key: "system", head: t("gridSystem"),
            cell: (row) => systemNames[row.system]?.[language] ?? row.system,
          },
          {
            key: "arrival", head: t("newestArrival"),
            cell: (row) => formatDay(row.newest_arrival_on, language),
          },
          {
            key: "state", head: t("colState"),
            cell: (row) => Number(row.is_in_time)
              ? <span class="state-word ok">✓ {t("inTime")}</span>
              : (
                <span class="state-word late">
                  ▲ {row.silent_days === null
                    ? t("neverArrived")
                    : t("silentDays", { n: formatCount(row.silent_days) })}
                </span>
              ),
          },
        ]}
      />
    </section>
  );
}
