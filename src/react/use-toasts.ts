import { useCallback, useEffect, useReducer, useRef } from "react";
import type { InboxNotification } from "../client/api.ts";
import { announcementEvents } from "./announcement.ts";
import { usePanels, useTexts } from "./provider.tsx";
import {
  changedQueue,
  noToasts,
  type Toast,
  type ToastChange,
  type ToastQueue,
  toastOfAnnouncement,
  toastOfNotification,
  toastsOfReplay,
} from "./toast-queue.ts";
import { useAnnouncements } from "./use-announcements.ts";
import { useLatest } from "./use-latest.ts";
import { useNewNotifications } from "./use-new-notifications.ts";

const defaults = {
  /** Toasts at once; the others wait. */
  max: 3,
  /** Toasts, of what had come while nobody was there; more are said in one. */
  handful: 3,
};

/** ms; a replay is over when nothing more of it has come for so long. */
const REPLAY_PAUSE = 150;

export interface UseToastsOptions {
  readonly max?: number | undefined;
  readonly handful?: number | undefined;
  /** The names of the events that are announcements; none for `[]`. */
  readonly announcements?: readonly string[] | undefined;
}

export interface ToastsModel {
  readonly toasts: readonly Toast[];
  readonly dismiss: (key: string) => void;
  /** Shows one of the application's own. */
  readonly show: (toast: Toast) => void;
}

/**
 * What `Toasts` shows, for who draws them otherwise: announcements and new notifications, but not silent ones, nor those
 * that come while a panel on the page shows them.
 */
export function useToasts({
  max = defaults.max,
  handful = defaults.handful,
  announcements = announcementEvents,
}: UseToastsOptions = {}): ToastsModel {
  const texts = useTexts();
  const panels = usePanels();
  const [queue, change] = useReducer<ToastQueue, [ToastChange]>(changedQueue, noToasts);
  const show = useCallback((toast: Toast) => change({ do: "add", toast, max }), [max]);
  const dismiss = useCallback((key: string) => change({ do: "dismiss", key, max }), [max]);

  const gather = useGathering((replayed: readonly InboxNotification[]) => {
    for (const toast of toastsOfReplay(replayed, handful, texts.whileAway)) show(toast);
  });
  useNewNotifications((notification, { replayed }) => {
    if (notification.silent || panels.size > 0) return;
    if (replayed) gather(notification);
    else show(toastOfNotification(notification));
  });
  useAnnouncements(
    (announcement) => show(toastOfAnnouncement(announcement, texts.announcement)),
    announcements,
  );
  return { toasts: queue.shown, dismiss, show };
}

/** Gathers what comes one upon the other, and hands it on together when there is a pause. */
function useGathering<Item>(handOn: (items: readonly Item[]) => void): (item: Item) => void {
  const items = useRef<Item[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useLatest(handOn);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (item) => {
      items.current.push(item);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const gathered = items.current;
        items.current = [];
        latest.current(gathered);
      }, REPLAY_PAUSE);
    },
    [latest],
  );
}
