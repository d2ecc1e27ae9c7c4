import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { awaited, fresh, Heard, storage } from "./world.ts";

const clients: Heard[] = [];
afterEach(() => {
  for (const { client } of clients.splice(0)) client.close();
  vi.unstubAllGlobals();
});

/** A client as a page has it, with a storage that a reload leaves. */
async function page(server: FakeServer, user: string, kept = storage()): Promise<Heard> {
  const one = new Heard({ ...server.optionsFor(user), storage: kept, shareTabs: false });
  clients.push(one);
  one.client.setUser(user);
  return one.connected();
}

describe("what is kept across a reload", () => {
  test("is used by a page that says only later who is signed in", async () => {
    const [server, user, kept] = [new FakeServer(), fresh("user"), storage()];
    const before = await page(server, user, kept);
    server.publish({ event: "greeting", data: 1, to: { users: [user] } });
    await awaited(() => before.of("greeting")).toEqual([1]);
    before.client.close();
    server.publish({ event: "greeting", data: 2, to: { users: [user] } });
    const after = await page(server, user, kept);
    await awaited(() => after.of("greeting")).toEqual([2]);
    expect(after.client.clientId).toBe(before.client.clientId);
  });

  test("is also where a room is to be followed from, of which nothing has come yet", async () => {
    const [server, user, room, kept] = [new FakeServer(), fresh("user"), fresh("room"), storage()];
    const inform = (data: number) => server.publish({ event: "news", data, to: { channels: [room] } });
    for (const data of [1, 2]) inform(data);
    const before = await page(server, user, kept);
    server.blockSockets();
    await awaited(() => before.client.state.status).not.toBe("connected");
    void before.client.channel(room).subscribe({ since: { epoch: "0", offset: 1 } });
    before.client.close();
    server.recover();
    const after = await page(server, user, kept);
    void after.client.channel(room).subscribe();
    await awaited(() => after.of("news")).toEqual([2]);
  });

  test("is nothing but the device after somebody signed out", async () => {
    const [server, user, kept] = [new FakeServer(), fresh("user"), storage()];
    const one = await page(server, user, kept);
    const { clientId } = one.client;
    one.client.signOut();
    expect(kept.getItem("carillon:https://fake.carillon")).toBe(JSON.stringify({ client: clientId }));
  });
});

describe("a device", () => {
  test("is one client of a page", async () => {
    const [server, user, kept] = [new FakeServer(), fresh("user"), storage()];
    const [one, other] = [await page(server, user, kept), await page(server, user, kept)];
    expect(one.client.clientId).not.toBe(other.client.clientId);
    expect(server.connections(user)).toBe(2);
  });

  test("is one tab, though a copy of it has what it kept", async () => {
    vi.stubGlobal("document", new EventTarget());
    const [server, user, kept] = [new FakeServer(), fresh("user"), storage()];
    const one = await page(server, user, kept);
    const { clientId } = one.client;
    one.client.close();
    let leave = () => {};
    const held = () => new Promise<void>((resolve) => (leave = resolve));
    // The other tab is another program, of which only the browser's lock is known here.
    void navigator.locks.request(`carillon:device:${clientId}`, held);
    const copy = await page(server, user, kept);
    expect(copy.client.clientId).not.toBe(clientId);
    leave();
  });

  test("is let go of when the page thinks better of it before it has connected", async () => {
    vi.stubGlobal("document", new EventTarget());
    const options = { ...new FakeServer().optionsFor("42"), storage: storage(), shareTabs: false };
    const client = createClient(options);
    const lock = `carillon:device:${client.clientId}`;
    client.connect();
    client.close();
    let isFree = false;
    void navigator.locks.request(lock, () => {
      isFree = true;
    });
    await awaited(() => isFree).toBe(true);
  });

  test("is another one each time where the browser has no locks by which tabs could tell", () => {
    const kept = storage();
    kept.setItem("carillon:https://fake.carillon", JSON.stringify({ client: "kept" }));
    const made = () => createClient({ ...new FakeServer().optionsFor("42"), storage: kept }).clientId;
    expect(made()).toBe("kept");
    vi.stubGlobal("document", new EventTarget());
    expect(made()).toBe("kept");
    vi.stubGlobal("navigator", {});
    expect(made()).toMatch(/^\w{20}$/);
  });
});
