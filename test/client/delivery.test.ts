import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { awaited, fresh, Heard, type Options, storage } from "./world.ts";

const clients: Heard[] = [];
afterEach(() => {
  for (const { client } of clients.splice(0)) client.close();
  vi.restoreAllMocks();
});

function heard(server: FakeServer, user: string, more: Partial<Options> = {}): Heard {
  const options = server.optionsFor(user);
  const one = new Heard({ ...options, ...more, platform: { ...options.platform, ...more.platform } });
  clients.push(one);
  return one;
}
const greet = (server: FakeServer, user: string, data: unknown) =>
  server.publish({ event: "greeting", data, to: { users: [user] } });
const inform = (server: FakeServer, room: string, data: unknown) =>
  server.publish({ event: "news", data, to: { channels: [room] } });

describe("events", () => {
  test("that come again are dropped, and what lies beyond a hole is asked for", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await heard(server, user).connected();
    greet(server, user, 1);
    await awaited(() => one.of("greeting")).toEqual([1]);
    // The server says one again, and forgets to say another.
    const [socket] = server.user(user).sockets;
    for (const entry of server.user(user).log.after({ epoch: "", offset: 0 })) socket?.send(entry);
    if (socket) server.user(user).log.followers.delete(socket);
    greet(server, user, 2);
    if (socket) server.user(user).log.followers.add(socket);
    greet(server, user, 3);
    await awaited(() => one.of("greeting")).toEqual([1, 2, 3]);
    expect(one.client.stats()).toMatchObject({ repeated: 1, gaps: 0, received: 3 });
  });

  test("have moved the position before anybody hears of them, and one who throws harms nobody", async () => {
    const [server, user, kept] = [new FakeServer(), fresh("user"), storage()];
    const one = heard(server, user, { storage: kept });
    const reached: unknown[] = [];
    one.client.on("greeting", () => {
      throw new Error("a listener's");
    });
    one.client.on("greeting", (data) => {
      reached.push(data);
      // Whoever stops here has had it.
      if (data === 2) one.client.close();
    });
    await one.connected();
    for (const data of [1, 2, 3]) greet(server, user, data);
    await awaited(() => reached).toEqual([1, 2]);
    expect(one.errors).toEqual(["listener: a listener's", "listener: a listener's"]);
    await one.connected();
    await awaited(() => reached).toEqual([1, 2, 3]);
  });

  test("of an array of frames are handled in its order", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await heard(server, user).connected();
    const [socket] = server.user(user).sockets;
    const event = (offset: number) => ({
      type: "event",
      channel: `user:${user}`,
      event: "n",
      data: offset,
      id: "",
      at: 0,
      offset,
    });
    // biome-ignore lint/suspicious/noExplicitAny: an array is no frame of the type, but on the wire it is one
    socket?.send([event(1), { type: "skip", channel: `user:${user}`, upTo: 4 }, event(5)] as any);
    await awaited(() => one.of("n")).toEqual([1, 5]);
  });

  test("of a room that was left do not count in another log", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const one = await heard(server, user).connected();
    await one.client.channel(room).subscribe();
    const [socket] = server.user(user).sockets;
    one.client.channel(room).unsubscribe();
    await awaited(() => server.room(room).log.followers.size).toBe(0);
    if (socket) server.room(room).log.followers.add(socket);
    for (const data of ["a", "b"]) inform(server, room, data);
    greet(server, user, 1);
    await awaited(() => one.of("greeting")).toEqual([1]);
    expect(one.of("news")).toEqual([]);
    expect(server.received.filter(({ frame }) => frame.type === "subscribe")).toHaveLength(1);
  });

  test("that cannot be replayed are a gap, and the inbox is fetched again", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await heard(server, user).connected();
    await one.client.inbox.load();
    server.drop();
    await awaited(() => one.client.state.status).not.toBe("connected");
    server.user(user).notify("n1", null, { type: "t", title: "T", message: "M" });
    server.user(user).log.lose();
    await awaited(() => one.gaps).toEqual([`user:${user}`]);
    await awaited(() => one.client.inbox.get().items.map(({ id }) => id)).toEqual(["n1"]);
    // Unasked as well (R6), and of a room.
    const room = fresh("room");
    await one.client.channel(room).subscribe();
    inform(server, room, "a");
    await awaited(() => one.of("news")).toEqual(["a"]);
    server.loseLog(room);
    await awaited(() => one.gaps).toEqual([`user:${user}`, room]);
    inform(server, room, "b");
    await awaited(() => one.of("news")).toEqual(["a", "b"]);
    expect(one.client.stats().gaps).toBe(2);
  });

  test("of somebody else's are no gap: their positions are forgotten", async () => {
    const [server, ann, bob, kept] = [new FakeServer(), fresh("ann"), fresh("bob"), storage()];
    const one = await heard(server, ann, { storage: kept }).connected();
    greet(server, ann, 1);
    await awaited(() => one.of("greeting")).toEqual([1]);
    one.client.close();
    greet(server, bob, 2);
    const other = await heard(server, bob, { storage: kept, user: bob }).connected();
    greet(server, bob, 3);
    await awaited(() => other.of("greeting")).toEqual([3]);
    expect(other.gaps).toEqual([]);
  });

  test("of a room that has moved come over its own socket, and nobody notices", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const one = await heard(server, user).connected();
    await one.client.channel(room).subscribe();
    inform(server, room, "a");
    await awaited(() => one.of("news")).toEqual(["a"]);
    server.moveRoom(room);
    inform(server, room, "b");
    await awaited(() => server.connections(user)).toBe(2);
    inform(server, room, "c");
    await awaited(() => one.of("news")).toEqual(["a", "b", "c"]);
    await one.client.channel(room).presence.set("here");
    await awaited(() => one.client.channel(room).presence.get().members.get(user)).toBe("here");
    // Its socket alone is lost.
    for (const socket of [...server.room(room).log.followers]) socket.drop();
    inform(server, room, "d");
    await awaited(() => one.of("news")).toEqual(["a", "b", "c", "d"]);
    // Its place is taken by one that it had given up before.
    for (const socket of [...server.room(room).log.followers]) socket.end("replaced");
    inform(server, room, "dd");
    await awaited(() => one.of("news").at(-1)).toBe("dd");
    expect(one.client.stats().reconnects).toBe(0);
    // The user's is.
    server.drop();
    inform(server, room, "e");
    await awaited(() => one.of("news")).toEqual(["a", "b", "c", "d", "dd", "e"]);
    one.client.channel(room).unsubscribe();
    await awaited(() => server.connections(user)).toBe(1);
    expect([...one.gaps, ...one.errors]).toEqual([]);
  });
});

