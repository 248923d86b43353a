import type { Catalogue } from "./catalogue.ts";
import { pageTextsEn } from "./pages-en.ts";
import { pageTextsZh } from "./pages-zh.ts";

export type PageText = keyof typeof pageTextsZh;

/**
 * Texts of the first view of every page: header, states, sentence, gates, helped groups.
 * The dashboards load the two languages one by one (dashboards/page-words.ts).
 */
export const pageTexts: Catalogue<PageText> = { zh: pageTextsZh, en: pageTextsEn };
