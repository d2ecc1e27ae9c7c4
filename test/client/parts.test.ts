import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { load, type Part, parts } from "../../src/client/parts.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { awaited, fresh, Heard, type Options, storage } from "./world.ts";

const clients: Heard[] = [];
beforeEach(() => {
  for (const part of Object.values(parts)) part.here = undefined;
});
// Other files run in the same program, and have them from the start.
afterAll(async () => {
  for (const part of Object.values<Part<unknown>>(parts)) await load(part);
});
afterEach(() => {
  for (const { client } of clients.splice(0)) client.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function heard(server: FakeServer, user: string, more: Partial<Options> = {}): Heard {
  const options = server.optionsFor(user);
  const one = new Heard({ ...options, ...more, platform: { ...options.platform, ...more.platform } });
  clients.push(one);
  return one;
}

/** Somebody, and a way to be somebody else. */
async function changing(server: FakeServer, user: string) {
  let signedIn = user;
  const one = await heard(server, user, { user, getToken: () => server.token(signedIn) }).connected();
  const become = (other: string) => {
    signedIn = other;
    one.client.setUser(other);
  };
  return { client: one.client, become };
}

/** Lets a part come when the test says so, or fail as in a page that cannot reach it. */
function held<Module>(part: Part<Module>) {
  const { fetch } = part;
  const gate = Promise.withResolvers<void>();
  const fetching = vi.spyOn(part, "fetch").mockImplementation(() => gate.promise.then(fetch));
  return {
    fetching,
    come: () => gate.resolve(),
    fail: () => {
      fetching.mockRestore();
      gate.reject(new TypeError("Failed to fetch dynamically imported module"));
    },
  };
}

const notify = (server: FakeServer, user: string, id: string) =>
  server.user(user).notify(id, null, { type: "t", title: id, message: "M" });

describe("the inbox, before its part is here", () => {
  test("has the counts, and does what it was asked for when the part is", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    notify(server, user, "n1");
    const part = held(parts.inbox);
    const { client } = await heard(server, user).connected();
    notify(server, user, "n2");
    await awaited(() => client.inbox.get()).toMatchObject({ status: "idle", counts: { unread: 2 } });
    expect(part.fetching).not.toHaveBeenCalled();

    const changes = vi.fn();
    client.inbox.subscribe(changes);
    expect(client.inbox.get()).toMatchObject({ status: "loading", counts: { unread: 2 }, items: [] });
    const marking = client.inbox.mark("read", "all");
    const one = client.inbox.get("n1");
    await client.inbox.more();
    part.come();
    expect(await marking).toMatchObject({ unread: 0 });
    expect(await one).toMatchObject({ title: "n1" });
    await awaited(() => client.inbox.get().items.map(({ id }) => id)).toEqual(["n2", "n1"]);
    expect(client.inbox.get()).toMatchObject({ status: "ready", counts: { total: 2, unread: 0 } });
    expect(changes).toHaveBeenCalled();
  });

  test("keeps what came for those who listen", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.inbox);
    const { client } = await heard(server, user).connected();
    const arrived: string[] = [];
    client.inbox.onNew(({ id }) => void arrived.push(id));
    for (const id of ["n1", "n2"]) notify(server, user, id);
    await awaited(() => client.inbox.get().counts.total).toBe(2);
    part.fail();
    server.drop();
    await awaited(() => arrived).toEqual(["n1", "n2"]);
    notify(server, user, "n3");
    await awaited(() => arrived).toEqual(["n1", "n2", "n3"]);
    expect(client.inbox.get()).toMatchObject({ status: "idle", counts: { total: 3 } });
  });

  test("is one, also where who listens marks what came for them", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.inbox);
    const { client } = await heard(server, user).connected();
    client.inbox.onNew(({ id }) => void client.inbox.mark("read", [id]));
    client.inbox.subscribe(() => undefined);
    notify(server, user, "n1");
    await awaited(() => client.inbox.get().counts.total).toBe(1);
    part.come();
    await awaited(() => client.inbox.get()).toMatchObject({ status: "ready", counts: { unread: 0 } });
    notify(server, user, "n2");
    await awaited(() => client.inbox.get().items.map(({ id }) => id)).toEqual(["n2", "n1"]);
  });

  test("says that it cannot be fetched, and is fetched with the next connection", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    notify(server, user, "n1");
    const part = held(parts.inbox);
    const { client, errors } = await heard(server, user).connected();
    const loading = client.inbox.load();
    const reading = client.inbox.preferences.get();
    part.fail();
    await expect(reading).rejects.toMatchObject({ code: "disconnected", retryable: true });
    await loading;
    expect(client.inbox.get()).toMatchObject({
      status: "failed",
      counts: { unread: 1 },
      error: { code: "disconnected" },
    });
    server.drop();
    await awaited(() => client.inbox.get()).toMatchObject({ status: "ready", items: [{ id: "n1" }] });
    expect(errors).toEqual([]);
  });

  test("is not fetched while attempts to connect fail, as many browsers never try that again", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    notify(server, user, "n1");
    const { fetching } = held(parts.inbox);
    const one = heard(server, user, { polling: false });
    const { client } = await one.connected();
    server.blockSockets();
    server.drop();
    await awaited(() => client.state).toMatchObject({ status: "disconnected", attempt: 2 });
    await client.inbox.load();
    await expect(client.channel(fresh("room")).history()).rejects.toMatchObject({ code: "disconnected" });
    expect(client.inbox.get()).toMatchObject({ status: "failed", counts: { unread: 1 } });
    expect(fetching).not.toHaveBeenCalled();
    server.recover();
    fetching.mockRestore();
    await awaited(() => client.inbox.get()).toMatchObject({ status: "ready", items: [{ id: "n1" }] });
  });

  test("does nothing for who has signed out meanwhile, and tells nobody of what was theirs", async () => {
    const [server, ann, bob] = [new FakeServer(), fresh("ann"), fresh("bob")];
    const part = held(parts.inbox);
    const { client, become } = await changing(server, ann);
    const arrived: string[] = [];
    client.inbox.onNew(({ id }) => void arrived.push(id));
    notify(server, ann, "hers");
    await awaited(() => client.inbox.get().counts.total).toBe(1);
    const marking = client.inbox.mark("deleted", "all");
    const loading = client.inbox.load();
    become(bob);
    notify(server, bob, "before");
    part.come();
    await expect(marking).rejects.toMatchObject({ code: "closed" });
    await loading;
    await awaited(() => client.state).toMatchObject({ status: "connected", user: bob });
    notify(server, bob, "his");
    await awaited(() => arrived).toEqual(["his"]);
    expect(client.inbox.get()).toMatchObject({ status: "idle", counts: { total: 2 } });
    expect(server.user(ann).counts.total).toBe(1);
  });
});

