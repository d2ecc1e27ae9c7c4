import { useLanguage, useWords } from "../language-choice.ts";
import { isLanguage, languages } from "../languages.ts";

const selectWords = { en: "Language", th: "ภาษา", vi: "Ngôn ngữ" };

/** The languages, each in its own name. */
export function LanguageSelect() {
  const { language, choose } = useLanguage();
  const label = useWords(selectWords);
  return (
    <select
      className="language-select"
      aria-label={label}
      value={language}
      onChange={({ target }) => isLanguage(target.value) && choose(target.value)}
    >
      {Object.entries(languages).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
