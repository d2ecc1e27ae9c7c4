import { useCallback, useEffect, useState } from "react";
import type { InboxNotification } from "../client/api.ts";
import { linkTo } from "./action-url.ts";
import { useLatest } from "./use-latest.ts";
import { useNewNotifications } from "./use-new-notifications.ts";

export interface UseBrowserNotificationsOptions {
  /** Whether any are shown: they are unless it is said. */
  readonly enabled?: boolean | undefined;
  /** The address of a picture. */
  readonly icon?: string | undefined;
  /** One was clicked; following its link unless it is said. */
  readonly onOpen?: ((notification: InboxNotification) => void) | undefined;
}

export interface BrowserNotificationsModel {
  /** `unsupported` where the browser has none, or the page may not show any; `default` until the user was asked. */
  readonly permission: NotificationPermission | "unsupported";
  /** Asks the user. Browsers want that only in answer to a click. */
  readonly request: () => Promise<void>;
}

/**
 * Shows what is new as notifications of the browser while nobody looks at the page. The same notification has the same
 * `tag` in every tab, so that the browser shows it once. Silent and replayed ones are left to the bell.
 */
export function useBrowserNotifications({
  enabled = true,
  icon,
  onOpen = follow,
}: UseBrowserNotificationsOptions = {}): BrowserNotificationsModel {
  const [permission, setPermission] = useState<BrowserNotificationsModel["permission"]>("unsupported");
  const opened = useLatest(onOpen);
  // After the first render, which has to be the same on a server.
  useEffect(() => setPermission(permissionNow()), []);

  const request = useCallback(async () => {
    if (permissionNow() === "unsupported") return;
    setPermission(await Notification.requestPermission());
  }, []);

  useNewNotifications((notification, { replayed }) => {
    if (!enabled || replayed || notification.silent || permissionNow() !== "granted") return;
    if (document.visibilityState === "visible") return;
    void show(notification, icon, (clicked) => opened.current(clicked));
  });
  return { permission, request };
}

function permissionNow(): BrowserNotificationsModel["permission"] {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}

async function show(
  notification: InboxNotification,
  icon: string | undefined,
  open: (notification: InboxNotification) => void,
): Promise<void> {
  const options = {
    body: notification.message,
    tag: notification.id,
    requireInteraction: notification.priority === "critical",
    ...(icon !== undefined && { icon }),
  };
  try {
    const shown = new Notification(notification.title, options);
    shown.onclick = () => {
      window.focus();
      shown.close();
      open(notification);
    };
  } catch {
    // Chrome on Android wants a service worker for it, if the application has one.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(notification.title, options);
  }
}

function follow({ actionUrl }: InboxNotification): void {
  const link = linkTo(actionUrl);
  if (link !== undefined) location.assign(link);
}