describe("polling", () => {
  const quick = { setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };

  test("that has not begun when the socket works again does not begin any more", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const { fetch } = server.optionsFor(user).platform;
    const answer = Promise.withResolvers<void>();
    let asked = 0;
    const one = heard(server, user, {
      platform: {
        ...quick,
        fetch: async (url, init) => {
          asked += 1;
          await answer.promise;
          return fetch?.(url, init) ?? Response.error();
        },
      },
    });
    server.blockSockets();
    one.client.connect();
    await awaited(() => asked).toBe(1);
    server.recover();
    await awaited(() => one.client.state).toMatchObject({ over: "websocket" });
    one.client.close();
    answer.resolve();
    greet(server, user, 1);
    const other = await heard(server, user).connected();
    greet(server, user, 2);
    await awaited(() => other.of("greeting")).toEqual([2]);
    expect([one.client.state.status, one.of("greeting")]).toEqual(["disconnected", []]);
  });

  test.each(["blockSockets", "disable"] as const)(
    "takes over after %s, and the socket when it works again",
    async (how) => {
      const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
      const one = await heard(server, user, { platform: quick }).connected();
      await one.client.channel(room).subscribe();
      greet(server, user, 1);
      await awaited(() => one.of("greeting")).toEqual([1]);
      server[how]();
      await awaited(() => one.client.state).toMatchObject({ over: "polling", user });
      greet(server, user, 2);
      inform(server, room, "a");
      // Somebody else's: it is left out, which is no hole.
      await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([[1, 2], ["a"]]);
      const late = fresh("room");
      await one.client.channel(late).subscribe();
      inform(server, late, "b");
      await awaited(() => one.of("news")).toEqual(["a", "b"]);
      server.user(user).notify("n1", null, { type: "t", title: "T", message: "M" });
      await awaited(() => one.client.inbox.get().counts.unread).toBe(1);
      expect(await one.client.inbox.mark("read", ["n1"])).toMatchObject({ unread: 0 });
      const waiting = one.client.channel(room).publish("note", "x");
      server.recover();
      one.client.retry();
      await awaited(() => one.client.state).toMatchObject({ over: "websocket" });
      await waiting;
      greet(server, user, 3);
      inform(server, room, "c");
      await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([
        [1, 2, 3],
        ["a", "b", "c"],
      ]);
      expect([...one.gaps, ...one.errors]).toEqual([]);
    },
  );

  test("tells of a gap, and of what may not be followed", async () => {
    const server = new FakeServer({ mayFollow: () => false });
    const user = fresh("user");
    server.blockSockets();
    const one = await heard(server, user, { platform: quick }).connected();
    expect(one.client.state).toMatchObject({ over: "polling" });
    server.loseLog(user);
    await awaited(() => one.gaps).toEqual([`user:${user}`]);
    await expect(one.client.channel("room:x").subscribe()).rejects.toMatchObject({ code: "forbidden" });
  });

  test("has what is the user's own in the user's log", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    server.blockSockets();
    greet(server, user, 1);
    const one = await heard(server, user, { platform: quick }).connected();
    const topic = `user:${user}:orders`;
    await one.client.channel(topic).subscribe();
    expect(one.client.channel(topic).subscription).toBe("subscribed");
    server.publish({ event: "order", data: 7, to: { channels: [topic] } });
    await awaited(() => one.of("order")).toEqual([7]);
    expect([...one.gaps, ...one.errors]).toEqual([]);
  });
});

