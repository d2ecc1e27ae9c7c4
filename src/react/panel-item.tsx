import { memo, type ReactNode } from "react";
import { NotificationItem, type NotificationItemProps } from "./notification-item.tsx";

/** What draws a notification unless the application says otherwise. */
export function defaultItem(item: NotificationItemProps): ReactNode {
  return <NotificationItem {...item} />;
}

interface PanelItemProps extends NotificationItemProps {
  readonly renderItem: (item: NotificationItemProps) => ReactNode;
}

/** One notification in its place in the list; drawn again only when something of it has changed. */
export const PanelItem = memo(function PanelItem({ renderItem, ...item }: PanelItemProps) {
  const { id, readAt, priority } = item.notification;
  return (
    <li
      className="carillon-item"
      data-id={id}
      data-unread={readAt === null || undefined}
      data-priority={priority}
    >
      {renderItem(item)}
    </li>
  );
});