describe("rooms, before the part for them is here", () => {
  test("are followed when it is, with what was asked meanwhile", async () => {
    const [server, room] = [new FakeServer({ stored: ["note"] }), fresh("room")];
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const part = held(parts.rooms);
    const one = await heard(server, ann).connected();
    const channel = one.client.channel(room);
    expect(channel.subscription).toBe("none");
    const entry = channel.subscribe();
    const [saying, sending] = [channel.presence.set("desk 1"), channel.publish("note", "once inside")];
    expect(channel.subscription).toBe("subscribing");
    expect(channel.presence.get()).toEqual({ members: new Map(), count: 0, isNamed: false });
    expect(server.room(room).log.followers.size).toBe(0);

    part.come();
    await Promise.all([entry, saying, sending]);
    expect(channel.subscription).toBe("subscribed");
    expect((await channel.history()).events).toMatchObject([{ data: "once inside", from: ann }]);
    const other = await heard(server, bob).connected();
    await other.client.channel(room).subscribe();
    other.client.channel(room).startTyping();
    await awaited(() => [...channel.presence.get().members].sort()).toEqual([
      [ann, "desk 1"],
      [bob, undefined],
    ]);
    await awaited(() => channel.typing.get()).toEqual([bob]);
  });

  test("are asked for over the next connection where it cannot be fetched", async () => {
    const [server, room, user] = [new FakeServer(), fresh("room"), fresh("user")];
    const part = held(parts.rooms);
    const one = await heard(server, user).connected();
    const channel = one.client.channel(room);
    const entry = channel.subscribe();
    const history = channel.history();
    part.fail();
    await expect(history).rejects.toMatchObject({ code: "disconnected", retryable: true });
    expect(channel.subscription).toBe("subscribing");
    server.drop();
    await entry;
    server.publish({ event: "news", data: 1, to: { channels: [room] } });
    await awaited(() => one.of("news")).toEqual([1]);
    expect(one.errors).toEqual([]);
  });

  test("are followed where the device is wrong to say that it has no network, as with a service of its own", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const [server, room, user] = [new FakeServer(), fresh("room"), fresh("user")];
    const { client } = heard(server, user);
    const entry = client.channel(room).subscribe();
    client.connect();
    await entry;
    expect((await client.channel(room).history()).events).toEqual([]);
  });

  test("take what is to be sent in its order, also while there is no connection", async () => {
    const [server, room, user] = [new FakeServer({ stored: ["note"] }), fresh("room"), fresh("user")];
    const part = held(parts.rooms);
    const one = heard(server, user);
    const channel = one.client.channel(room);
    const sent = [1, 2, 3].map((data) => channel.publish("note", data));
    part.come();
    await awaited(() => parts.rooms.here).toBeDefined();
    sent.push(channel.publish("note", 4));
    await one.connected();
    await Promise.all(sent);
    expect((await channel.history()).events.map(({ data }) => data)).toEqual([1, 2, 3, 4]);
  });

  test("take what is sent for the first time while attempts to connect fail, but not more than waits elsewhere", async () => {
    const [server, room, user] = [new FakeServer({ stored: ["note"] }), fresh("room"), fresh("user")];
    const { fetching } = held(parts.rooms);
    const one = heard(server, user, { polling: false });
    await one.connected();
    server.blockSockets();
    server.drop();
    await awaited(() => one.client.state).toMatchObject({ status: "disconnected", attempt: 2 });
    const channel = one.client.channel(room);
    const sent = Array.from({ length: 101 }, (_, data) => channel.publish("note", data));
    await expect(sent.pop()).rejects.toMatchObject({ code: "disconnected", retryable: true });
    await expect(channel.history()).rejects.toMatchObject({ code: "disconnected" });
    expect(fetching).not.toHaveBeenCalled();
    fetching.mockRestore();
    server.recover();
    await Promise.all(sent);
    const { events } = await channel.history({ limit: 100 });
    expect(events.map(({ data }) => data)).toEqual(sent.map((_, data) => data));
  });

  test("are fetched with the next sign of life where the device had no network for a moment", async () => {
    const [server, room, user] = [new FakeServer(), fresh("room"), fresh("user")];
    const part = held(parts.rooms);
    const { client } = await heard(server, user).connected();
    vi.stubGlobal("navigator", { onLine: false });
    const entry = client.channel(room).subscribe();
    vi.unstubAllGlobals();
    expect(part.fetching).not.toHaveBeenCalled();
    client.retry();
    await awaited(() => part.fetching.mock.calls.length).toBe(1);
    part.come();
    await entry;
  });

  test("that were left meanwhile are not followed", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const [left, kept] = [fresh("left"), fresh("kept")];
    const part = held(parts.rooms);
    const { client } = await heard(server, user).connected();
    const entry = client.channel(left).subscribe();
    client.channel(left).unsubscribe();
    const stays = client.channel(kept).subscribe();
    part.come();
    await stays;
    await expect(entry).rejects.toMatchObject({ code: "closed" });
    await awaited(() => server.room(left).log.followers.size).toBe(0);
    expect([client.channel(left).subscription, server.room(kept).log.followers.size]).toEqual(["none", 1]);
  });

  test("are followed for who has signed in meanwhile, who is not told what was asked before", async () => {
    const [server, room] = [new FakeServer(), fresh("room")];
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const part = held(parts.rooms);
    const { client, become } = await changing(server, ann);
    const channel = client.channel(room);
    const entry = channel.subscribe();
    const asked = [channel.history(), channel.presence.set("ann's"), channel.publish("note", "ann's")];
    become(bob);
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: "closed" });
    part.come();
    await entry;
    await awaited(() => [...channel.presence.get().members]).toEqual([[bob, undefined]]);
  });

  test("are not told that one types, late or as somebody else", async () => {
    const [server, room] = [new FakeServer(), fresh("room")];
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const part = held(parts.rooms);
    const { client, become } = await changing(server, ann);
    const channel = client.channel(room);
    channel.startTyping();
    const history = channel.history();
    part.fail();
    await expect(history).rejects.toMatchObject({ code: "disconnected" });
    const again = held(parts.rooms);
    const entry = channel.subscribe();
    channel.startTyping();
    become(bob);
    await awaited(() => client.state).toMatchObject({ status: "connected", user: bob });
    again.come();
    await entry;
    await channel.publish("note");
    const published = server.received.filter(({ frame }) => frame.type === "publish");
    expect(published).toMatchObject([{ user: bob, frame: { event: "note" } }]);
  });

  test("are followed before anything is sent to them that is said at the first sign of a connection", async () => {
    const [server, room, user] = [new FakeServer(), fresh("room"), fresh("user")];
    await load(parts.rooms);
    const one = heard(server, user);
    const channel = one.client.channel(room);
    const said: Promise<void>[] = [];
    one.client.listen("state", ({ status }) => {
      if (status === "connected") said.push(channel.subscribe(), channel.presence.set("here"));
    });
    await one.connected();
    await Promise.all(said);
    expect(server.received[0]).toMatchObject({ frame: { type: "subscribe" } });
  });

  test("are followed from where the client was when they were asked for, however long it takes", async () => {
    const [server, room, user] = [new FakeServer({ stored: ["note"] }), fresh("room"), fresh("user")];
    let ahead = 0;
    const options = { storage: storage(), platform: { now: () => Date.now() + ahead } };
    const one = await heard(server, user, options).connected();
    await one.client.channel(room).subscribe();
    await one.client.channel(room).publish("note", 1);
    one.client.close();
    server.publish({ event: "note", data: 2, to: { channels: [room] } });
    parts.rooms.here = undefined;
    const part = held(parts.rooms);
    const again = await heard(server, user, options).connected();
    void again.client.channel(room).subscribe();
    ahead = 61_000;
    part.come();
    await awaited(() => again.of("note")).toEqual([2]);
  });

  test("are followed from the top for who has signed in meanwhile", async () => {
    const [server, room] = [new FakeServer({ stored: ["note"] }), fresh("room")];
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    let [signedIn, ahead] = [ann, 0];
    server.publish({ event: "note", data: "before", to: { channels: [room] } });
    const part = held(parts.rooms);
    const one = await heard(server, ann, {
      user: ann,
      getToken: () => server.token(signedIn),
      platform: { now: () => Date.now() + ahead },
    }).connected();
    const entry = one.client.channel(room).subscribe({ since: "beginning" });
    ahead = 1000;
    signedIn = bob;
    one.client.setUser(bob);
    await awaited(() => one.client.state).toMatchObject({ status: "connected", user: bob });
    part.come();
    await entry;
    server.publish({ event: "note", data: "after", to: { channels: [room] } });
    await awaited(() => one.of("note")).toEqual(["after"]);
  });

  test("and have moved are served for another tab when it is", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const quick = { setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 50) };
    const shared = { user, shareTabs: true, platform: quick };
    const leader = await heard(server, user, shared).connected();
    const one = await heard(server, user, shared).connected();
    expect([leader.client.state, one.client.state]).toMatchObject([{ over: "websocket" }, { over: "tab" }]);
    await one.client.channel(room).subscribe();
    // Both tabs are one program here; the one that leads is to have no part for rooms.
    const { here } = parts.rooms;
    parts.rooms.here = undefined;
    const part = held(parts.rooms);
    server.moveRoom(room);
    await awaited(() => part.fetching.mock.calls.length).toBeGreaterThan(0);
    expect(here).toBeDefined();
    expect(server.connections(user)).toBe(1);
    part.fail();
    server.publish({ event: "news", data: "a", to: { channels: [room] } });
    await awaited(() => one.of("news")).toEqual(["a"]);
    expect(server.connections(user)).toBe(2);
    expect([...one.gaps, ...one.errors, ...leader.errors]).toEqual([]);
  });
});

