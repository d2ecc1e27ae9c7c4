import type { ReactNode } from "react";
import type { InboxNotification } from "../client/api.ts";
import type { Announcement } from "./announcement.ts";

/** One message that stands at the edge of the page for a while. */
export interface Toast {
  /** Another of the same key takes the place of the first. */
  readonly key: string;
  readonly type: string;
  readonly title: string;
  readonly message?: ReactNode;
  readonly actionUrl?: string | undefined;
  readonly actionText?: string | undefined;
  readonly priority: InboxNotification["priority"];
  readonly notification?: InboxNotification | undefined;
}

/** What is shown, oldest first, and what waits for room. */
export interface ToastQueue {
  readonly shown: readonly Toast[];
  readonly waiting: readonly Toast[];
  /** The newest keys that have been shown, so that what was dismissed does not come again under its other name. */
  readonly known: readonly string[];
}

export type ToastChange =
  | { readonly do: "add"; readonly toast: Toast; readonly max: number }
  | { readonly do: "dismiss"; readonly key: string; readonly max: number };

export const noToasts: ToastQueue = { shown: [], waiting: [], known: [] };

const KNOWN_AT_MOST = 100;

/** The queue after a change. What is `critical` never waits; it may make one more than there is room for. */
export function changedQueue(queue: ToastQueue, change: ToastChange): ToastQueue {
  if (change.do === "dismiss") {
    const without = ({ key }: Toast) => key !== change.key;
    return filled(
      { ...queue, shown: queue.shown.filter(without), waiting: queue.waiting.filter(without) },
      change.max,
    );
  }
  const { toast, max } = change;
  if (queue.known.includes(toast.key)) {
    const renewed = (old: Toast) => (old.key === toast.key ? toast : old);
    return { ...queue, shown: queue.shown.map(renewed), waiting: queue.waiting.map(renewed) };
  }
  const known = [...queue.known, toast.key].slice(-KNOWN_AT_MOST);
  if (toast.priority === "critical") return { ...queue, known, shown: [...queue.shown, toast] };
  return filled({ ...queue, known, waiting: [...queue.waiting, toast] }, max);
}

function filled(queue: ToastQueue, max: number): ToastQueue {
  const room = Math.max(0, max - queue.shown.length);
  if (room === 0 || queue.waiting.length === 0) return queue;
  return {
    ...queue,
    shown: [...queue.shown, ...queue.waiting.slice(0, room)],
    waiting: queue.waiting.slice(room),
  };
}

/** How long a toast stands, in ms, while nobody looks closer; `undefined` until it is dismissed. */
export function durationOf({ priority }: Toast): number | undefined {
  return { low: 4000, normal: 6000, high: 10_000, critical: undefined }[priority];
}

export function toastOfNotification(notification: InboxNotification): Toast {
  const { id, type, title, message, actionUrl, actionText, priority } = notification;
  return { key: id, type, title, message, actionUrl, actionText, priority, notification };
}

/** @param untitled what an announcement without a title is called. */
export function toastOfAnnouncement(announcement: Announcement, untitled: string): Toast {
  const { id, type, title = untitled, message, priority, actionUrl } = announcement;
  return { key: id, type: type === "info" ? "announcement" : type, title, message, actionUrl, priority };
}

/**
 * What of a replay becomes toasts: a handful one by one, more than that as one that says how many.
 *
 * @param summary what is said of so many.
 */
export function toastsOfReplay(
  replayed: readonly InboxNotification[],
  handful: number,
  summary: (count: number) => string,
): readonly Toast[] {
  if (replayed.length <= handful) return replayed.map(toastOfNotification);
  const newest = replayed.at(-1)?.id ?? "";
  return [
    { key: `replay ${newest}`, type: "notification", title: summary(replayed.length), priority: "normal" },
  ];
}
