import { type RefObject, useCallback, useEffect, useId, useRef, useState } from "react";
import { useLayout } from "./use-layout.ts";

/** px that stay free between what is opened and the edge of the window. */
const MARGIN = 8;

export interface Popover {
  readonly isOpen: boolean;
  readonly open: () => void;
  /** Closes it, and takes the focus back to the button if it was inside. */
  readonly close: () => void;
  readonly toggle: () => void;
  /** Of the button that opens it and of what it opens. */
  readonly buttonRef: RefObject<HTMLButtonElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
  readonly contentId: string;
}

/** Something that a button opens, within the window: it closes by Escape, and by a click or a focus somewhere else. */
export function usePopover(): Popover {
  const [isOpen, setOpen] = useState(false);
  const buttonRef = useRef<HTMLButtonElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const contentId = useId();

  const open = useCallback(() => setOpen(true), []);
  const close = useCallback(() => {
    const { activeElement } = document;
    if (contentRef.current?.contains(activeElement)) buttonRef.current?.focus();
    setOpen(false);
  }, []);
  const toggle = useCallback(() => setOpen((was) => !was), []);

  useLayout(() => {
    if (!isOpen) return;
    const place = () => keepInside(contentRef.current);
    place();
    addEventListener("resize", place);
    return () => removeEventListener("resize", place);
  }, [isOpen]);

  useEffect(() => {
    if (!isOpen) return;
    const isOutside = (target: EventTarget | null) =>
      target instanceof Node &&
      target.isConnected &&
      !contentRef.current?.contains(target) &&
      !buttonRef.current?.contains(target);
    const closeOutside = ({ target }: Event) => {
      if (isOutside(target)) setOpen(false);
    };
    const closeByKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close();
    };
    document.addEventListener("pointerdown", closeOutside);
    document.addEventListener("focusin", closeOutside);
    document.addEventListener("keydown", closeByKey);
    return () => {
      document.removeEventListener("pointerdown", closeOutside);
      document.removeEventListener("focusin", closeOutside);
      document.removeEventListener("keydown", closeByKey);
    };
  }, [isOpen, close]);

  return { isOpen, open, close, toggle, buttonRef, contentRef, contentId };
}

/** Moves what hangs beyond an edge of the window. What is placed by the window itself stays. */
function keepInside(content: HTMLElement | null): void {
  if (!content?.offsetParent) return;
  // Not its own box, which an animation may be scaling.
  const start = content.offsetParent.getBoundingClientRect().left + content.offsetLeft;
  const end = start + content.offsetWidth;
  const last = document.documentElement.clientWidth - MARGIN;
  const shift = Math.max(MARGIN - start, Math.min(0, last - end));
  content.style.translate = shift === 0 ? "" : `${shift}px`;
}
