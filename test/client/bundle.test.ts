import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import type { createClient as CreateClient } from "../../src/client/index.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { bundleClient } from "../../src/web/client.config.ts";
import { awaited, fresh } from "./world.ts";

let bundle: string;
beforeAll(async () => {
  bundle = await bundleClient();
});

describe("the client as one module", () => {
  test("does not grow unnoticed", () => {
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(14_500);
  });

  test("imports nothing and brings no schemas along", () => {
    expect(bundle).not.toMatch(/\bimport\b|ZodObject/);
  });

  test("needs a WebSocket, fetch and timers, and nothing else of a browser or of Node", async () => {
    const server = new FakeServer({ stored: ["note"] });
    const [user, room] = [fresh("user"), fresh("room")];
    const { platform, ...options } = server.optionsFor(user);
    const { WebSocket, fetch } = platform;
    // What ECMAScript has is there; URL, crypto, atob, TextDecoder, AbortController, console, storage are not.
    const bare = createContext({ WebSocket, fetch, setTimeout, clearTimeout });
    const exported = /export\s*\{([^}]*)\}/.exec(bundle)?.[1]?.replace(/(\w+) as (\w+)/g, "$2: $1");
    runInContext(bundle.replace(/export\s*\{[^}]*\};?/, `globalThis.carillon = {${exported}};`), bare);
    const createClient: typeof CreateClient<Record<string, unknown>> = bare.carillon.createClient;

    const client = createClient({ ...options, reconnect: { minDelay: 20, maxDelay: 40 } });
    const heard: unknown[] = [];
    client.on("greeting", (data) => void heard.push(data));
    client.connect();
    await awaited(() => client.state).toMatchObject({ status: "connected", over: "websocket" });
    await client.channel(room).subscribe();
    await client.channel(room).publish("note", { text: "ก" });
    server.drop();
    server.publish({ event: "greeting", data: 1, to: { users: [user] } });
    await awaited(() => heard).toEqual([1]);
    expect((await client.channel(room).history()).events).toMatchObject([{ data: { text: "ก" } }]);
    await client.inbox.load();
    expect(client.inbox.get().status).toBe("ready");
    server.moveRoom(room);
    await awaited(() => server.connections(user)).toBe(2);
    server.blockSockets();
    server.publish({ event: "greeting", data: 2, to: { users: [user] } });
    await awaited(() => client.state).toMatchObject({ over: "polling" });
    await awaited(() => heard).toEqual([1, 2]);
    client.signOut();
  });
});
