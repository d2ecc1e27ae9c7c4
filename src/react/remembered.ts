import { useCallback } from "react";
import { type Cell, cell, useStore } from "./store.ts";

/** What somebody may choose for one device; the service does not know it. */
export type Choice = "sound" | "browserNotifications";

const choices: Readonly<Record<Choice, Cell<boolean | undefined>>> = {
  sound: cell<boolean | undefined>(undefined),
  browserNotifications: cell<boolean | undefined>(undefined),
};
const read = new Set<Choice>();

/** What was chosen on this device; `undefined` where nothing was, or where nothing can be kept. */
export function remembered(choice: Choice): boolean | undefined {
  if (!read.has(choice) && typeof window !== "undefined") {
    read.add(choice);
    look(choice);
    // Another tab chose otherwise.
    addEventListener("storage", ({ key }) => {
      if (key === null || key === keyOf(choice)) look(choice);
    });
  }
  return choices[choice].get();
}

/** A choice of this device, in step between components and tabs, and the way to change it. */
export function useRemembered(choice: Choice): readonly [boolean | undefined, (isWanted: boolean) => void] {
  const stored = choices[choice];
  remembered(choice);
  const value = useStore(stored, undefined);
  const choose = useCallback(
    (isWanted: boolean) => {
      stored.set(isWanted);
      try {
        localStorage.setItem(keyOf(choice), isWanted ? "on" : "off");
      } catch {
        // Private windows may keep nothing: it holds until the page is left.
      }
    },
    [choice, stored],
  );
  return [value, choose];
}

function look(choice: Choice): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(keyOf(choice));
  } catch {
    // Nothing can be kept here.
  }
  choices[choice].set(kept === null ? undefined : kept === "on");
}

function keyOf(choice: Choice): string {
  return `carillon:${choice}`;
}
