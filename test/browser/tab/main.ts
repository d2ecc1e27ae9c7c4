import { createClient } from "../../../src/client/index.ts";

// A page as an application might have it: one client, and a journal of what it was told, which outlives a reload as the
// client's positions do. Who is here, and which room is followed, is said in the address.

interface Tab {
  /** The client's status and what it is connected over. */
  readonly state: string;
  /** The data of what came, by the event's name, since the tab was opened. */
  readonly journal: Readonly<Record<string, number[]>>;
  readonly stats: { readonly reconnects: number; readonly gaps: number };
  readonly faults: readonly string[];
}

declare global {
  interface Window {
    tab(): Tab;
  }
}

const query = new URLSearchParams(location.search);
const journal: Record<string, number[]> = JSON.parse(sessionStorage.getItem("journal") ?? "{}");
const faults: string[] = [];
const client = createClient<Record<string, number>>({
  getToken: () => query.get("token") ?? "",
  reconnect: { minDelay: 50, maxDelay: 500 },
});

client.on("*", (data, { event }) => {
  journal[event] = [...(journal[event] ?? []), Number(data)];
  sessionStorage.setItem("journal", JSON.stringify(journal));
});
client.listen("gap", ({ channel }) => void faults.push(`gap: ${channel}`));
client.listen("error", ({ code, message }) => void faults.push(`${code}: ${message}`));

const room = query.get("room");
if (room !== null) void client.channel(room).subscribe();
client.connect();

window.tab = () => {
  const { state } = client;
  const over = state.status === "connected" ? ` ${state.over}` : "";
  return { state: `${state.status}${over}`, journal, stats: client.stats(), faults };
};
