import { isReported } from "../../functions/shared/charts/county-classes.ts";
import type { FigureBook } from "../../functions/shared/figure-book.ts";
import { smallGroupTeachers } from "../../functions/shared/figures.ts";
import type { FigureCode } from "../../functions/shared/figures.ts";
import { placeTypeNames, schoolTypeNames } from "../../functions/shared/messages/schools.ts";
import { formatCount, formatHours, nothing } from "../../functions/shared/number-format.ts";
import type { SchoolRow } from "../data.ts";
import { usePage } from "../page-context.ts";
import { useTable } from "../use-table.ts";
import { PartFailed } from "./part-failed.tsx";
import { ShareCell, stateName } from "./figure-cell.tsx";
import { SortableTable } from "./sortable-table.tsx";
import type { Column } from "./sortable-table.tsx";
import { useDetail } from "../use-detail.ts";

/** Schools of a county, the most missing hours first. */
export function Schools({ book, area }: { readonly book: FigureBook; readonly area: string }) {
  const { language } = usePage();
  const t = useDetail();
  const schools = useTable(area, "schools");
  if (schools.kind === "loading") return <section class="wide skeleton" />;
  if (schools.kind === "failed") {
    return <section class="wide"><PartFailed /></section>;
  }
  const rows = schools.rows;
  const reported = isReported(book, area);
  const share = (figure: FigureCode, head: string): Column<SchoolRow> => ({
    key: figure, head, isNumber: true,
    value: (school) => book.find(school.school_code, figure)?.share,
    cell: (school) => <ShareCell row={book.find(school.school_code, figure)} />,
  });
  const missing = (figure: FigureCode, head: string): Column<SchoolRow> => ({
    key: figure, head, isNumber: true,
    value: (school) => reported ? book.find(school.school_code, figure)?.n : null,
    cell: (school) => reported
      ? formatHours(book.find(school.school_code, figure)?.n)
      : stateName("not_reported", language),
  });
  const heading = t("schoolsHeading");
  return (
    <section class="wide">
      <h2>{heading}</h2>
      <p class="quiet">{t("schoolsNote", { n: smallGroupTeachers })}</p>
      <SortableTable
        caption={heading} rows={rows} keyOf={(school) => school.school_code}
        initialSort="-H5_practice"
        columns={[
          {
            key: "school", head: t("colSchool"), value: (school) => schoolName(school),
            cell: (school) => schoolName(school),
          },
          {
            key: "teachers", head: t("colTeachers"), isNumber: true,
            value: (school) => school.n_teachers, cell: (school) => formatCount(school.n_teachers),
          },
          missing("H5_practice", t("colMissingPractice")),
          missing("H5_online", t("colMissingOnline")),
          share("H1", t("colH1")), share("H3", t("colH3")), share("H2", t("colH2")),
          {
            key: "type", head: t("colSchoolType"), value: (school) => school.school_type,
            cell: (school) => nameOf(schoolTypeNames, school.school_type),
          },
          {
            key: "place", head: t("colPlace"), value: (school) => school.place_type,
            cell: (school) => nameOf(placeTypeNames, school.place_type),
          },
        ]}
      />
    </section>
  );

  function schoolName(school: SchoolRow): string {
    return school.school_code.endsWith("-small")
      ? t("mergedSchools", { n: smallGroupTeachers })
      : school.school_name;
  }

  function nameOf(names: typeof schoolTypeNames, code: string | null): string {
    return code === null ? nothing : names[code]?.[language] ?? code;
  }
}
