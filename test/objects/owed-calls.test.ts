import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createOwedCallTable, OwedCalls } from "../../src/objects/owed-calls.ts";
import { RoomObject } from "../../src/objects/room-object.ts";
import { Schema } from "../../src/objects/schema.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { rowsOf } from "./remembered.ts";
import { withSql } from "./stored.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);

/** Owed calls in this storage, made at a time that the test moves, to somebody who may be out of reach. */
function open(sql: SqlStorage) {
  const state = { now: 0, isReachable: true, made: [] as string[], wakeAt: [] as number[] };
  const owed = new OwedCalls<string>({
    sql,
    schema: new Schema(sql, [createOwedCallTable]),
    parse: (text) => String(JSON.parse(text)),
    perform: async (call) => {
      if (!state.isReachable) throw new Error("out of reach");
      state.made.push(call);
    },
    retryDelay: 5000,
    now: () => state.now,
    wakeAt: (time) => state.wakeAt.push(time),
  });
  return { owed, state };
}

describe("a call that must be made in the end", () => {
  it("is made at once and leaves nothing behind", () =>
    withSql(async (sql) => {
      const { owed, state } = open(sql);
      await owed.make("a");
      expect(state).toMatchObject({ made: ["a"], wakeAt: [] });
      expect(owed.due()).toBeUndefined();
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'owed_call'").toArray()).toEqual([]);
    }));

  it("is written down when it fails, and made when it is due, also after waking", () =>
    withSql(async (sql) => {
      const before = open(sql);
      before.state.isReachable = false;
      await before.owed.make("a");
      await before.owed.make("b");
      expect(before.state.wakeAt).toEqual([5000, 5000]);
      const { owed, state } = open(sql);
      state.now = 4999;
      await owed.retry();
      expect(state.made).toEqual([]);
      expect(owed.due()).toBe(5000);
      state.now = 5000;
      await owed.retry();
      expect(state.made.sort()).toEqual(["a", "b"]);
      expect(owed.due()).toBeUndefined();
    }));

  it("is tried again after twice the time, at most after an hour", () =>
    withSql(async (sql) => {
      const { owed, state } = open(sql);
      state.isReachable = false;
      await owed.make("a");
      const delays: number[] = [];
      for (let attempt = 0; attempt < 12; attempt++) {
        const due = owed.due() ?? 0;
        delays.push(due - state.now);
        state.now = due;
        await owed.retry();
      }
      expect(delays.slice(0, 4)).toEqual([5000, 10_000, 20_000, 40_000]);
      expect(delays.slice(-2)).toEqual([3_600_000, 3_600_000]);
      state.isReachable = true;
      state.now = owed.due() ?? 0;
      await owed.retry();
      expect(state.made).toEqual(["a"]);
    }));
});

/** Lets a method of an object fail until the function that is returned is called. */
function putOutOfReach(object: { prototype: object }, method: string): () => void {
  const before: unknown = Reflect.get(object.prototype, method);
  Reflect.set(object.prototype, method, () => Promise.reject(new Error("out of reach")));
  return () => void Reflect.set(object.prototype, method, before);
}

/** Makes what an object owes due, and lets its alarm come while everything else sleeps. */
async function retry(object: DurableObjectStub<undefined>): Promise<void> {
  await expect.poll(() => rowsOf(object, "SELECT call FROM owed_call")).toHaveLength(1);
  await runInDurableObject(
    object,
    (_instance, ctx) => void ctx.storage.sql.exec("UPDATE owed_call SET due = 0"),
  );
  await sleepAll(object);
  expect(await runDurableObjectAlarm(object)).toBe(true);
}

const followersOf = (room: string) => rowsOf(roomObject(room), "SELECT user, generation FROM follower");

describe("leaving that fails (F7)", () => {
  it("is told to a room by the alarm when nobody follows it any more", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    const reach = putOutOfReach(RoomObject, "unfollow");
    listener.send({ type: "unsubscribe", ref: 1, channels: [room] });
    await listener.next("unsubscribed");
    await expect
      .poll(() => rowsOf(userObject(user), "SELECT attempts FROM owed_call"))
      .toEqual([{ attempts: 1 }]);
    reach();
    expect(await followersOf(room)).toHaveLength(1);
    await retry(userObject(user));
    expect(await followersOf(room)).toEqual([]);
    expect(await rowsOf(userObject(user), "SELECT call FROM owed_call")).toEqual([]);
  });

  it("does nothing, when it is told at last, to whoever follows again", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user });
    await listener.follow(room);
    const reach = putOutOfReach(RoomObject, "unfollow");
    listener.send({ type: "unsubscribe", channels: [room] });
    await listener.next("unsubscribed");
    await expect.poll(() => rowsOf(userObject(user), "SELECT call FROM owed_call")).toHaveLength(1);
    reach();
    await listener.follow(room);
    await retry(userObject(user));
    expect(await followersOf(room)).toHaveLength(1);
    expect(await publishTo(room, "one")).toMatchObject({ connections: 1 });
    await listener.next("event");
  });

  it("is told to the user's object by the alarm of a room whose socket has ended", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user, room, client: "tab" });
    const reach = putOutOfReach(UserObject, "leaveRoom");
    listener.close(1000, "bye");
    await expect
      .poll(() => rowsOf(roomObject(room), "SELECT attempts FROM owed_call"))
      .toEqual([{ attempts: 1 }]);
    reach();
    const again = await Listener.greeted({ user, room, client: "phone" });
    expect(await rowsOf(userObject(user), "SELECT client FROM room_socket")).toHaveLength(2);
    await retry(roomObject(room));
    expect(await rowsOf(userObject(user), "SELECT connection FROM room_socket")).toEqual([
      { connection: again.welcome.connection },
    ]);
  });

  it("is ignored by a room where an older generation leaves or follows", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const object = roomObject(room);
    await object.follow(user, 5);
    await object.unfollow(user, 4);
    expect(await object.follow(user, 5)).toEqual({ kind: "stale", generation: 5 });
    await sleepAll(object);
    await object.unfollow(user, 4);
    expect(await object.follow(user, 3)).toEqual({ kind: "stale", generation: 5 });
    expect(await followersOf(room)).toEqual([{ user, generation: 5 }]);
    // A tie can only be of two lives of the user's object, and the later one follows.
    await object.unfollow(user, 5);
    expect(await followersOf(room)).toEqual([{ user, generation: 5 }]);
    await object.unfollow(user, 6);
    expect(await followersOf(room)).toEqual([]);
  });
});