describe("what is sent", () => {
  test("is bounded while it waits, and is given up after a while", async () => {
    const server = new FakeServer();
    const { client } = heard(server, fresh("user"), { queue: { maxMessages: 2, maxAge: 30 } });
    const room = client.channel("room:x");
    const outcomes = [1, 2, 3].map((data) => room.publish("note", data).catch(({ code }) => code));
    expect(await Promise.all(outcomes)).toEqual(["timeout", "timeout", "queue_full"]);
  });

  test("that is too large for a frame is refused here, lest it end the connection", async () => {
    const server = new FakeServer();
    const { client } = await heard(server, fresh("user")).connected();
    const publish = client.channel("room:x").publish("note", "ก".repeat(4000));
    await expect(publish).rejects.toMatchObject({ code: "event_too_large" });
  });

  test("and was not answered is sent again with its id, in its order", async () => {
    const server = new FakeServer({ stored: ["note"] });
    const [user, room] = [fresh("user"), fresh("room")];
    const one = await heard(server, user).connected();
    vi.spyOn(server, "take").mockImplementationOnce((socket) => socket.drop());
    await Promise.all(["a", "b", "c"].map((data) => one.client.channel(room).publish("note", data)));
    const { events } = await one.client.channel(room).history();
    expect(events.map(({ data }) => data)).toEqual(["a", "b", "c"]);
  });

  test("too fast is sent later; what is refused otherwise rejects", async () => {
    const [server, room] = [new FakeServer({ stored: ["note"] }), fresh("room")];
    const quick = { setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };
    const { client } = await heard(server, fresh("user"), { platform: quick }).connected();
    server.refuseNext("publish", "rate_limited", true);
    await client.channel(room).publish("note", "a");
    server.refuseNext("publish", "invalid_data");
    await expect(client.channel(room).publish("note", "b")).rejects.toMatchObject({ code: "invalid_data" });
    const { events } = await client.channel(room).history();
    expect(events.map(({ data }) => data)).toEqual(["a"]);
  });

  test("is rolled back where a mark is refused", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await heard(server, user).connected();
    server.user(user).notify("n1", null, { type: "t", title: "T", message: "M" });
    await one.client.inbox.load();
    server.refuseNext("mark", "internal");
    const marking = one.client.inbox.mark("deleted", ["n1"]);
    expect(one.client.inbox.get()).toMatchObject({ items: [], counts: { total: 0, unread: 0 } });
    await expect(marking).rejects.toMatchObject({ code: "internal" });
    expect(one.client.inbox.get()).toMatchObject({ items: [{ id: "n1" }], counts: { total: 1, unread: 1 } });
  });

  test("of many ids goes over HTTP", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await heard(server, user).connected();
    const ids = Array.from({ length: 400 }, (_, index) => `a-notification-with-a-long-id-${index}`);
    for (const id of ids) server.user(user).notify(id, null, { type: "t", title: "T", message: "M" });
    expect(await one.client.inbox.mark("read", ids)).toEqual({ total: 400, unread: 0, unseen: 0 });
    expect(server.received.some(({ frame }) => frame.type === "mark")).toBe(false);
  });
});

