import { createContext, useContext } from "react";
import { type Language, type Spoken, spokenIn } from "./languages.ts";

export interface LanguageChoice {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

export const LanguageContext = createContext<LanguageChoice>({ language: "en", choose: () => undefined });

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}

/**
 * The words of one place in the language that was chosen; in English where it is not offered in that language.
 *
 * @example
 * const words = useWords(dashboardWords);
 * return <h1>{words.title}</h1>;
 */
export function useWords<Words>(words: Spoken<Words>): Words {
  return spokenIn(useLanguage().language, words);
}
