import { afterEach, describe, expect, test, vi } from "vitest";
import type { SocketClass, SocketLike } from "../../src/client/index.ts";
import { FakeServer } from "../../src/client/testing/index.ts";
import { awaited, fresh, Heard } from "./world.ts";

const tabs: Heard[] = [];
afterEach(() => {
  for (const { client } of tabs.splice(0)) client.close();
});

/** Node has the locks and the channels of a browser, over all that runs in one process. */
async function tab(server: FakeServer, user: string, WebSocket?: SocketClass): Promise<Heard> {
  const { platform, ...options } = server.optionsFor(user);
  const heard = new Heard({
    ...{ ...options, user, shareTabs: true },
    platform: { ...platform, ...(WebSocket && { WebSocket }) },
  });
  tabs.push(heard);
  return heard.connected();
}

/** Sockets of a server that take a while to open where they lead to a room. */
function slowToRooms(server: FakeServer): SocketClass {
  const { WebSocket: Near = WebSocket } = server.optionsFor("").platform;
  return class implements SocketLike {
    #socket: SocketLike | undefined;
    readonly #listeners: Parameters<SocketLike["addEventListener"]>[] = [];

    constructor(url: string, protocols: string[]) {
      const open = () => {
        this.#socket = new Near(url, protocols);
        for (const [type, listener] of this.#listeners) this.#socket.addEventListener(type, listener);
      };
      if (url.includes("/rooms/")) setTimeout(open, 50);
      else queueMicrotask(open);
    }

    get readyState(): number {
      return this.#socket?.readyState ?? 0;
    }

    addEventListener(...listener: Parameters<SocketLike["addEventListener"]>): void {
      this.#listeners.push(listener);
    }

    send(text: string): void {
      this.#socket?.send(text);
    }

    close(): void {
      this.#socket?.close();
    }
  };
}

const greet = (server: FakeServer, user: string, data: unknown) =>
  server.publish({ event: "greeting", data, to: { users: [user] } });

describe("tabs of one person", () => {
  test("share one connection, and each hears everything", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const [one, other] = [await tab(server, user), await tab(server, user)];
    await awaited(() => other.client.state).toMatchObject({ over: "tab", user });
    expect(one.client.state).toMatchObject({ over: "websocket" });
    expect(server.connections(user)).toBe(1);
    greet(server, user, 1);
    await awaited(() => [one.of("greeting"), other.of("greeting")]).toEqual([[1], [1]]);
  });

  test("go on without loss when the one that holds the connection is closed", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const [one, two, three] = [await tab(server, user), await tab(server, user), await tab(server, user)];
    for (const { client } of [two, three]) await client.channel(room).subscribe();
    greet(server, user, 1);
    await awaited(() => [two.of("greeting"), three.of("greeting")]).toEqual([[1], [1]]);
    one.client.close();
    greet(server, user, 2);
    server.publish({ event: "news", data: "a", to: { channels: [room] } });
    await awaited(() => [two.of("greeting"), three.of("greeting"), two.of("news"), three.of("news")]).toEqual(
      [[1, 2], [1, 2], ["a"], ["a"]],
    );
    greet(server, user, 3);
    await awaited(() => [two.of("greeting"), three.of("greeting")]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(server.connections(user)).toBe(1);
    expect([...two.gaps, ...three.gaps, ...two.errors, ...three.errors]).toEqual([]);
  });

  test("agree about logs that were empty when the first of them came (R4)", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const one = await tab(server, user);
    await one.client.channel(room).subscribe();
    greet(server, user, 1);
    server.publish({ event: "news", data: "a", to: { channels: [room] } });
    await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([[1], ["a"]]);
    const other = await tab(server, user);
    await other.client.channel(room).subscribe();
    greet(server, user, 2);
    server.publish({ event: "news", data: "b", to: { channels: [room] } });
    await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([
      [1, 2],
      ["a", "b"],
    ]);
    await awaited(() => [other.of("greeting"), other.of("news")]).toEqual([[2], ["b"]]);
    // Each tab for each log once: an answer to one is no reason for another to ask again.
    const asked = server.received.filter(({ frame }) => frame.type === "subscribe");
    expect(asked.map(({ frame }) => frame.channels)).toEqual([[room], [`user:${user}`], [room]]);
    expect([...one.gaps, ...other.gaps, ...one.errors, ...other.errors]).toEqual([]);
  });

  test("ask for the log no more than they must while events come without a pause", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    // It counts from when the log was empty, the others from what the log was called later.
    const one = await tab(server, user);
    let sent = 0;
    const ticking = setInterval(() => greet(server, user, ++sent), 1);
    const moreOf = async (heard: Heard) => {
      const enough = heard.of("greeting").length + 20;
      await awaited(() => heard.of("greeting").length).toBeGreaterThan(enough);
    };
    try {
      await moreOf(one);
      const [two, three] = [await tab(server, user), await tab(server, user)];
      await moreOf(three);
      one.client.close();
      await awaited(() => two.client.state).toMatchObject({ over: "websocket" });
      await moreOf(three);
      clearInterval(ticking);
      for (const heard of [two, three]) {
        await awaited(() => heard.of("greeting").at(-1)).toBe(sent);
        const [first] = heard.of("greeting");
        const all = Array.from({ length: sent - Number(first) + 1 }, (_, index) => Number(first) + index);
        expect(heard.of("greeting")).toEqual(all);
        expect([...heard.gaps, ...heard.errors]).toEqual([]);
      }
    } finally {
      clearInterval(ticking);
    }
    // Two that come, one that another takes over for; that one again where the other has heard more by then.
    expect(server.received.filter(({ frame }) => frame.type === "subscribe").length).toBeLessThanOrEqual(4);
  });

  test("ask for the log again a while after it was refused for now, and tell nobody", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await tab(server, user);
    server.refuseNext("subscribe", "rate_limited", true);
    const other = await tab(server, user);
    const asked = () => server.received.filter(({ frame }) => frame.type === "subscribe").length;
    await awaited(asked).toBe(2);
    greet(server, user, 1);
    await awaited(() => [one.of("greeting"), other.of("greeting")]).toEqual([[1], [1]]);
    expect(asked()).toBe(2);
    expect([...one.errors, ...other.errors]).toEqual([]);
  });

  test("follow a room that has moved, each from its own position, and come back to it", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    server.moveRoom(room);
    const inform = (data: string) => server.publish({ event: "news", data, to: { channels: [room] } });
    for (const data of ["a", "b"]) inform(data);
    const first = await tab(server, user, slowToRooms(server));
    const [two, three] = [await tab(server, user), await tab(server, user)];
    // All at once: the line to the room is being opened for the first of them when the others ask.
    await Promise.all([
      first.client.channel(room).subscribe(),
      two.client.channel(room).subscribe({ since: "beginning" }),
      three.client.channel(room).subscribe({ since: "beginning" }),
    ]);
    inform("c");
    const all = () => [first.of("news"), two.of("news"), three.of("news")];
    await awaited(all).toEqual([["c"], ["a", "b", "c"], ["a", "b", "c"]]);
    // The tab that asked last follows it no more when the room's own line is lost.
    three.client.channel(room).unsubscribe();
    await awaited(() => three.client.channel(room).subscription).toBe("none");
    for (const socket of [...server.room(room).log.followers]) socket.drop();
    inform("d");
    await awaited(() => all().map((news) => news.at(-1))).toEqual(["d", "d", "c"]);
    // A tab that comes later asks for it together with another room.
    const late = new Heard({ ...server.optionsFor(user), user, shareTabs: true });
    tabs.push(late);
    const elsewhere = fresh("room");
    for (const name of [room, elsewhere]) void late.client.channel(name).subscribe();
    await late.connected();
    await awaited(() => late.client.channel(elsewhere).subscription).toBe("subscribed");
    await awaited(() => late.client.channel(room).subscription).toBe("subscribed");
    expect([first, two, three, late].flatMap(({ gaps, errors }) => [...gaps, ...errors])).toEqual([]);
    expect(first.client.stats().reconnects).toBe(0);
  });

  test("leave a room with the last of them that follows it", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const [one, other] = [await tab(server, user), await tab(server, user)];
    for (const { client } of [one, other]) await client.channel(room).subscribe();
    one.client.channel(room).unsubscribe();
    server.publish({ event: "news", data: "a", to: { channels: [room] } });
    await awaited(() => other.of("news")).toEqual(["a"]);
    expect(one.of("news")).toEqual([]);
    expect(server.room(room).presence.count).toBe(1);
    // A tab that is gone follows nothing any more, though it did not say so.
    other.client.close();
    await awaited(() => server.room(room).presence.count).toBe(0);
  });

  test("leave a room with the last of them also when another has taken over meanwhile", async () => {
    const [server, user, room] = [new FakeServer(), fresh("user"), fresh("room")];
    const [one, two, three] = [await tab(server, user), await tab(server, user), await tab(server, user)];
    await three.client.channel(room).subscribe();
    one.client.close();
    await awaited(() => two.client.state).toMatchObject({ over: "websocket" });
    await awaited(() => server.room(room).presence.count).toBe(1);
    await awaited(() => three.client.channel(room).subscription).toBe("subscribed");
    three.client.close();
    await awaited(() => server.room(room).presence.count).toBe(0);
  });

  test("hear only the one that holds the connection now", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const [, other] = [await tab(server, user), await tab(server, user)];
    // As one would speak that was frozen, and does not know yet that it was replaced.
    const frozen = new BroadcastChannel(`carillon:https://fake.carillon:${user}`);
    const state = { status: "disconnected", reason: "network", attempt: 1 };
    frozen.postMessage({ kind: "state", tab: "frozen", state });
    greet(server, user, 1);
    await awaited(() => other.of("greeting")).toEqual([1]);
    frozen.close();
    expect(other.states).toEqual(["connecting", "connected"]);
  });

  test("hurry the one that holds the connection when one of them is looked at", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const patient = { minDelay: 60_000, maxDelay: 60_000 };
    const heard = [1, 2].map(
      () =>
        new Heard({ ...server.optionsFor(user), user, shareTabs: true, polling: false, reconnect: patient }),
    );
    tabs.push(...heard);
    for (const one of heard) await one.connected();
    server.drop();
    const [, other] = heard;
    await awaited(() => other?.client.state).toMatchObject({ reason: "network", attempt: 0 });
    other?.client.retry();
    await awaited(() => other?.client.state).toMatchObject({ over: "tab" });
  });

  test("hear what another of them publishes, and mark for all", async () => {
    const [server, user, room] = [new FakeServer({ stored: ["note"] }), fresh("user"), fresh("room")];
    const [one, other] = [await tab(server, user), await tab(server, user)];
    for (const { client } of [one, other]) await client.channel(room).subscribe();
    await other.client.channel(room).publish("note", { text: "x" });
    await awaited(() => one.of("note")).toEqual([{ text: "x" }]);
    expect(other.of("note")).toEqual([]);
    server.publish({
      event: "greeting",
      to: { users: [user] },
      notification: { type: "t", title: "T", message: "M" },
    });
    for (const { client } of [one, other]) await awaited(() => client.inbox.get().counts.unread).toBe(1);
    await other.client.inbox.mark("read", "all");
    await awaited(() => one.client.inbox.get().counts.unread).toBe(0);
  });

  test("come back together when the connection is lost", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const [one, other] = [await tab(server, user), await tab(server, user)];
    server.drop();
    await awaited(() => other.client.state.status).not.toBe("connected");
    greet(server, user, 1);
    await awaited(() => [one.of("greeting"), other.of("greeting")]).toEqual([[1], [1]]);
    expect(other.client.stats().reconnects).toBe(1);
  });

  test("come back together when the connection is replaced by an attempt that was given up", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const accept = server.accept.bind(server);
    const late: (() => void)[] = [];
    vi.spyOn(server, "accept").mockImplementationOnce((socket) => void late.push(() => accept(socket)));
    const { platform } = server.optionsFor(user);
    const quick = { ...platform, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };
    const one = new Heard({ ...server.optionsFor(user), user, shareTabs: true, platform: quick });
    tabs.push(one);
    await one.connected();
    const other = await tab(server, user);
    // The first of them, and one of the page before.
    const reconnects = () => [one, other].map(({ client }) => client.stats().reconnects);
    for (const greetLate of late) greetLate();
    await awaited(reconnects).toEqual([1, 1]);
    server.close("replaced");
    await awaited(reconnects).toEqual([2, 2]);
    greet(server, user, 1);
    await awaited(() => [one.of("greeting"), other.of("greeting")]).toEqual([[1], [1]]);
    expect(late).toHaveLength(1);
  });

  test("take the connection from one that is frozen", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    // It holds the lock and says nothing.
    const name = `carillon:https://fake.carillon:${user}`;
    const frozen = new Promise<string>((told) => {
      const held = () => new Promise<never>(() => {});
      navigator.locks.request(name, held).catch(({ name }: Error) => told(name));
    });
    const { platform } = server.optionsFor(user);
    const quick = { ...platform, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };
    const one = new Heard({ ...server.optionsFor(user), user, shareTabs: true, platform: quick });
    tabs.push(one);
    one.client.connect();
    expect(await frozen).toBe("AbortError");
    await awaited(() => one.client.state).toMatchObject({ over: "websocket" });
  });

  test("leave one alone that answers, and step down when it is taken from them", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const { platform } = server.optionsFor(user);
    const quick = { ...platform, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / 100) };
    const one = await tab(server, user);
    await awaited(() => one.client.state).toMatchObject({ over: "websocket" });
    const other = new Heard({ ...server.optionsFor(user), user, shareTabs: true, platform: quick });
    tabs.push(other);
    await other.connected();
    other.client.retry();
    greet(server, user, 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([one.client.state, other.client.state]).toMatchObject([{ over: "websocket" }, { over: "tab" }]);
    let release = () => {};
    const held = () => new Promise<void>((resolve) => (release = resolve));
    void navigator.locks.request(`carillon:https://fake.carillon:${user}`, { steal: true }, held);
    await awaited(() => server.connections(user)).toBe(0);
    greet(server, user, 2);
    await awaited(() => one.client.state.status).toBe("connecting");
    release();
    await awaited(() => [one.of("greeting"), other.of("greeting")]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(server.connections(user)).toBe(1);
    expect([...one.gaps, ...other.gaps]).toEqual([]);
  });

  test("follow who took the connection from them, though they hear of it before they have lost it", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const one = await tab(server, user);
    const name = `carillon:https://fake.carillon:${user}`;
    const taker = new BroadcastChannel(name);
    taker.onmessage = ({ data: { kind, tab: to } }: MessageEvent<{ kind: string; tab: string }>) => {
      const state = { status: "connected", over: "websocket", user, roles: [], since: 1 };
      if (kind === "hello") taker.postMessage({ kind: "state", tab: "taker", to, state });
    };
    taker.postMessage({ kind: "lead", tab: "taker" });
    // It says that it is here, because it believes so.
    const here = Promise.withResolvers<void>();
    const listener = new BroadcastChannel(name);
    listener.onmessage = ({ data }: MessageEvent<{ kind: string }>) => data.kind === "here" && here.resolve();
    taker.postMessage({ kind: "retry" });
    await here.promise;
    let release = () => {};
    const held = () => new Promise<void>((resolve) => (release = resolve));
    void navigator.locks.request(name, { steal: true }, held);
    await awaited(() => one.client.state).toMatchObject({ status: "connected", over: "tab", since: 1 });
    for (const channel of [taker, listener]) channel.close();
    release();
  });

  test("that are closed before it is their turn do not connect", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const request = vi.spyOn(navigator.locks, "request");
    const one = new Heard({ ...server.optionsFor(user), user, shareTabs: true });
    one.client.connect();
    await awaited(() => request.mock.calls.length).toBe(2);
    one.client.close();
    // The browser had granted both already.
    for (const [, , held] of request.mock.calls as unknown as [string, object, () => unknown][]) held();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.connections(user)).toBe(0);
    request.mockRestore();
  });

  test("that connect again when they hear that they are closed can be closed again", async () => {
    const [server, user] = [new FakeServer(), fresh("user")];
    const { client } = await tab(server, user);
    const undo = client.listen("state", ({ status }) => status === "disconnected" && client.connect());
    client.close();
    undo();
    await awaited(() => client.state).toMatchObject({ over: "websocket" });
    client.close();
    expect([client.state.status, server.connections(user)]).toEqual(["disconnected", 0]);
  });

  test("of two people have a connection each", async () => {
    const server = new FakeServer();
    const [ann, bob] = [fresh("ann"), fresh("bob")];
    const [one, other] = [await tab(server, ann), await tab(server, bob)];
    expect([one.client.state, other.client.state]).toMatchObject([
      { over: "websocket" },
      { over: "websocket" },
    ]);
  });
});
