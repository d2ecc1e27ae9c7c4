import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RealtimeProvider } from "carillon/react";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { Balance } from "./examples/events.tsx";
import { Inbox } from "./examples/inbox.tsx";
import { Bell } from "./examples/panel.tsx";
import { Session } from "./examples/person.tsx";
import { Room } from "./examples/room.tsx";
import { App } from "./examples/start.tsx";
import { Everywhere, Settings } from "./examples/whole-app.tsx";
import { memoryClient } from "./support/memory-client.ts";

const page = readFileSync("docs/react.md", "utf8");
/** The examples of the page, by the names that their blocks have. */
const told = new Map(
  [...page.matchAll(/^```tsx? ([\w-]+)\n([\s\S]*?)^```$/gm)].map(([, name, code]) => [name, code]),
);

// The first example connects when it is loaded; its token never comes.
vi.hoisted(() => {
  globalThis.fetch = () => new Promise(() => {});
});

describe("the page about React", () => {
  it("shows each of the examples that are compiled here, as it is", () => {
    const compiled = ["examples", "registered"].flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder))
        .filter((file) => file.endsWith(".tsx") && file !== "types.tsx")
        .map((file) => [
          file.replace(/\.tsx$/, ""),
          readFileSync(join(import.meta.dirname, folder, file), "utf8"),
        ]),
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(compiled));
  });

  it("names everything that the package exports to be used", async () => {
    const exported = Object.keys(await import("carillon/react"));
    const said = (name: string) => new RegExp(`\\b${name}\\b`).test(page);
    const small = ["announcementEvents", "announcementOf", "chime", "kindOf", "relativeTime", "textsFor"];
    const parts = ["QuietHours", "useLocale", "useNow", "useTexts"];
    expect(exported.filter((name) => !said(name) && ![...small, ...parts].includes(name))).toEqual([]);
  });
});

describe("the examples", () => {
  it.each<[string, ReactNode, string]>([
    ["events", <Balance key="1" />, "baht"],
    ["inbox", <Inbox key="2" />, "Inbox, 0 unread"],
    ["panel", <Bell key="3" navigate={() => {}} />, "Notifications"],
    ["person", <Session key="4" userId="42" />, ""],
    ["room", <Room key="5" id="lobby" />, "0 people here"],
    ["whole-app", <Everywhere key="6" clinic="7" hasSound={false} />, "…"],
    ["settings", <Settings key="7" />, "Loading"],
  ])("are rendered on a server: %s", (_, example, text) => {
    const { client } = memoryClient();
    expect(renderToString(<RealtimeProvider client={client}>{example}</RealtimeProvider>)).toContain(text);
  });

  it("begin with a whole application", () => {
    expect(renderToString(<App />)).toMatch(/Connecting.*Notifications/);
  });
});
