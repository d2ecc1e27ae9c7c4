import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { createClient as CreateClient } from "../../src/client/index.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { bundleClient } from "../../src/web/client.config.ts";
import { awaited, fresh } from "./world.ts";

type Create = typeof CreateClient<Record<string, unknown>>;

/** What a page loads to be connected, and everything there is, in bytes with gzip. */
const [ENTRY, ALL] = [8_000, 17_500];

let modules: ReadonlyMap<string, string>;
let entry: string;
let folder: string;
beforeAll(async () => {
  modules = await bundleClient();
  entry = modules.get("client.js") ?? "";
  folder = await mkdtemp(join(tmpdir(), "carillon-client-"));
  for (const [name, code] of modules) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), code);
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true }));

describe("the client as modules", () => {
  test("is at most 8 kB, and its parts do not grow unnoticed", () => {
    const sizes = new Map([...modules].map(([name, code]) => [name, gzipSync(code, { level: 9 }).length]));
    const told = [...sizes].map(([name, size]) => `${name} ${size}`).join(", ");
    const sum = [...sizes.values()].reduce((a, b) => a + b);
    expect(sizes.get("client.js"), told).toBeLessThanOrEqual(ENTRY);
    expect(sum, told).toBeLessThanOrEqual(ALL);
  });

  test("is one, which imports its parts when it needs them and brings no schemas along", () => {
    expect(entry).not.toMatch(/\bimport\b(?!\()/);
    const imported = [...entry.matchAll(/import\("\.\/([^"]+)"\)/g)].map(([, name]) => name);
    expect(imported).toHaveLength(4);
    expect([...modules.keys()]).toEqual(expect.arrayContaining(imported));
    for (const name of imported) expect(name).toMatch(/^client\/[a-z-]+-[\w-]{8}\.js$/);
    for (const code of modules.values()) expect(code).not.toContain("ZodObject");
  });

  test("needs no part to connect and to come back, and of a platform a WebSocket, fetch and timers", async () => {
    const server = new FakeServer();
    const [user, room] = [fresh("user"), fresh("room")];
    const { platform, ...options } = server.optionsFor(user);
    const { WebSocket, fetch } = platform;
    // What ECMAScript has is there; URL, crypto, atob, TextDecoder, AbortController, console, storage are not, nor imports.
    const bare = createContext({ WebSocket, fetch, setTimeout, clearTimeout });
    const exported = /export\s*\{([^}]*)\}/.exec(entry)?.[1]?.replace(/([\w$]+) as (\w+)/g, "$2: $1");
    runInContext(entry.replace(/export\s*\{[^}]*\};?/, `globalThis.carillon = {${exported}};`), bare);
    const createClient: Create = bare.carillon.createClient;

    const client = createClient({ ...options, reconnect: { minDelay: 20, maxDelay: 40 } });
    const heard: unknown[] = [];
    const errors: string[] = [];
    client.listen("error", ({ code }) => void errors.push(code));
    client.on("greeting", (data) => void heard.push(data));
    client.connect();
    await awaited(() => client.state).toMatchObject({ status: "connected", over: "websocket" });
    server.publish({ event: "greeting", data: 1, to: { users: [user] } });
    await awaited(() => heard).toEqual([1]);
    server.drop();
    server.publish({
      event: "greeting",
      data: 2,
      to: { users: [user] },
      notification: { type: "t", title: "T", message: "M" },
    });
    await awaited(() => heard).toEqual([1, 2]);
    await awaited(() => client.inbox.get()).toMatchObject({ status: "idle", counts: { unread: 1 } });
    expect(client.stats()).toMatchObject({ reconnects: 1, received: 3, gaps: 0 });
    expect(errors).toEqual([]);

    await client.inbox.load();
    expect(client.inbox.get()).toMatchObject({ status: "failed", counts: { unread: 1 }, items: [] });
    await expect(client.channel(room).history()).rejects.toMatchObject({ code: "disconnected" });
    client.signOut();
  });

  test("does the rest with its parts", async () => {
    const server = new FakeServer({ stored: ["note"] });
    const [user, room] = [fresh("user"), fresh("room")];
    const { createClient }: { createClient: Create } = await import(
      /* @vite-ignore */ pathToFileURL(join(folder, "client.js")).href
    );
    const options = { ...server.optionsFor(user), user, reconnect: { minDelay: 20, maxDelay: 40 } };
    const client = createClient(options);
    client.connect();
    await client.channel(room).subscribe();
    await client.channel(room).presence.set("here");
    await awaited(() => client.channel(room).presence.get().members.get(user)).toBe("here");
    await client.channel(room).publish("note", 1);
    expect((await client.channel(room).history()).events).toMatchObject([{ data: 1 }]);
    server.user(user).notify("n1", null, { type: "t", title: "T", message: "M" });
    await client.inbox.load();
    expect(client.inbox.get()).toMatchObject({ status: "ready", items: [{ id: "n1" }] });
    server.moveRoom(room);
    await awaited(() => server.connections(user)).toBe(2);
    server.blockSockets();
    server.user(user).notify("n2", null, { type: "t", title: "T", message: "M" });
    await awaited(() => client.state).toMatchObject({ over: "polling" });
    await awaited(() => client.inbox.get().items.map(({ id }) => id)).toEqual(["n2", "n1"]);
    client.signOut();
    server.recover();

    const tabs = [1, 2].map(() => createClient({ ...options, shareTabs: true }));
    for (const tab of tabs) tab.connect();
    await awaited(() =>
      tabs.map(({ state }) => ("over" in state ? state.over : state.status)).sort(),
    ).toEqual(["tab", "websocket"]);
    for (const tab of tabs) tab.close();
  });
});
