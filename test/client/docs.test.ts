import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "carillon/client";
import { FakeServer } from "carillon/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readAll, showInbox } from "./examples/inbox.ts";
import { Orders } from "./examples/own-state.ts";
import { enter } from "./examples/room.ts";
import { signedIn, signedOut } from "./examples/session.ts";
import { awaited } from "./world.ts";

const page = readFileSync("docs/client.md", "utf8");
const server = new FakeServer({ stored: ["note"] });
const { platform } = server.optionsFor("42");

/** The surroundings of an example that makes a client by itself: user 42's. */
function surround(): string[] {
  const said: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...words) => void said.push(words.join(" ")));
  vi.stubGlobal("WebSocket", platform.WebSocket);
  vi.stubGlobal("fetch", async (address: string, init?: RequestInit) => {
    const ticket = { wsUrl: "wss://fake.carillon/connect", token: server.token("42"), userId: "42" };
    if (address === "/api/token") return new Response(server.token("42"));
    if (address === "/api/ws/auth") return Response.json(ticket);
    return await platform.fetch?.(address, init);
  });
  return said;
}

function connected() {
  const client = createClient({ ...server.optionsFor("42"), storage: false });
  client.connect();
  return client;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the page about the client", () => {
  test("shows each of the examples that are compiled and run here, as it is", () => {
    const told = [...page.matchAll(/^```\w+ ([\w.-]+)\n([\s\S]*?)^```$/gm)].map(([, name, code]) => [
      name,
      code,
    ]);
    const folder = join(import.meta.dirname, "examples");
    const compiled = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(compiled));
  });

  test("names every option, every happening and everything that can be imported", async () => {
    const options = readFileSync("src/client/client-options.ts", "utf8");
    const api = readFileSync("src/client/api.ts", "utf8");
    const [, happenings = ""] = /interface Happenings \{([\s\S]*?)^\}/m.exec(api) ?? [];
    const fields = [options, happenings].flatMap((text) =>
      [...text.matchAll(/^ +(?:readonly )?(\w+)\??:/gm)].map(([, name]) => name),
    );
    const exported = [import("carillon/client"), import("carillon/testing")].map(async (module) =>
      Object.keys(await module),
    );
    const names = [...fields, ...(await Promise.all(exported)).flat()];
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !new RegExp(`[\`. ]${name}\\b`).test(page))).toEqual([]);
  });
});

describe("the examples", () => {
  test.each(["start", "node", "ticket"])("connect: %s", async (name) => {
    const said = surround();
    if (name === "node") vi.stubEnv("CARILLON_TOKEN", server.token("42"));
    const { client } = await import(`./examples/${name}.ts`);
    await awaited(() => client.state).toMatchObject({ status: "connected", user: "42" });
    server.publish({ event: "payment:confirmed", data: { amount: 5000 }, to: { users: ["42"] } });
    const expected = { start: "5000 baht", node: "user:42 payment:confirmed [object Object]", ticket: "" }[
      name
    ];
    if (expected) await awaited(() => said).toContain(expected);
    client.close();
  });

  test("sign in and out", async () => {
    const client = createClient(server.optionsFor("42"));
    signedIn(client, "42");
    await awaited(() => client.state.status).toBe("connected");
    signedOut(client);
    expect(client.state.status).toBe("disconnected");
  });

  test("enter a room", async () => {
    const said = surround();
    const client = connected();
    const leave = await enter(client, "room:7");
    const other = createClient({ ...server.optionsFor("7"), storage: false });
    other.connect();
    await other.channel("room:7").subscribe();
    await other.channel("room:7").publish("note", { text: "Hello" });
    await awaited(() => said).toEqual(expect.arrayContaining(["2 here", "7: Hello"]));
    leave();
    await awaited(() => server.room("room:7").presence.count).toBe(1);
    for (const one of [client, other]) one.close();
  });

  test("show the inbox and read it", async () => {
    const client = connected();
    const shown: string[] = [];
    const undo = showInbox(client, (text) => shown.push(text));
    await awaited(() => client.inbox.get().status).toBe("ready");
    const notification = { type: "t", title: "Paid", message: "M" };
    server.publish({ event: "greeting", to: { users: ["42"] }, notification });
    await awaited(() => shown).toEqual(expect.arrayContaining(["New: Paid", "1 unread: Paid"]));
    await readAll(client);
    expect(shown.at(-1)).toBe("0 unread: Paid");
    undo();
    client.close();
  });

  test("keep a state of one's own, also over a gap", async () => {
    const client = createClient<{ "order:paid": { order: string } }>(server.optionsFor("42"));
    const orders = new Orders(client, "room:orders", async () => ["before"]);
    client.connect();
    await client.channel("room:orders").subscribe();
    server.publish({ event: "order:paid", data: { order: "a" }, to: { channels: ["room:orders"] } });
    await awaited(() => [...orders.paid]).toEqual(["a"]);
    server.loseLog("room:orders");
    await awaited(() => [...orders.paid]).toEqual(["a", "before"]);
    client.close();
  });
});
