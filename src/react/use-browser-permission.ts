import { useCallback, useEffect, useState } from "react";

/** `unsupported` where the browser has no notifications, or the page may not show any; `default` until the user was asked. */
export type BrowserPermission = NotificationPermission | "unsupported";

export interface BrowserPermissionModel {
  readonly permission: BrowserPermission;
  /** Asks the user, and gives the answer. Browsers want that only in answer to a click. */
  readonly request: () => Promise<BrowserPermission>;
}

/** Whether the page may show notifications of the browser, and the way to ask for it. */
export function useBrowserPermission(): BrowserPermissionModel {
  const [permission, setPermission] = useState<BrowserPermission>("unsupported");
  // After the first render, which has to be the same on a server.
  useEffect(() => setPermission(permissionNow()), []);
  const request = useCallback(async () => {
    const now = permissionNow();
    const answer = now === "default" ? await Notification.requestPermission() : now;
    setPermission(answer);
    return answer;
  }, []);
  return { permission, request };
}

/** The permission as the browser has it at this moment. */
export function permissionNow(): BrowserPermission {
  return typeof Notification === "undefined" ? "unsupported" : Notification.permission;
}
