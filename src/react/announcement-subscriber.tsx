import { type ReactNode, useState } from "react";
import { linkTo } from "./action-url.ts";
import type { Announcement } from "./announcement.ts";
import { IconButton } from "./icon-button.tsx";
import { NotificationIcon } from "./icons.tsx";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { useAnnouncements } from "./use-announcements.ts";

export interface AnnouncementSubscriberProps {
  readonly onAnnouncement?: ((announcement: Announcement) => void) | undefined;
  /** The names of the events that are announcements. */
  readonly events?: readonly string[] | undefined;
  /** Draws the newest one until it is dismissed; a banner unless it is said. */
  readonly children?: ((announcement: Announcement, dismiss: () => void) => ReactNode) | undefined;
  readonly className?: string | undefined;
}

/**
 * Announcements, for a whole application: the newest as a banner until it is dismissed. Where `Toasts` is on the page it
 * tells them too; give it `announcements={[]}`, or this one `onAnnouncement` and children that draw nothing.
 *
 * @example
 * <AnnouncementSubscriber onAnnouncement={({ message }) => log(message)} />
 */
export function AnnouncementSubscriber({
  onAnnouncement,
  events,
  children,
  className,
}: AnnouncementSubscriberProps) {
  const texts = useTexts();
  const [newest, setNewest] = useState<Announcement>();
  useAnnouncements((announcement) => {
    setNewest(announcement);
    onAnnouncement?.(announcement);
  }, events);
  if (!newest) return null;
  const dismiss = () => setNewest(undefined);
  if (children) return children(newest, dismiss);
  const link = linkTo(newest.actionUrl);
  const isUrgent = newest.type === "error" || newest.priority === "high" || newest.priority === "critical";
  return (
    <div
      className={names("carillon", "carillon-banner", className)}
      role={isUrgent ? "alert" : "status"}
      data-type={newest.type}
    >
      <NotificationIcon type={newest.type === "info" ? "announcement" : newest.type} />
      <p className="carillon-banner-text">
        <strong>{newest.title ?? texts.announcement}</strong> {newest.message}
        {link !== undefined && (
          <>
            {" "}
            <a className="carillon-link" href={link}>
              {texts.open}
            </a>
          </>
        )}
      </p>
      <IconButton icon="close" label={texts.dismiss} onClick={dismiss} />
    </div>
  );
}
