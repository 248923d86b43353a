import { fillMessage } from "../functions/shared/messages/catalogue.ts";
import type { Language, Translate } from "../functions/shared/messages/catalogue.ts";
import type { PageText } from "../functions/shared/messages/pages.ts";
import { pageTextsZh } from "../functions/shared/messages/pages-zh.ts";

type Words = Readonly<Record<PageText, string>>;

const loaded: { zh: Words; en: Words | null } = { zh: pageTextsZh, en: null };

/** Loads the words of a language where they are not there yet. */
export async function loadWords(language: Language): Promise<void> {
  if (loaded[language]) return;
  loaded.en = (await import("../functions/shared/messages/pages-en.ts")).pageTextsEn;
}

/** Words of the first view; Chinese until the language asked for has been loaded. */
export function pageWords(language: Language): Translate<PageText> {
  const words = loaded[language] ?? loaded.zh;
  return (key, values) => fillMessage(words[key], values);
}
