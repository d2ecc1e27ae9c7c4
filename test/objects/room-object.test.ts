import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publish, publishTo, sleepAll } from "./listener.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);

const sleep = (room: string, ...users: string[]) => sleepAll(roomObject(room), ...users.map(userObject));

function followersOf(room: string): Promise<string[]> {
  return runInDurableObject(roomObject(room), (_instance, ctx) =>
    ctx.storage.sql
      .exec<{ user: string }>("SELECT user FROM follower ORDER BY user")
      .toArray()
      .map(({ user }) => user),
  );
}

describe("a room followed over the user's socket", () => {
  it("delivers to every follower, across hibernation between all steps", async () => {
    const room = `room:${fresh("lobby")}`;
    const [anna, ben] = [fresh("anna"), fresh("ben")];
    const first = await Listener.greeted({ user: anna });
    const second = await Listener.greeted({ user: ben });
    expect(await first.follow(room)).toMatchObject({ position: { epoch: "0", offset: 0 }, recovered: true });
    await sleep(room, anna, ben);
    await second.follow(room);
    await sleep(room, anna, ben);
    expect(await publishTo(room, "one")).toMatchObject({ status: "delivered", offset: 1, connections: 2 });
    await sleep(room, anna, ben);
    await publishTo(room, "two");
    for (const listener of [first, second]) {
      await listener.next("event", ({ event }) => event === "two");
      expect(listener.events).toEqual(["one@1", "two@2"]);
    }
  });

  it("replays from a position and goes on live (R2)", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    for (const event of ["one", "two", "three"]) await publishTo(room, event);
    const listener = await Listener.greeted({ user });
    await sleep(room, user);
    expect(await listener.follow(room, "0.1")).toMatchObject({
      position: { epoch: "0", offset: 1 },
      recovered: true,
    });
    expect(await listener.next("live")).toEqual({ type: "live", channel: room, replayed: 2 });
    await sleep(room, user);
    await publishTo(room, "four");
    await listener.next("event", ({ event }) => event === "four");
    expect(listener.events).toEqual(["two@2", "three@3", "four@4"]);
  });

  it("starts at the top without a position, and says so when a position is lost (R1, R3)", async () => {
    const room = `room:${fresh("lobby")}`;
    await publishTo(room, "one");
    const listener = await Listener.greeted({ user: fresh("user") });
    expect(await listener.follow(room)).toMatchObject({ position: { offset: 1 }, recovered: true });
    expect(await listener.follow(room, "another.1")).toMatchObject({
      position: { offset: 1 },
      recovered: false,
    });
    expect(await listener.follow(room, "0.5")).toMatchObject({ position: { offset: 1 }, recovered: false });
    await publishTo(room, "two");
    await listener.next("event");
    expect(listener.events).toEqual(["two@2"]);
  });

  it("serves a socket that asks again from its position while another stays live (R5)", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const one = await Listener.greeted({ user });
    const other = await Listener.greeted({ user });
    await one.follow(room);
    await other.follow(room);
    for (const event of ["a", "b"]) await publishTo(room, event);
    await one.next("event", ({ event }) => event === "b");
    await sleep(room, user);
    await one.follow(room, "0.0");
    await one.next("live");
    await publishTo(room, "c");
    await one.next("event", ({ event }) => event === "c");
    await other.next("event", ({ event }) => event === "c");
    expect(one.events).toEqual(["a@1", "b@2", "a@1", "b@2", "c@3"]);
    expect(other.events).toEqual(["a@1", "b@2", "c@3"]);
  });

  it("leaves the room when the last socket does", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const one = await Listener.greeted({ user });
    const other = await Listener.greeted({ user });
    await one.follow(room);
    await other.follow(room);
    one.send({ type: "unsubscribe", ref: "u", channels: [room] });
    expect(await one.next("unsubscribed")).toEqual({
      type: "unsubscribed",
      ref: "u",
      channel: room,
      code: "requested",
    });
    expect(await followersOf(room)).toEqual([user]);
    await sleep(room, user);
    other.close(1000, "bye");
    await other.untilClosed();
    await expect.poll(() => followersOf(room)).toEqual([]);
    expect(await publishTo(room, "one")).toMatchObject({ status: "stored", connections: 0 });
  });

  it("drops a follower that does not follow any more, at the next push", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    // The object dies and takes its sockets along; it cannot say that it leaves.
    await evictDurableObject(userObject(user), { webSockets: "close" });
    expect(await followersOf(room)).toEqual([user]);
    expect(await publishTo(room, "one")).toMatchObject({ status: "stored", connections: 0 });
    expect(await followersOf(room)).toEqual([]);
  });

  it("withholds by only and except, and moves the position", async () => {
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user: fresh("user"), client: "tab" });
    await listener.follow(room);
    await publish([
      { event: "staff", to: { channels: [room] }, only: { roles: ["staff"] } },
      { event: "others", to: { channels: [room] }, except: { client: "tab" } },
      { event: "end", to: { channels: [room] } },
    ]);
    await listener.next("event");
    expect(listener.frames.slice(2)).toMatchObject([
      { type: "skip", channel: room, upTo: 2 },
      { event: "end", offset: 3 },
    ]);
  });

  it("refuses a clinic's room to people of another clinic", async () => {
    const listener = await Listener.greeted({ user: fresh("nurse"), tenants: ["7"] });
    listener.send({ type: "subscribe", ref: 1, channels: ["clinic:8:queue"] });
    expect(await listener.next("error")).toMatchObject({
      ref: 1,
      channel: "clinic:8:queue",
      code: "forbidden",
    });
    await listener.follow("clinic:7:queue");
  });

  it("takes a hundred rooms a connection and refuses one more", async () => {
    const listener = await Listener.greeted({ user: fresh("user") });
    const rooms = Array.from({ length: 100 }, (_, index) => `room:${fresh(`r${index}`)}`);
    listener.send({ type: "subscribe", channels: rooms });
    await listener.until(() => listener.all("subscribed").length === 100, "a hundred answers");
    listener.send({ type: "subscribe", ref: 2, channels: ["room:onemore"] });
    expect(await listener.next("error")).toMatchObject({ ref: 2, code: "too_many_channels" });
  });

  it("answers a subscription that is withdrawn before the room answers with unsubscribed only", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    listener.sendText(
      JSON.stringify([
        { type: "subscribe", ref: 1, channels: [room] },
        { type: "unsubscribe", ref: 2, channels: [room] },
      ]),
    );
    expect(await listener.next("unsubscribed")).toMatchObject({ ref: 2 });
    await expect.poll(() => followersOf(room)).toEqual([]);
    expect(await publishTo(room, "one")).toMatchObject({ connections: 0 });
    expect(listener.events).toEqual([]);
  });

  it("answers every request of several for one room", async () => {
    const room = `room:${fresh("lobby")}`;
    await publishTo(room, "one");
    const listener = await Listener.greeted({ user: fresh("user") });
    listener.sendText(
      JSON.stringify([
        { type: "subscribe", ref: 1, channels: [{ channel: room, since: "0.0" }] },
        { type: "subscribe", ref: 2, channels: [room] },
        { type: "subscribe", ref: 3, channels: [room, room] },
      ]),
    );
    await listener.until(() => listener.all("subscribed").length === 4, "four answers");
    expect(listener.all("subscribed").map(({ ref }) => ref)).toEqual([1, 2, 3, 3]);
    await listener.next("event");
    expect(listener.events).toEqual(["one@1"]);
  });

  it("says unasked that something is missing when a log began anew (R6, F10)", async () => {
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user: fresh("user") });
    await listener.follow(room);
    await publishTo(room, "one");
    await listener.next("event");
    await runInDurableObject(roomObject(room), (_instance, ctx) => {
      ctx.storage.sql.exec("UPDATE log_life SET epoch = 'secondlife', life = 2");
    });
    await sleep(room);
    await publishTo(room, "two");
    expect(await listener.next("subscribed")).toMatchObject({
      channel: room,
      recovered: false,
      position: { epoch: "secondlife", offset: 2 },
    });
    await publishTo(room, "three");
    await listener.next("event", ({ event }) => event === "three");
    expect(listener.events).toEqual(["one@1", "three@3"]);
  });

  it("lets a publish that falls into a subscription arrive once", async () => {
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user: fresh("user") });
    await publishTo(room, "e1");
    const publishing = Promise.all(["e2", "e3", "e4"].map((event) => publishTo(room, event)));
    const subscribed = await listener.follow(room, "0.0");
    await publishing;
    await publishTo(room, "end");
    await listener.next("event", ({ event }) => event === "end");
    expect(subscribed.recovered).toBe(true);
    expect(listener.all("event").map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("a room's own socket", () => {
  it("is greeted with the room's position and gets its events, across hibernation", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user, room });
    expect(listener.welcome).toMatchObject({ user, channels: [room], position: { epoch: "0", offset: 0 } });
    await sleep(room, user);
    expect(await publishTo(room, "one")).toMatchObject({ status: "delivered", connections: 1 });
    await sleep(room, user);
    await publishTo(room, "two", { store: false });
    await listener.next("event", ({ event }) => event === "two");
    expect(listener.events).toEqual(["one@1", "two@-"]);
  });

  it("counts direct and relayed listeners together", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const relayed = await Listener.greeted({ user });
    await relayed.follow(room);
    const direct = await Listener.greeted({ user: fresh("user"), room });
    expect(await publishTo(room, "one")).toMatchObject({ connections: 2 });
    await relayed.next("event");
    await direct.next("event");
  });

  it("resumes", async () => {
    const room = `room:${fresh("lobby")}`;
    for (const event of ["one", "two"]) await publishTo(room, event);
    const listener = await Listener.greeted({ user: fresh("user"), room, since: { epoch: "0", offset: 1 } });
    expect(await listener.next("live")).toMatchObject({ channel: room, replayed: 1 });
    expect(listener.events).toEqual(["two@2"]);
  });

  it("is remembered by the user's object while it is open", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const remembered = () =>
      runInDurableObject(userObject(user), (_instance, ctx) =>
        ctx.storage.sql
          .exec<{ room: string; client: string }>("SELECT room, client FROM room_socket")
          .toArray(),
      );
    const older = await Listener.greeted({ user, room, client: "tab" });
    expect(await remembered()).toEqual([{ room, client: "tab" }]);
    await sleep(room, user);
    const newer = await Listener.greeted({ user, room, client: "tab" });
    expect(await older.next("close")).toMatchObject({ reason: "replaced" });
    await expect.poll(remembered).toEqual([{ room, client: "tab" }]);
    newer.close(1000, "bye");
    await newer.untilClosed();
    await expect.poll(remembered).toEqual([]);
  });

  it("serves its own room only", async () => {
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user: fresh("user"), room });
    listener.send({ type: "subscribe", ref: 1, channels: ["room:other", room] });
    expect(await listener.next("error")).toMatchObject({ ref: 1, channel: "room:other", code: "forbidden" });
    expect(await listener.next("subscribed")).toMatchObject({ ref: 1, channel: room });
    listener.send({ type: "unsubscribe", ref: 2, channels: [room] });
    expect(await listener.next("unsubscribed")).toMatchObject({ ref: 2, channel: room });
    expect(await listener.next("close")).toMatchObject({ code: 1000, reason: "bye" });
  });
});

