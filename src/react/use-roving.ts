import { type FocusEvent, type KeyboardEvent, type RefObject, useRef, useState } from "react";
import { useLayout } from "./use-layout.ts";

export interface Roving {
  readonly listRef: RefObject<HTMLUListElement | null>;
  /** The one item at which Tab stops. */
  readonly currentId: string | undefined;
  readonly focus: (id: string | undefined) => void;
  /** Of the list. */
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
  /** Of whatever holds the list. */
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/**
 * A list that is one stop of Tab, in which the arrow keys, Home and End go from item to item. Where the item in focus
 * goes away, by whatever hand, the focus moves to the one that took its place. Items carry their id as `data-id`, and
 * what is focused in them is their first link or button.
 *
 * @param elsewhere what takes the focus when no item is left.
 */
export function useRoving(ids: readonly string[], elsewhere: RefObject<HTMLElement | null>): Roving {
  const listRef = useRef<HTMLUListElement>(null);
  const [chosen, choose] = useState<string>();
  const focused = useRef<{ readonly id: string; readonly index: number }>(undefined);
  const currentId = chosen !== undefined && ids.includes(chosen) ? chosen : ids[0];

  const focus = (id: string | undefined) => {
    if (id === undefined) return elsewhere.current?.focus();
    const items = listRef.current?.children ?? [];
    const item = [...items].find((element) => element instanceof HTMLElement && element.dataset.id === id);
    const target = item?.querySelector<HTMLElement>("a, button");
    choose(id);
    target?.focus();
  };

  // Before the page is painted, so that the focus is never seen to be lost.
  useLayout(() => {
    const last = focused.current;
    if (!last) return;
    const index = ids.indexOf(last.id);
    if (index >= 0) {
      focused.current = { ...last, index };
      return;
    }
    if (document.activeElement && document.activeElement !== document.body) return;
    focused.current = undefined;
    focus(ids[Math.min(last.index, ids.length - 1)]);
  });

  return {
    listRef,
    currentId,
    focus,
    onFocus({ target }) {
      const item = target.closest<HTMLElement>("[data-id]");
      const id = item?.dataset.id;
      if (id === undefined) return;
      focused.current = { id, index: ids.indexOf(id) };
      choose(id);
    },
    onBlur({ relatedTarget }) {
      // Without a target the item may just be going away.
      if (relatedTarget && !listRef.current?.contains(relatedTarget)) focused.current = undefined;
    },
    onKeyDown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const isInside = event.target instanceof Node && listRef.current?.contains(event.target);
      const to = target(event.key, isInside ? ids.indexOf(currentId ?? "") : undefined, ids.length);
      if (to === undefined) return;
      event.preventDefault();
      focus(isInside ? ids[to] : currentId);
    },
  };
}

/** Where a key leads from an item, or from outside of the list; `undefined` for keys that lead nowhere. */
function target(key: string, from: number | undefined, length: number): number | undefined {
  if (length === 0) return undefined;
  if (from === undefined) return key === "ArrowDown" ? 0 : undefined;
  switch (key) {
    case "ArrowDown":
      return Math.min(from + 1, length - 1);
    case "ArrowUp":
      return Math.max(from - 1, 0);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return undefined;
  }
}
