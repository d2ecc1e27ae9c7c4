import type { MouseEvent } from "react";
import type { InboxNotification } from "../client/api.ts";
import { linkTo } from "./action-url.ts";
import { IconButton } from "./icon-button.tsx";
import { type IconName, type Icons, NotificationIcon } from "./icons.tsx";
import { useTexts } from "./provider.tsx";
import { RelativeTime } from "./time.tsx";

/** What can be done with one notification. */
export type ItemAction = "read" | "unread" | "archived" | "deleted";

export interface NotificationItemProps {
  readonly notification: InboxNotification;
  /** Whether Tab stops here: of a list's items only one does. */
  readonly isCurrent?: boolean | undefined;
  readonly icons?: Icons | undefined;
  /** It was opened, by a click or by Enter; `preventDefault` keeps the browser from following its link. */
  readonly onOpen?: ((notification: InboxNotification, event: MouseEvent<HTMLElement>) => void) | undefined;
  readonly onAction?: ((action: ItemAction, notification: InboxNotification) => void) | undefined;
}

/** One notification, as the content of a list's item. */
export function NotificationItem({
  notification,
  isCurrent = true,
  icons,
  onOpen,
  onAction,
}: NotificationItemProps) {
  const texts = useTexts();
  const { title, message, actionText, type, createdAt, readAt } = notification;
  const link = linkTo(notification.actionUrl);
  const tabIndex = isCurrent ? 0 : -1;
  const content = (
    <>
      <NotificationIcon type={type} icons={icons} />
      <span className="carillon-item-text">
        {readAt === null && <span className="carillon-hidden">{texts.unread}: </span>}
        <span className="carillon-item-title">{title}</span>
        <RelativeTime at={createdAt} className="carillon-item-time" />
        <span className="carillon-item-message">{message}</span>
        {link !== undefined && actionText !== undefined && (
          <span className="carillon-item-link">{actionText}</span>
        )}
      </span>
    </>
  );
  const opener = {
    className: "carillon-item-main",
    tabIndex,
    onClick: (event: MouseEvent<HTMLElement>) => onOpen?.(notification, event),
  };
  const action = (name: ItemAction, icon: IconName, label: string) => (
    <IconButton {...{ icon, label, tabIndex, of: title }} onClick={() => onAction?.(name, notification)} />
  );
  return (
    <>
      {link === undefined ? (
        <button type="button" {...opener}>
          {content}
        </button>
      ) : (
        <a href={link} {...opener}>
          {content}
        </a>
      )}
      {onAction && (
        <div className="carillon-item-actions">
          {readAt === null
            ? action("read", "check", texts.markRead)
            : action("unread", "dot", texts.markUnread)}
          {action("archived", "archive", texts.archive)}
          {action("deleted", "trash", texts.delete)}
        </div>
      )}
    </>
  );
}
