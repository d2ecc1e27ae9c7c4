import { type MouseEvent, useEffect, useRef, useState } from "react";
import { linkTo } from "./action-url.ts";
import { IconButton } from "./icon-button.tsx";
import { type Icons, NotificationIcon } from "./icons.tsx";
import { names } from "./names.ts";
import { useClient, useTexts } from "./provider.tsx";
import { durationOf, type Toast } from "./toast-queue.ts";
import { useLatest } from "./use-latest.ts";
import { type UseToastsOptions, useToasts } from "./use-toasts.ts";

export interface ToastsProps extends UseToastsOptions {
  /** The corner: `bottom-right` unless it is said, where neither the bell nor its panel is covered. */
  readonly position?: "top-right" | "top-left" | "bottom-right" | "bottom-left" | undefined;
  readonly icons?: Icons | undefined;
  /** The link of one was followed; `preventDefault` keeps the browser from it, for a router of one's own. */
  readonly onOpen?: ((toast: Toast, event: MouseEvent<HTMLElement>) => void) | undefined;
  readonly className?: string | undefined;
}

/**
 * New notifications and announcements, each for a few seconds at the edge of the page; longer while a pointer or the
 * focus is on them, or while nobody looks at the page. What is `critical` stays until it is dismissed; what an open panel
 * shows is not told twice.
 *
 * @example
 * <Toasts />
 */
export function Toasts({ position = "bottom-right", icons, onOpen, className, ...options }: ToastsProps) {
  const { toasts, dismiss } = useToasts(options);
  const texts = useTexts();
  const pause = usePause(toasts.length);
  return (
    <section
      className={names("carillon", "carillon-toasts", className)}
      data-position={position}
      aria-label={texts.toasts}
      {...pause.listeners}
    >
      {toasts.map((toast) => (
        <ToastCard
          key={toast.key}
          toast={toast}
          icons={icons}
          isPaused={pause.isPaused}
          onOpen={onOpen}
          onDismiss={dismiss}
        />
      ))}
    </section>
  );
}

interface ToastCardProps {
  readonly toast: Toast;
  readonly icons: Icons | undefined;
  readonly isPaused: boolean;
  readonly onOpen: ToastsProps["onOpen"];
  readonly onDismiss: (key: string) => void;
}

function ToastCard({ toast, icons, isPaused, onOpen, onDismiss }: ToastCardProps) {
  const texts = useTexts();
  const { inbox } = useClient();
  const link = linkTo(toast.actionUrl);
  useCountdown(durationOf(toast), isPaused, () => onDismiss(toast.key));
  const open = (event: MouseEvent<HTMLElement>) => {
    // That it could not be marked shows by itself: it is still unread.
    if (toast.notification) inbox.mark("read", [toast.notification.id]).catch(() => {});
    onOpen?.(toast, event);
    onDismiss(toast.key);
  };
  return (
    <div
      className="carillon-toast"
      role={toast.priority === "high" || toast.priority === "critical" ? "alert" : "status"}
      data-priority={toast.priority}
    >
      <NotificationIcon type={toast.type} icons={icons} />
      <div className="carillon-toast-text">
        <p className="carillon-toast-title">{toast.title}</p>
        {toast.message !== undefined && <p className="carillon-toast-message">{toast.message}</p>}
        {link !== undefined && (
          <a className="carillon-toast-link" href={link} onClick={open}>
            {toast.actionText ?? texts.open}
          </a>
        )}
      </div>
      <IconButton icon="close" label={texts.dismiss} of={toast.title} onClick={() => onDismiss(toast.key)} />
    </div>
  );
}

/**
 * Whether somebody looks closer, or nobody looks at the page at all.
 *
 * @param count how many there are: what is taken away takes the focus along without a word.
 */
function usePause(count: number) {
  const section = useRef<HTMLElement>(null);
  const [isOver, setOver] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [isHidden, setHidden] = useState(false);
  useEffect(() => {
    const look = () => setHidden(document.visibilityState === "hidden");
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again when one has gone
  useEffect(() => {
    if (!section.current?.contains(document.activeElement)) setFocused(false);
    if (!section.current?.matches(":hover")) setOver(false);
  }, [count]);
  return {
    isPaused: isOver || isFocused || isHidden,
    listeners: {
      ref: section,
      onPointerEnter: () => setOver(true),
      onPointerLeave: () => setOver(false),
      onFocus: () => setFocused(true),
      onBlur: () => setFocused(false),
    },
  };
}

/** Calls a function after so many ms in which it was not paused. */
function useCountdown(duration: number | undefined, isPaused: boolean, done: () => void): void {
  const left = useRef(duration);
  const latest = useLatest(done);
  useEffect(() => {
    if (isPaused || left.current === undefined) return;
    const since = Date.now();
    const timer = setTimeout(() => latest.current(), left.current);
    return () => {
      clearTimeout(timer);
      if (left.current !== undefined) left.current = Math.max(0, left.current - (Date.now() - since));
    };
  }, [isPaused, latest]);
}
