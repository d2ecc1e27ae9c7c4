import { type ComponentType, useLayoutEffect } from "react";
import {
  AnnouncementSubscriber,
  BrowserNotifications,
  Celebration,
  ChannelSubscriber,
  ConnectionBadge,
  NotificationBell,
  NotificationItem,
  type NotificationItemProps,
  NotificationPanel,
  NotificationPrompt,
  NotificationSound,
  OfflineBanner,
  PreferencesForm,
  PresenceList,
  Toasts,
  TypingIndicator,
  useChannel,
  useConnection,
  useEvent,
  useInbox,
} from "../../../src/react/index.ts";

/** What a test can have on the page, by its name in the address. */
export const scenes: Readonly<Record<string, ComponentType<Readonly<Record<string, unknown>>>>> = {
  bell: () => (
    <div className="bar">
      <h1>Orchard</h1>
      <ConnectionBadge />
      <NotificationBell />
      <button type="button">After</button>
    </div>
  ),
  panel: () => (
    <div className="card" style={{ padding: 0 }}>
      <NotificationPanel
        onOpen={(notification, event) => {
          event.preventDefault();
          window.stage.told.push(`open ${notification.id}`);
        }}
      />
    </div>
  ),
  "counted panel": () => <NotificationPanel renderItem={countedItem} />,
  toasts: () => <Toasts />,
  "bell and toasts": () => (
    <>
      {scenes.bell && <scenes.bell />}
      <Toasts />
    </>
  ),
  room: () => (
    <div className="card stack">
      <AnnouncementSubscriber />
      <PresenceList channel="room:1" nameOf={(user) => (user === "ada" ? "Ada Lovelace" : user)} />
      <ChannelSubscriber channel="room:1">
        {({ events }) => <p>{events.map(({ event }) => event).join(", ") || "Nothing yet"}</p>}
      </ChannelSubscriber>
      <TypingIndicator channel="room:1" />
    </div>
  ),
  preferences: () => (
    <div className="card">
      <PreferencesForm
        types={[
          { type: "payment", label: "Payments" },
          { type: "certificate", label: "Certificates" },
          { type: "announcement", label: "Announcements" },
        ]}
      />
    </div>
  ),
  extras: () => (
    <div className="card">
      <h1>Extras</h1>
      <BrowserNotifications icon="/icon.png" />
      <NotificationSound enabled play={({ id }) => window.stage.told.push(`sound ${id}`)} />
      <Celebration />
    </div>
  ),
  device: () => (
    <div className="card">
      <h1>This device</h1>
      <NotificationPrompt />
      <NotificationSound play={({ id }) => window.stage.told.push(`sound ${id}`)} />
    </div>
  ),
  offline: () => (
    <>
      {scenes.bell && <scenes.bell />}
      <OfflineBanner />
      <p className="card">What the page is about.</p>
    </>
  ),
  everything: () => (
    <>
      {["bell", "toasts", "room", "preferences"].map((name) => {
        const Scene = scenes[name];
        return Scene && <Scene key={name} />;
      })}
    </>
  ),
  counted: () => (
    <>
      <CountedInbox />
      <CountedConnection />
      <Readers />
    </>
  ),
  channel: ({ room, listener = "first" }) => (
    <Room room={typeof room === "string" ? room : undefined} listener={String(listener)} />
  ),
};

function CountedInbox() {
  const { counts } = useInbox();
  countRender("inbox");
  return <p id="unread">{counts.unread}</p>;
}

function CountedConnection() {
  const { status } = useConnection();
  countRender("connection");
  return <p>{status}</p>;
}

function countedItem(item: NotificationItemProps) {
  countRender(item.notification.id);
  return <NotificationItem {...item} />;
}

function countRender(name: string): void {
  const { renders } = window.stage;
  renders[name] = (renders[name] ?? 0) + 1;
}

const numbers = Array.from({ length: 100 }, (_, number) => number);

/** Many who read the same: what they show in one moment has to be the same number. */
function Readers() {
  useLayoutEffect(() => {
    const look = () => {
      const shown = new Set([...document.querySelectorAll(".reader")].map(({ textContent }) => textContent));
      if (shown.size > 1) window.stage.faults.push(`torn: ${[...shown].join()}`);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, characterData: true, childList: true });
    return () => observer.disconnect();
  }, []);
  return numbers.map((number) => <Reader key={number} />);
}

function Reader() {
  const { counts } = useInbox();
  return <i className="reader">{counts.unread}</i>;
}

function Room({ room, listener }: { room: string | undefined; listener: string }) {
  const { events, status, error, presence, typing } = useChannel(room, {
    keep: 3,
    since: { epoch: "e", offset: 1 },
  });
  useEvent("payment:confirmed", ({ amount }) => window.stage.told.push(`${listener} ${amount}`));
  return (
    <dl>
      <dd id="status">{error ? `${status} ${error.code}` : status}</dd>
      <dd id="events">{events.map(({ event }) => event).join()}</dd>
      <dd id="people">
        {presence.count} {typing.join()}
      </dd>
    </dl>
  );
}
