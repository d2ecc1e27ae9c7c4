import { useWords } from "../language-choice.ts";
import { useTheme } from "../theme.ts";
import { Icon } from "../ui/icon.tsx";

const themeWords = {
  en: { light: "Light appearance", dark: "Dark appearance" },
  th: { light: "โหมดสว่าง", dark: "โหมดมืด" },
  vi: { light: "Giao diện sáng", dark: "Giao diện tối" },
};

/** Turns the pages to the appearance that it names. */
export function ThemeButton() {
  const [theme, toggle] = useTheme();
  const words = useWords(themeWords);
  const next = theme === "light" ? "dark" : "light";
  return (
    <button type="button" className="tool" aria-label={words[next]} title={words[next]} onClick={toggle}>
      <Icon name={next === "dark" ? "moon" : "sun"} />
    </button>
  );
}
