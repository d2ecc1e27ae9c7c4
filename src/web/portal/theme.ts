import { useCallback, useLayoutEffect, useState } from "react";
import { recall, remember } from "./remember.ts";

export type Theme = "light" | "dark";

const KEY = "carillon-portal-theme";

function initial(): Theme {
  const chosen = recall("device", KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Light or dark: what was chosen here, else what the system prefers. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(initial);
  // Before anything is drawn, so that who chose dark sees no light first.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const toggle = useCallback(() => {
    setTheme((now) => {
      const next = now === "light" ? "dark" : "light";
      remember("device", KEY, next);
      return next;
    });
  }, []);
  return [theme, toggle];
}