describe("a room", () => {
  test("is asked for again where it was refused for now", async () => {
    const [server, room] = [new FakeServer(), fresh("room")];
    const one = await heard(server, fresh("user")).connected();
    server.refuseNext("subscribe", "overloaded", true);
    await one.client.channel(room).subscribe();
    inform(server, room, "a");
    await awaited(() => one.of("news")).toEqual(["a"]);
    expect(one.errors).toEqual([]);
  });

  test("is followed until as many have left as came, and not left for a moment in between", async () => {
    const [server, room] = [new FakeServer(), fresh("room")];
    const { client } = await heard(server, fresh("user")).connected();
    const channel = client.channel(room);
    expect(client.channel(room)).toBe(channel);
    await Promise.all([channel.subscribe(), channel.subscribe()]);
    channel.unsubscribe();
    channel.unsubscribe();
    void channel.subscribe();
    await awaited(() => channel.subscription).toBe("subscribed");
    expect(server.received.map(({ frame }) => frame.type)).toEqual(["subscribe"]);
    channel.unsubscribe();
    await awaited(() => server.received.map(({ frame }) => frame.type)).toEqual(["subscribe", "unsubscribe"]);
  });

  test("that may not be followed any more is told of, and asked for again over the next connection", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const one = await heard(server, user).connected();
    await one.client.channel(room).subscribe();
    const [socket] = server.user(user).sockets;
    if (socket) server.room(room).leave(socket);
    socket?.send({ type: "unsubscribed", channel: room, code: "forbidden" });
    await awaited(() => one.client.channel(room).subscription).toBe("refused");
    expect(one.errors).toEqual([`forbidden: ${room} may not be followed any more.`]);
    server.drop();
    await awaited(() => one.client.channel(room).subscription).toBe("subscribed");
  });

  test("tells again who is there when something of it was missed (M2)", async () => {
    const [server, room] = [new FakeServer(), fresh("room")];
    const [ann, bob, cid] = [fresh("ann"), fresh("bob"), fresh("cid")];
    const one = await heard(server, ann).connected();
    await one.client.channel(room).subscribe();
    const [socket] = server.user(ann).sockets;
    if (socket) server.room(room).log.followers.delete(socket);
    const other = await heard(server, bob).connected();
    await other.client.channel(room).subscribe();
    if (socket) server.room(room).log.followers.add(socket);
    await (await heard(server, cid).connected()).client.channel(room).subscribe();
    const { presence } = one.client.channel(room);
    await awaited(() => [...presence.get().members.keys()].sort()).toEqual([ann, bob, cid].sort());
  });
});

test("a storage that fails, or holds what is not ours, is none", async () => {
  const server = new FakeServer();
  const broken = {
    getItem: () => "{",
    setItem: () => {
      throw new Error("full");
    },
    removeItem: () => undefined,
  };
  const one = await heard(server, fresh("user"), { storage: broken }).connected();
  expect(one.client.clientId).toMatch(/^\w{20}$/);
});

test("an address that is none is told of", async () => {
  const one = heard(new FakeServer(), fresh("user"), { url: "nowhere" });
  one.client.connect();
  await awaited(() => one.errors).toContain("disconnected: Invalid URL");
});

test("a client that does nothing needs no browser and no service", () => {
  const client = createClient();
  expect(client.state.status).toBe("disconnected");
  expect(client.inbox.get()).toMatchObject({ status: "idle", counts: { total: 0 } });
  client.close();
});
