import { useWords } from "../language-choice.ts";
import { useTheme } from "../theme.ts";
import { ToolButton } from "../ui/tool-button.tsx";

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
  return <ToolButton icon={next === "dark" ? "moon" : "sun"} label={words[next]} onClick={toggle} />;
}