describe("polling, before its part is here", () => {
  const quick = { setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };
  /** Somebody whose sockets are blocked, up to where the part is asked for. */
  async function blocked() {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.polling);
    server.blockSockets();
    const one = heard(server, user, { platform: quick });
    one.client.connect();
    await awaited(() => part.fetching.mock.calls.length).toBe(1);
    return { server, user, part, one };
  }

  test("is an attempt that failed where it cannot be fetched, and the next comes later", async () => {
    const { server, user, part, one } = await blocked();
    expect(one.client.state.status).toBe("connecting");
    part.fail();
    await awaited(() => one.client.state).toMatchObject({ over: "polling", user });
    expect(one.errors).toEqual([]);
    server.publish({ event: "greeting", data: 1, to: { users: [user] } });
    await awaited(() => one.of("greeting")).toEqual([1]);
  });

  test("is given up after a while, so that a socket is tried again", async () => {
    const { server, user, part, one } = await blocked();
    server.recover();
    await awaited(() => one.client.state).toMatchObject({ over: "websocket", user });
    part.come();
  });
});

describe("tabs, before the part for them is here", () => {
  const shared = (server: FakeServer, user: string, more: Partial<Options> = {}) =>
    heard(server, user, { user, shareTabs: true, ...more });

  test("are connected when it is", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.tabs);
    const [one, other] = [shared(server, user), shared(server, user)];
    for (const { client } of [one, other]) client.connect();
    await awaited(() => part.fetching.mock.calls.length).toBe(2);
    expect([one.client.state, other.client.state]).toMatchObject(Array(2).fill({ status: "connecting" }));
    part.come();
    await awaited(() => [one, other].map(({ client }) => client.state.status)).toEqual(
      Array(2).fill("connected"),
    );
    expect(server.connections(user)).toBe(1);
  });

  test.each(["fails", "takes five seconds"])("have a connection each where fetching it %s", async (how) => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.tabs);
    const waits: number[] = [];
    const platform = {
      setTimeout: (run: () => void, ms: number) => {
        waits.push(ms);
        return setTimeout(run, ms === 5000 && how !== "fails" ? 5 : ms);
      },
    };
    const [one, other] = [shared(server, user, { platform }), shared(server, user, { platform })];
    for (const { client } of [one, other]) client.connect();
    if (how === "fails") part.fail();
    for (const { client } of [one, other]) {
      await awaited(() => client.state).toMatchObject({ over: "websocket" });
    }
    expect(waits).toContain(5000);
    expect(server.connections(user)).toBe(2);
    part.come();
  });

  test("that were closed meanwhile do not connect", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const part = held(parts.tabs);
    const { client, states } = shared(server, user);
    client.connect();
    client.close();
    part.come();
    await awaited(() => parts.tabs.here).toBeDefined();
    expect([client.state.status, server.connections(user)]).toEqual(["disconnected", 0]);
    expect(states).toEqual(["connecting", "disconnected"]);
  });
});
