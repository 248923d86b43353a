import { translatorOf } from "../functions/shared/messages/catalogue.ts";
import type { Translate } from "../functions/shared/messages/catalogue.ts";
import { detailTexts } from "../functions/shared/messages/page-details.ts";
import type { DetailText } from "../functions/shared/messages/page-details.ts";
import { usePage } from "./page-context.ts";

/** Words of what is loaded after the first view. */
export function useDetail(): Translate<DetailText> {
  return translatorOf(detailTexts, usePage().language);
}
