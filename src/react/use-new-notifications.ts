import { useEffect } from "react";
import type { InboxNotification } from "../client/api.ts";
import { useClient } from "./provider.tsx";
import { useLatest } from "./use-latest.ts";

/**
 * Calls a function with each notification that comes while the component is there, silent ones too (`silent`), and
 * whether it was replayed: it had come while this client was away.
 */
export function useNewNotifications(
  listener: (notification: InboxNotification, about: { readonly replayed: boolean }) => void,
): void {
  const { inbox } = useClient();
  const latest = useLatest(listener);
  useEffect(() => inbox.onNew((notification, about) => latest.current(notification, about)), [inbox, latest]);
}
