import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { roomObject, userObject } from "../../src/objects/env.ts";
import { FanOut } from "../../src/objects/fan-out.ts";
import { RoomObject } from "../../src/objects/room-object.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publish, publishTo, sleepAll } from "./listener.ts";
import { rowsWritten, tablesOf } from "./remembered.ts";

const HOUR = 3_600_000;

afterEach(() => vi.restoreAllMocks());

/** When an object's alarm rings (ms from now), or nothing. */
async function alarmOf(stub: DurableObjectStub): Promise<number | undefined> {
  const due = await runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
  return due === null ? undefined : due - Date.now();
}

async function isAsleep(stub: DurableObjectStub): Promise<boolean> {
  try {
    await evictDurableObject(stub, { webSockets: "hibernate" });
    return false;
  } catch {
    return true;
  }
}

describe("a user who listens", () => {
  it("has nothing in the object but the alarm of the session's end, which is more than an hour away", async () => {
    const user = fresh("user");
    await Listener.greeted({ user, ttl: (3 * HOUR) / 1000 });
    const object = userObject(env, user);
    expect(await tablesOf(object)).toEqual([]);
    const due = (await alarmOf(object)) ?? 0;
    expect(due).toBeGreaterThan(2 * HOUR);
    // The alarm is the only row, and another connection of the same session length does not set it again.
    const before = await rowsWritten(object);
    await Listener.greeted({ user, ttl: (3 * HOUR) / 1000 });
    expect(await rowsWritten(object)).toBe(before);
    expect(before).toBeLessThanOrEqual(1);
  });

  it("wakes nothing with heartbeats", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
    const own = await Listener.greeted({ user });
    const direct = await Listener.greeted({ user, room });
    const objects = [userObject(env, user), roomObject(env, room)];
    await sleepAll(...objects);
    for (const listener of [own, direct]) {
      listener.sendText('{"type":"ping"}');
      await listener.next("pong");
    }
    for (const object of objects) expect(await isAsleep(object)).toBe(true);
    // What does wake it is told apart by this.
    own.send({ type: "ping", ref: 1 });
    await own.next("pong");
    expect(await isAsleep(userObject(env, user))).toBe(false);
  });
});

describe("a publish to a room", () => {
  it.each([1, 30])("with %d direct listeners is one call and at most two rows", async (count) => {
    const room = `room:${fresh("lobby")}`;
    const listeners: Listener[] = [];
    for (let n = 0; n < count; n++) listeners.push(await Listener.greeted({ user: fresh("user"), room }));
    await publishTo(room, "first");
    const deliver = vi.spyOn(RoomObject.prototype, "deliver");
    const relayed = vi.spyOn(UserObject.prototype, "takeRoom");
    const before = await rowsWritten(roomObject(env, room));
    expect(await publishTo(room, "second")).toMatchObject({ status: "delivered", connections: count });
    expect((await rowsWritten(roomObject(env, room))) - before).toBeLessThanOrEqual(2);
    expect([deliver.mock.calls.length, relayed.mock.calls.length]).toEqual([1, 0]);
    for (const listener of listeners) await listener.next("event", ({ event }) => event === "second");
  });

  it("of a hundred events is one call and one flush", async () => {
    const room = `room:${fresh("lobby")}`;
    const listener = await Listener.greeted({ user: fresh("user"), room });
    await publishTo(room, "first");
    const deliver = vi.spyOn(RoomObject.prototype, "deliver");
    const flush = vi.spyOn(FanOut.prototype, "send");
    const to = { channels: [room] };
    await publish(Array.from({ length: 100 }, (_, n) => ({ event: `event-${n}`, to })));
    expect([deliver.mock.calls.length, flush.mock.calls.length]).toEqual([1, 1]);
    await listener.next("event", ({ event }) => event === "event-99");
    expect(listener.events).toHaveLength(101);
  });
});
