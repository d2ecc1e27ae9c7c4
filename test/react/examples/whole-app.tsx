import {
  AnnouncementSubscriber,
  BrowserNotifications,
  Celebration,
  ChannelSubscriber,
  NotificationSound,
  PreferencesForm,
  Toasts,
} from "carillon/react";

export function Everywhere({ clinic, hasSound }: { clinic: string | undefined; hasSound: boolean }) {
  return (
    <>
      <AnnouncementSubscriber />
      <Toasts announcements={[]} />
      <NotificationSound enabled={hasSound} />
      <Celebration events={["certificate:issued"]}>Well done!</Celebration>
      <ChannelSubscriber channel={clinic && `clinic:${clinic}:queue`} keep={1}>
        {({ events }) => <output>{JSON.stringify(events.at(-1)?.data ?? "…")}</output>}
      </ChannelSubscriber>
    </>
  );
}

export function Settings() {
  return (
    <>
      <BrowserNotifications icon="/bell.png" />
      <PreferencesForm types={[{ type: "payment", label: "Payments" }]} />
    </>
  );
}
