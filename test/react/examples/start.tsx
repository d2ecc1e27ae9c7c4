import { createClient } from "carillon/client";
import { ConnectionBadge, NotificationBell, RealtimeProvider, Toasts } from "carillon/react";
import "carillon/react/style.css";

const client = createClient({
  url: "https://carillon.example",
  getToken: async () => await (await fetch("/api/token")).text(),
});
client.connect();

export function App() {
  return (
    <RealtimeProvider client={client} locale="en">
      <header>
        <ConnectionBadge />
        <NotificationBell />
      </header>
      <Toasts />
    </RealtimeProvider>
  );
}
