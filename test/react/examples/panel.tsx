import { Icon, NotificationBell, NotificationItem, NotificationPanel } from "carillon/react";

/** A panel whose links go through the application's router, with a drawing and an item of its own. */
export function Bell({ navigate }: { navigate: (address: string) => void }) {
  return (
    <NotificationBell count="unseen">
      {(close) => (
        <NotificationPanel
          autoFocus
          onClose={close}
          onOpen={({ actionUrl }, event) => {
            event.preventDefault();
            if (actionUrl !== undefined) navigate(actionUrl);
          }}
          icons={{ invoice: <Icon name="payment" /> }}
          renderItem={(item) =>
            item.notification.type === "invoice" ? (
              <strong>{item.notification.title}</strong>
            ) : (
              <NotificationItem {...item} />
            )
          }
        />
      )}
    </NotificationBell>
  );
}
