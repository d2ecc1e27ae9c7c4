/** The languages that the portals speak; each person of the demo begins with their own. */
export const languages = { en: "English", th: "ไทย", vi: "Tiếng Việt" } as const;

export type Language = keyof typeof languages;

/** Words in every language that a page is offered in: one that is missing fails the build. */
export type InLanguages<Words, Offered extends Language> = Readonly<Record<Offered, Words>>;

/** Words in English, and in whichever other languages a place is offered in. */
export type Spoken<Words> = { readonly en: Words } & Readonly<Partial<Record<Language, Words>>>;

/** The words in a language; in English where they are not offered in that. */
export function spokenIn<Words>(language: Language, words: Spoken<Words>): Words {
  return words[language] ?? words.en;
}

export function isLanguage(value: string | null | undefined): value is Language {
  return value !== undefined && value !== null && Object.hasOwn(languages, value);
}
