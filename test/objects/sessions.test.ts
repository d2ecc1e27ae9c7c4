import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { RoomObject } from "../../src/objects/room-object.ts";
import { fresh, Listener, publish, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { rowsOf } from "./remembered.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);
const MINUTE = 60_000;

/** A listener on either kind of socket, and the object that holds it. */
async function enter(kind: "user" | "room", ttl: number) {
  const user = fresh("user");
  const room = `room:${fresh("lobby")}`;
  const listener = await Listener.greeted({ user, ttl, ...(kind === "room" && { room }) });
  return { user, listener, object: kind === "room" ? roomObject(room) : userObject(user) };
}

const alarmOf = (object: DurableObjectStub<undefined>) =>
  runInDurableObject(object, (_instance, ctx) => ctx.storage.getAlarm());

describe.each(["user", "room"] as const)("a session on a %s's socket (C7)", (kind) => {
  it("is renewed where it is by a newer token, across hibernation", async () => {
    const { user, listener, object } = await enter(kind, 300);
    await sleepAll(object);
    listener.send({ type: "auth", ref: "r", token: await tokenFor({ user, ttl: 900 }) });
    const { expiresAt = 0, ...ok } = await listener.next("ok");
    expect(ok).toEqual({ type: "ok", ref: "r" });
    expect(expiresAt).toBeGreaterThanOrEqual(listener.welcome.expiresAt + 600_000);
    await sleepAll(object);
    // The alarm of the earlier end comes, finds nothing to do, and waits for the new one.
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await alarmOf(object)).toBe(expiresAt - MINUTE);
    expect(listener.all("expiring")).toEqual([]);
    expect(listener.closed).toBeUndefined();
  });

  it("is told by alarm that it ends, once, also when the object sleeps", async () => {
    const { listener, object } = await enter(kind, 61);
    await sleepAll(object);
    const { in: left } = await listener.next("expiring");
    expect(left).toBeLessThanOrEqual(MINUTE);
    expect(left).toBeGreaterThan(MINUTE - 5000);
    expect(await alarmOf(object)).toBe(listener.welcome.expiresAt);
    await sleepAll(object);
    await runDurableObjectAlarm(object);
    listener.send({ type: "ping", ref: 1 });
    await listener.next("pong");
    expect(listener.all("expiring")).toHaveLength(1);
  });

  it("is told again after it was renewed", async () => {
    const { user, listener, object } = await enter(kind, 30);
    await listener.next("expiring");
    listener.send({ type: "auth", token: await tokenFor({ user, ttl: 40 }) });
    await listener.next("ok");
    await sleepAll(object);
    const { in: left } = await listener.next("expiring");
    expect(left).toBeGreaterThan(30_000);
  });

  it("ends with its credential, by alarm, also when the object sleeps", async () => {
    const { listener, object } = await enter(kind, 1);
    await sleepAll(object);
    expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "token_expired" });
    expect(Date.now()).toBeGreaterThanOrEqual(listener.welcome.expiresAt);
  });

  it("stays, with an error, when auth brings a token that does not count", async () => {
    const { user, listener } = await enter(kind, 300);
    const expired = await tokenFor({ user, ttl: 10, issuedAt: Date.now() - MINUTE });
    const forged = `${(await tokenFor({ user })).slice(0, -8)}AAAAAAAA`;
    for (const [ref, token, code] of [
      [1, "a.b.c", "unauthorized"],
      [2, forged, "unauthorized"],
      [3, expired, "token_expired"],
    ] as const) {
      listener.send({ type: "auth", ref, token });
      expect(await listener.next("error")).toMatchObject({ ref, code, retryable: false });
    }
    listener.send({ type: "ping", ref: 4 });
    await listener.next("pong");
    expect(listener.closed).toBeUndefined();
  });

  it("ends with forbidden when auth brings another user's token", async () => {
    const { listener } = await enter(kind, 300);
    listener.send({ type: "auth", ref: 1, token: await tokenFor({ user: fresh("other") }) });
    expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "forbidden" });
    expect(listener.all("ok")).toEqual([]);
  });
});

