import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { RoomObject } from "../../src/objects/room-object.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { letTimePass, rowsOf, withSettings } from "./remembered.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);
const DEAD = 61_000;

/** Five devices of one user, `d1` to `d5`, the first of them the oldest. */
async function fiveDevices() {
  const user = fresh("user");
  const devices: Listener[] = [];
  for (let at = 1; at <= 5; at++) devices.push(await Listener.greeted({ user, client: `d${at}` }));
  const [oldest] = devices;
  if (!oldest) throw new Error("There are five.");
  return { user, devices, oldest };
}

const isRefused = async (listener: Listener) => {
  expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "too_many_connections" });
  expect(listener.all("welcome")).toEqual([]);
};

describe("the limit of a user's connections (C9)", () => {
  it("refuses the sixth, and takes one when another has gone", async () => {
    const { user, devices, oldest } = await fiveDevices();
    await sleepAll(userObject(user));
    await isRefused(await Listener.open({ user }));
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 5 });
    for (const device of devices) await device.next("event");
    oldest.close(1000, "bye");
    await oldest.untilClosed();
    await Listener.greeted({ user });
  });

  it("does not count a device twice that comes again", async () => {
    const { user, oldest } = await fiveDevices();
    await sleepAll(userObject(user));
    const again = await Listener.greeted({ user, client: "d1" });
    expect(await oldest.next("close")).toMatchObject({ reason: "replaced" });
    await Listener.greeted({ user, client: "d1" });
    expect(await again.next("close")).toMatchObject({ reason: "replaced" });
    await isRefused(await Listener.open({ user }));
  });

  it("sweeps the dead before it refuses anybody", async () => {
    const { user, devices, oldest } = await fiveDevices();
    await letTimePass(userObject(user), DEAD, "d1");
    await Listener.greeted({ user });
    expect(await oldest.next("close")).toMatchObject({ code: 1013, reason: "slow_consumer" });
    for (const device of devices.slice(1)) expect(device.all("close")).toEqual([]);
    await isRefused(await Listener.open({ user }));
  });

  it("closes the oldest instead, when set so", async () => {
    await withSettings({ ON_TOO_MANY_CONNECTIONS: "close_oldest" }, async () => {
      const { user, devices, oldest } = await fiveDevices();
      await sleepAll(userObject(user));
      await Listener.greeted({ user });
      expect(await oldest.next("close")).toMatchObject({ code: 1008, reason: "too_many_connections" });
      expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 5 });
      for (const device of devices.slice(1)) await device.next("event");
    });
  });
});

describe("a connection of which nothing is heard (C8)", () => {
  it("is ended when the object is next awake, and leaves its rooms", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const dead = await Listener.greeted({ user, client: "dead" });
    await dead.follow(room);
    const alive = await Listener.greeted({ user, client: "alive" });
    await letTimePass(userObject(user), DEAD, "dead");
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 1 });
    await alive.next("event");
    expect(await dead.next("close")).toMatchObject({ code: 1013, reason: "slow_consumer" });
    expect(dead.events).toEqual([]);
    await expect.poll(() => rowsOf(roomObject(room), "SELECT user FROM follower")).toEqual([]);
  });

  it("is ended by a room too, and the user's object hears of it", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const dead = await Listener.greeted({ user, room });
    await letTimePass(roomObject(room), DEAD);
    expect(await publishTo(room, "one")).toMatchObject({ status: "stored", connections: 0 });
    expect(await dead.next("close")).toMatchObject({ reason: "slow_consumer" });
    await expect.poll(() => rowsOf(userObject(user), "SELECT * FROM room_socket")).toEqual([]);
  });

  it("lives on by a heartbeat that woke nobody, and by the frame that wakes the object", async () => {
    const user = fresh("user");
    const pinging = await Listener.greeted({ user, client: "pinging" });
    pinging.sendText('{"type":"ping"}');
    await pinging.next("pong");
    await letTimePass(userObject(user), DEAD);
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 1 });
    const other = fresh("user");
    const speaking = await Listener.greeted({ user: other });
    await letTimePass(userObject(other), DEAD);
    speaking.send({ type: "ping", ref: 1 });
    await speaking.next("pong");
    expect([...pinging.all("close"), ...speaking.all("close")]).toEqual([]);
  });

  it("costs no alarm of its own", async () => {
    const user = fresh("user");
    const { welcome } = await Listener.greeted({ user });
    const due = await runInDurableObject(userObject(user), (_instance, ctx) => ctx.storage.getAlarm());
    expect(due).toBe(welcome.expiresAt - 60_000);
  });
});

describe("the limit of rooms' own sockets (C9)", () => {
  /** Lets the user's object remember so many connections to one room. */
  async function remember(user: string, room: string, count: number): Promise<void> {
    await Listener.greeted({ user, room: `room:${fresh("any")}` }).then((first) => first.close(1000));
    await expect.poll(() => rowsOf(userObject(user), "SELECT * FROM room_socket")).toEqual([]);
    await runInDurableObject(userObject(user), (_instance, ctx) => {
      for (let at = 0; at < count; at++) {
        ctx.storage.sql.exec("INSERT INTO room_socket VALUES (?, ?, ?, 1)", room, `c${at}`, `gone-${at}`);
      }
    });
  }

  it("is apart from that of connections", async () => {
    const { user } = await fiveDevices();
    const room = `room:${fresh("lobby")}`;
    for (let at = 1; at <= 6; at++) await Listener.greeted({ user, room, client: `d${at}` });
    await isRefused(await Listener.open({ user }));
  });

  it("asks the rooms who is alive before it refuses anybody", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    await remember(user, room, 50);
    const listener = await Listener.greeted({ user, room: `room:${fresh("other")}` });
    expect(await rowsOf(userObject(user), "SELECT connection FROM room_socket")).toEqual([
      { connection: listener.welcome.connection },
    ]);
  });

  it("refuses one beyond fifty that live, and takes one when another is dead", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const open = (at: number) => Listener.greeted({ user, room, client: `c${at}` });
    const all = await Promise.all(Array.from({ length: 50 }, (_, at) => open(at)));
    await sleepAll(userObject(user), roomObject(room));
    await isRefused(await Listener.open({ user, room, client: "onemore" }));
    // The same device to the same room takes its own place.
    await open(7);
    await letTimePass(roomObject(room), DEAD, "c3");
    await Listener.greeted({ user, room: `room:${fresh("other")}`, client: "onemore" });
    expect(await all[3]?.next("close")).toMatchObject({ reason: "slow_consumer" });
  });

  it("does not forget a connection that was admitted and is not open yet when it asks", async () => {
    const user = fresh("user");
    const [room, other] = [`room:${fresh("lobby")}`, `room:${fresh("other")}`];
    await remember(user, `room:${fresh("stale")}`, 49);
    const { fetch } = RoomObject.prototype;
    RoomObject.prototype.fetch = async function (this: RoomObject, upgrade) {
      RoomObject.prototype.fetch = fetch;
      await Listener.greeted({ user, room: other });
      return fetch.call(this, upgrade);
    };
    const slow = await Listener.greeted({ user, room });
    expect(await userObject(user).disconnect({ connection: slow.welcome.connection })).toBe(1);
    await slow.next("close");
  });
});
