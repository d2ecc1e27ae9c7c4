import { NotificationSound, Toasts, useBrowserNotifications } from "../../../react/index.ts";
import { usePortal } from "../portal-context.ts";
import { hasStrip } from "./scenario-strip.tsx";

const bell = new URL("../../inspector/bell.svg", import.meta.url).href;

/** What draws attention to what is new, on whichever page one is. */
export function Telling() {
  const { session } = usePortal();
  useBrowserNotifications({ icon: bell });
  return (
    <>
      {/* Where a strip tells announcements, toasts tell only those that are notifications too. */}
      <Toasts announcements={hasStrip(session) ? [] : undefined} />
      <NotificationSound />
    </>
  );
}