describe("a follower that cannot be reached", () => {
  it("is written down, does not fail the publish, and is served by the alarm", async () => {
    const room = `room:${fresh("lobby")}`;
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    await publishTo(room, "one");
    await listener.next("event");
    const reach = putOutOfReach(user);
    expect(await publishTo(room, "two")).toMatchObject({ status: "stored", offset: 2, connections: 0 });
    expect(await publishTo(room, "three")).toMatchObject({ offset: 3 });
    const owed = await runInDurableObject(roomObject(room), (_instance, ctx) =>
      ctx.storage.sql.exec<{ owed: number }>("SELECT owed FROM follower").one(),
    );
    expect(owed).toEqual({ owed: 1 });
    reach();
    // Both sleep; what was written down must be enough.
    await sleep(room, user);
    expect(await runDurableObjectAlarm(roomObject(room))).toBe(true);
    await listener.next("event", ({ event }) => event === "three");
    expect(listener.events).toEqual(["one@1", "two@2", "three@3"]);
    expect(await publishTo(room, "four")).toMatchObject({ connections: 1 });
  });
});

/** Lets pushes to a user's object fail until the undo that is returned is called. */
function putOutOfReach(user: string): () => void {
  const { takeRoom } = UserObject.prototype;
  UserObject.prototype.takeRoom = function (this: UserObject, ...push) {
    const isOut = (this as unknown as { ctx: DurableObjectState }).ctx.id.name === user;
    return isOut ? Promise.reject(new Error("out of reach")) : takeRoom.apply(this, push);
  };
  return () => {
    UserObject.prototype.takeRoom = takeRoom;
  };
}
