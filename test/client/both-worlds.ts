import { afterEach, describe, expect, test } from "vitest";
import { awaited, fresh, Heard, type Options, storage, type World } from "./world.ts";

/** What a client does in every world: this runs against the fake server and against the real service. */
export function describeClient(name: string, world: () => World): void {
  const clients: Heard[] = [];

  /** A client of a user, which the test need not close. */
  async function heard(user: string, more: Partial<Options> = {}): Promise<Heard> {
    const options = await world().options(user);
    const one = new Heard({ ...options, ...more, platform: { ...options.platform, ...more.platform } });
    clients.push(one);
    return one;
  }
  const connected = async (user: string, more: Partial<Options> = {}) =>
    (await heard(user, more)).connected();
  const publish = (user: string, data: unknown) =>
    world().publish({ event: "greeting", data, to: { users: [user] } });
  const toRoom = (room: string, data: unknown) =>
    world().publish({ event: "news", data, to: { channels: [room] } });

  afterEach(() => {
    for (const { client } of clients.splice(0)) client.close();
  });

  describe(`a client of ${name}`, () => {
    test("connects, hears by name and from its channel, and no more once that is undone", async () => {
      const user = fresh("user");
      const { client, states } = await connected(user);
      const [byName, byChannel]: [unknown[], unknown[]] = [[], []];
      const undo = client.on("greeting", (data) => void byName.push(data));
      client.channel(`user:${user}`).on("*", (data, { event }) => void byChannel.push([event, data]));
      await publish(user, 1);
      await awaited(() => byName).toEqual([1]);
      undo();
      await publish(user, 2);
      await awaited(() => byChannel).toEqual([
        ["greeting", 1],
        ["greeting", 2],
      ]);
      expect(byName).toEqual([1]);
      expect(states).toEqual(["connecting", "connected"]);
      expect(client.state).toMatchObject({ over: "websocket", user });
      expect(client.stats()).toMatchObject({ received: 2, repeated: 0, gaps: 0, reconnects: 0 });
    });

    test("gets what it missed, once and in order, from its own log and from rooms", async () => {
      const [user, room] = [fresh("user"), `clinic:7:${fresh("topic")}`];
      const one = await connected(user);
      await one.client.channel(room).subscribe();
      await publish(user, 1);
      await toRoom(room, "a");
      await awaited(() => one.events.length).toBe(2);
      world().block();
      world().cut();
      await awaited(() => one.client.state.status).not.toBe("connected");
      await publish(user, 2);
      await toRoom(room, "b");
      world().unblock();
      await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([
        [1, 2],
        ["a", "b"],
      ]);
      await publish(user, 3);
      await toRoom(room, "c");
      await awaited(() => [one.of("greeting"), one.of("news")]).toEqual([
        [1, 2, 3],
        ["a", "b", "c"],
      ]);
      expect(one.gaps).toEqual([]);
      expect(one.client.stats().reconnects).toBe(1);
    });

    test("goes on where it was when the page is loaded again, as the same device", async () => {
      const [user, room] = [fresh("user"), `clinic:7:${fresh("topic")}`];
      const kept = storage();
      const before = await connected(user, { storage: kept });
      await before.client.channel(room).subscribe();
      await publish(user, 1);
      await toRoom(room, "a");
      await awaited(() => before.events.length).toBe(2);
      before.client.close();
      await publish(user, 2);
      await toRoom(room, "b");
      const after = await heard(user, { storage: kept });
      void after.client.channel(room).subscribe();
      await after.connected();
      await awaited(() => [after.of("greeting"), after.of("news")]).toEqual([[2], ["b"]]);
      expect(after.client.clientId).toBe(before.client.clientId);
    });

    test("follows a room from its beginning, reads its history, and leaves it", async () => {
      const [user, room] = [fresh("user"), `clinic:7:${fresh("topic")}`];
      for (const data of ["a", "b", "c"]) await toRoom(room, data);
      const { client, of } = await connected(user);
      const channel = client.channel(room);
      expect(channel.subscription).toBe("none");
      const following = channel.subscribe({ since: "beginning" });
      expect(channel.subscription).toBe("subscribing");
      await following;
      expect(channel.subscription).toBe("subscribed");
      const one = clients.find((some) => some.client === client);
      await awaited(() => one?.of("news")).toEqual(["a", "b", "c"]);
      const newest = await channel.history({ limit: 2 });
      expect([newest.events.map(({ data }) => data), newest.more]).toEqual([["b", "c"], true]);
      const rest = await channel.history({ before: newest.position });
      expect([rest.events.map(({ data }) => data), rest.more]).toEqual([["a"], false]);
      channel.unsubscribe();
      expect(channel.subscription).toBe("none");
      void of;
    });

    test("says in which log an event lies, so that it can be put in its place there", async () => {
      const [user, room] = [fresh("user"), `clinic:7:${fresh("topic")}`];
      const { client } = await connected(user);
      const places: unknown[] = [];
      client.on("*", (_, { channel, log, offset }) => void places.push([channel, log, offset]));
      await client.channel(room).subscribe();
      await world().publish({ event: "order", data: 1, to: { channels: [`user:${user}:orders`] } });
      await publish(user, 2);
      await toRoom(room, "a");
      await awaited(() => places.length).toBe(3);
      expect(places).toContainEqual([`user:${user}:orders`, `user:${user}`, 1]);
      expect(places).toContainEqual([`user:${user}`, `user:${user}`, 2]);
      expect(places).toContainEqual([room, room, 1]);
      expect((await client.channel(room).history()).events).toMatchObject([{ log: room, offset: 1 }]);
    });

    test("is told where a room may not be followed", async () => {
      const { client } = await connected(fresh("user"));
      const room = client.channel(`clinic:8:${fresh("topic")}`);
      await expect(room.subscribe()).rejects.toMatchObject({ code: "forbidden", retryable: false });
      expect(room.subscription).toBe("refused");
    });

    test("needs nothing to follow what it follows always", async () => {
      const user = fresh("user");
      const one = await connected(user);
      await one.client.channel(`user:${user}`).subscribe();
      await one.client.channel(`user:${user}:orders`).subscribe();
      await world().publish({ event: "order", data: 1, to: { channels: [`user:${user}:orders`] } });
      await publish(user, 2);
      await awaited(() => one.events.map(([, event]) => event)).toEqual(["order", "greeting"]);
    });

    test("publishes to a room, also what waited for a connection, in order and once", async () => {
      const room = `clinic:7:${fresh("topic")}`;
      const [sender, reader] = [await heard(fresh("user")), await connected(fresh("user"))];
      await reader.client.channel(room).subscribe();
      const sent = ["a", "b"].map((text) => sender.client.channel(room).publish("note", { text }));
      await sender.connected();
      await Promise.all(sent);
      world().block();
      world().cut();
      await awaited(() => sender.client.state.status).not.toBe("connected");
      const waiting = ["c", "d"].map((text) => sender.client.channel(room).publish("note", { text }));
      world().unblock();
      await Promise.all(waiting);
      await awaited(() => reader.of("note")).toEqual(["a", "b", "c", "d"].map((text) => ({ text })));
      const user = sender.client.state.status === "connected" ? sender.client.state.user : "";
      const history = await reader.client.channel(room).history();
      expect(history.events.map(({ from }) => from)).toEqual([user, user, user, user]);
    });

    test("sees who is in a room and what they say of themselves", async () => {
      const room = `clinic:7:${fresh("topic")}`;
      const [ann, bob] = [fresh("ann"), fresh("bob")];
      const [one, other] = [await connected(ann), await connected(bob)];
      const seen = () => [...one.client.channel(room).presence.get().members].sort();
      await one.client.channel(room).subscribe();
      await awaited(seen).toEqual([[ann, undefined]]);
      await other.client.channel(room).subscribe();
      await other.client.channel(room).presence.set("desk 2");
      await awaited(seen).toEqual([
        [ann, undefined],
        [bob, "desk 2"],
      ]);
      expect(one.client.channel(room).presence.get()).toMatchObject({ count: 2, isNamed: true });
    });

    test("sees who is typing, until they say that they stopped", async () => {
      const room = `clinic:7:${fresh("topic")}`;
      const bob = fresh("bob");
      const [one, other] = [await connected(fresh("ann")), await connected(bob)];
      for (const { client } of [one, other]) await client.channel(room).subscribe();
      const { typing } = one.client.channel(room);
      other.client.channel(room).startTyping();
      await awaited(() => typing.get()).toEqual([bob]);
      other.client.channel(room).stopTyping();
      await awaited(() => typing.get()).toEqual([]);
      expect(other.client.channel(room).typing.get()).toEqual([]);
    });

    test("has the inbox, in step with the user's other devices", async () => {
      const user = fresh("user");
      const notify = (id: string) =>
        world().publish({
          event: "greeting",
          id,
          to: { users: [user] },
          notification: { type: "t", title: id, message: "M" },
        });
      await notify("first");
      const [one, other] = [await connected(user), await connected(user)];
      // The badge is right before anything is fetched.
      await awaited(() => one.client.inbox.get().counts).toEqual({ total: 1, unread: 1, unseen: 1 });
      const arrived: unknown[] = [];
      one.client.inbox.onNew(({ title }, { replayed }) => void arrived.push([title, replayed]));
      for (const { client } of [one, other]) await client.inbox.load();
      await notify("second");
      const titles = (heardBy: Heard) => heardBy.client.inbox.get().items.map(({ title }) => title);
      await awaited(() => [titles(one), titles(other)]).toEqual([
        ["second", "first"],
        ["second", "first"],
      ]);
      expect(arrived).toEqual([["second", false]]);

      const marking = one.client.inbox.mark("read", ["first"]);
      expect(one.client.inbox.get()).toMatchObject({ counts: { total: 2, unread: 1, unseen: 1 } });
      expect(await marking).toEqual({ total: 2, unread: 1, unseen: 1 });
      await awaited(() => other.client.inbox.get().items.map(({ readAt }) => readAt !== null)).toEqual([
        false,
        true,
      ]);

      await other.client.inbox.mark("archived", ["first"]);
      await awaited(() => [titles(one), titles(other)]).toEqual([["second"], ["second"]]);
      await one.client.inbox.mark("unarchived", ["first"]);
      await awaited(() => [titles(one), titles(other)]).toEqual([
        ["second", "first"],
        ["second", "first"],
      ]);
      await one.client.inbox.clear();
      await awaited(() => other.client.inbox.get()).toMatchObject({
        items: [],
        counts: { total: 0, unread: 0 },
      });
    });

    test("pages through the inbox, and reads one notification and the preferences", async () => {
      const user = fresh("user");
      for (let count = 1; count <= 52; count += 1) {
        await world().publish({
          event: "greeting",
          id: `n${count}`,
          to: { users: [user] },
          notification: { type: "t", title: `${count}`, message: "M" },
        });
      }
      const { client } = await connected(user);
      await client.inbox.load();
      expect(client.inbox.get()).toMatchObject({ status: "ready", hasMore: true, counts: { total: 52 } });
      expect(client.inbox.get().items).toHaveLength(50);
      await client.inbox.more();
      expect(
        client.inbox
          .get()
          .items.map(({ title }) => title)
          .slice(-3),
      ).toEqual(["3", "2", "1"]);
      expect(client.inbox.get().hasMore).toBe(false);
      expect(await client.inbox.get("n7")).toMatchObject({ title: "7" });
      await expect(client.inbox.get("nothing")).rejects.toMatchObject({ code: "not_found" });
      const preferences = { types: { t: { inbox: true, announce: false } }, quietHours: null };
      expect(await client.inbox.preferences.set(preferences)).toEqual(preferences);
      expect(await client.inbox.preferences.get()).toEqual(preferences);
    });

    test("stops for good when it is put out, and begins anew when it is told to", async () => {
      const user = fresh("user");
      const { client } = await connected(user);
      await world().kick(user);
      await awaited(() => client.state).toMatchObject({ status: "disconnected", reason: "kicked" });
      expect(client.state).not.toHaveProperty("retryAt");
      client.retry();
      await awaited(() => client.state.status).toBe("connected");
    });

    test("has one connection for each person", async () => {
      const [ann, bob] = [fresh("ann"), fresh("bob")];
      let here = ann;
      const asAnn = await world().options(ann);
      const asBob = await world().options(bob);
      const getToken = () => (here === ann ? asAnn : asBob).getToken?.() ?? "";
      const one = await connected(ann, { getToken, user: ann });
      await publish(ann, 1);
      await awaited(() => one.of("greeting")).toEqual([1]);
      here = bob;
      one.client.setUser(bob);
      await awaited(() => one.client.state).toMatchObject({ status: "connected", user: bob });
      await publish(bob, 2);
      await publish(ann, 3);
      await publish(bob, 4);
      await awaited(() => one.of("greeting")).toEqual([1, 2, 4]);
      expect(one.gaps).toEqual([]);
      one.client.setUser(undefined);
      expect(one.client.state).toMatchObject({ status: "disconnected", reason: "closed" });
    });
  });
}
