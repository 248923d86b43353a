export type Language = "zh" | "en";

export type MessageValues = Readonly<Record<string, string | number>>;

/** Texts of one topic: the same keys in both languages, `{name}` places inside. */
export interface Catalogue<Key extends string> {
  readonly zh: Readonly<Record<Key, string>>;
  readonly en: Readonly<Record<Key, string>>;
}

/** Fills `{name}` places; throws on a place without a value, so that no page shows a brace. */
export function fillMessage(template: string, values: MessageValues = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`message: missing value: ${name}; template: ${template}`);
    }
    return String(value);
  });
}

export type Translate<Key extends string> = (key: Key, values?: MessageValues) => string;

/** The texts of one language as a function of key and values. */
export function translatorOf<Key extends string>(
  catalogue: Catalogue<Key>, language: Language,
): Translate<Key> {
  return (key, values) => fillMessage(catalogue[language][key], values);
}