describe("a renewed identity that lost something", () => {
  it("leaves, at once, the rooms that it may not follow any more (C7, F9)", async () => {
    const user = fresh("nurse");
    const [lost, kept] = [`clinic:7:${fresh("queue")}`, `room:${fresh("lobby")}`];
    const listener = await Listener.greeted({ user, tenants: ["7"] });
    await listener.follow(lost);
    await listener.follow(kept);
    await sleepAll(userObject(user), roomObject(lost));
    listener.send({ type: "auth", token: await tokenFor({ user, tenants: ["8"] }) });
    expect(await listener.next("unsubscribed")).toEqual({
      type: "unsubscribed",
      channel: lost,
      code: "forbidden",
    });
    expect(await publishTo(lost, "secret")).toMatchObject({ status: "stored", connections: 0 });
    expect(await rowsOf(roomObject(lost), "SELECT user FROM follower")).toEqual([]);
    expect(await publishTo(kept, "open")).toMatchObject({ connections: 1 });
    await listener.next("event");
    expect(listener.events).toEqual(["open@1"]);
    listener.send({ type: "subscribe", ref: 1, channels: [{ channel: lost, since: "0.0" }] });
    expect(await listener.next("error")).toMatchObject({ ref: 1, channel: lost, code: "forbidden" });
  });

  it("is closed on the own socket of such a room", async () => {
    const user = fresh("nurse");
    const room = `clinic:7:${fresh("queue")}`;
    const listener = await Listener.greeted({ user, tenants: ["7"], room });
    await sleepAll(userObject(user), roomObject(room));
    listener.send({ type: "auth", ref: 1, token: await tokenFor({ user, tenants: ["8"] }) });
    expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "forbidden" });
    expect(await publishTo(room, "secret")).toMatchObject({ status: "stored", connections: 0 });
    expect(listener.events).toEqual([]);
  });

  it("gets neither live nor in a replay what only others may see (F9)", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user, roles: ["admin"] });
    const only = { to: { users: [user] }, only: { roles: ["admin"] } };
    await publish([{ event: "before", ...only }]);
    await listener.next("event");
    listener.send({ type: "auth", token: await tokenFor({ user }) });
    await listener.next("ok");
    await sleepAll(userObject(user));
    await publish([
      { event: "after", ...only },
      { event: "end", to: { users: [user] } },
    ]);
    await listener.next("event", ({ event }) => event === "end");
    await listener.follow(`user:${user}`, "0.0");
    expect(await listener.next("live")).toMatchObject({ replayed: 1 });
    expect(listener.events).toEqual(["before@1", "end@3", "end@3"]);
  });

  it("gets nothing of a room whose subscription was under way when it lost it (C7)", async () => {
    const user = fresh("nurse");
    const room = `clinic:7:${fresh("queue")}`;
    await publishTo(room, "secret");
    const listener = await Listener.greeted({ user, tenants: ["7"] });
    const answerFollow = holdFollow();
    listener.send({ type: "subscribe", ref: 1, channels: [{ channel: room, since: "0.0" }] });
    listener.send({ type: "auth", ref: 2, token: await tokenFor({ user, tenants: ["8"] }) });
    await listener.next("ok");
    answerFollow();
    listener.send({ type: "ping", ref: 3 });
    await listener.next("pong");
    await listener.until(
      () => listener.all("error").length + listener.all("unsubscribed").length > 0,
      "the answer that the room may not be followed",
    );
    expect(await publishTo(room, "later")).toMatchObject({ connections: 0 });
    expect(listener.events).toEqual([]);
  });
});

/** Holds what rooms answer to a user's object that begins to follow, until the function that is returned is called. */
function holdFollow(): () => void {
  const { follow } = RoomObject.prototype;
  const { promise, resolve } = Promise.withResolvers<void>();
  RoomObject.prototype.follow = async function (this: RoomObject, ...call) {
    await promise;
    return follow.apply(this, call);
  };
  return () => {
    RoomObject.prototype.follow = follow;
    resolve();
  };
}
