import type { World } from "../world/world.ts";
import { buildCreditExporter } from "./credit.ts";
import { buildLrsExporter } from "./lrs.ts";
import { buildNtmsExporter } from "./ntms.ts";
import { buildPracticeExporter } from "./practice.ts";
import { buildFilingExporter, buildRegistrationExporter } from "./registry-filings.ts";
import { buildPeopleExporters } from "./registry-people.ts";
import { buildPointExporters } from "./registry-points.ts";
import { buildSchoolExporter, buildTeacherExporter } from "./registry-rolls.ts";
import { buildSurveyExporter } from "./survey.ts";
import type { Exporter } from "./table.ts";
import { buildVendorAExporter } from "./vendor-a.ts";
import { buildVendorBExporter } from "./vendor-b.ts";
import { buildYunjiaoExporter } from "./yunjiao.ts";

/** All twenty kinds of export of the nine systems. */
export function listExporters(world: World): readonly Exporter[] {
  return [
    buildSchoolExporter(world), buildTeacherExporter(world), buildRegistrationExporter(world),
    buildFilingExporter(world), ...buildPointExporters(world), ...buildPeopleExporters(world),
    buildNtmsExporter(world), buildCreditExporter(world), buildVendorAExporter(world),
    buildVendorBExporter(world), buildYunjiaoExporter(world), buildPracticeExporter(world),
    buildLrsExporter(world), buildSurveyExporter(world),
  ];
}
