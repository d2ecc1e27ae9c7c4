import type { InboxNotification } from "../client/api.ts";
import { linkTo } from "./action-url.ts";
import { remembered } from "./remembered.ts";
import {
  type BrowserPermissionModel,
  permissionNow,
  useBrowserPermission,
} from "./use-browser-permission.ts";
import { useLatest } from "./use-latest.ts";
import { useNewNotifications } from "./use-new-notifications.ts";

export interface UseBrowserNotificationsOptions {
  /** Whether any are shown: they are, unless it was turned off on this device by `NotificationPrompt`. */
  readonly enabled?: boolean | undefined;
  /** The address of a picture. */
  readonly icon?: string | undefined;
  /** One was clicked; following its link unless it is said. */
  readonly onOpen?: ((notification: InboxNotification) => void) | undefined;
}

export type BrowserNotificationsModel = BrowserPermissionModel;

/**
 * Shows what is new as notifications of the browser while nobody looks at the page. The same notification has the same
 * `tag` in every tab, so that the browser shows it once. Silent and replayed ones are left to the bell.
 */
export function useBrowserNotifications({
  enabled,
  icon,
  onOpen = follow,
}: UseBrowserNotificationsOptions = {}): BrowserNotificationsModel {
  const model = useBrowserPermission();
  const opened = useLatest(onOpen);
  useNewNotifications((notification, { replayed }) => {
    if (
      !(enabled ?? remembered("browserNotifications") ?? true) ||
      replayed ||
      notification.silent ||
      permissionNow() !== "granted"
    )
      return;
    if (document.visibilityState === "visible") return;
    void show(notification, icon, (clicked) => opened.current(clicked));
  });
  return model;
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
