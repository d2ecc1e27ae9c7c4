import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { RoomObject } from "../../src/objects/room-object.ts";
import { ask, posted, problemOf, publisher } from "../http/service.ts";
import { fresh, Listener, type ListenOptions, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { rowsOf } from "./remembered.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const roomObject = (room: string) => env.ROOMS.getByName(room);
const MINUTE = 60_000;

const request = (user: string, body: unknown) =>
  ask(`/users/${encodeURIComponent(user)}/disconnect`, posted(body, publisher));

/** Asks the service to disconnect a user. @returns how many connections it says that it ended. */
async function disconnect(user: string, body: unknown = ""): Promise<number> {
  const response = await request(user, body);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json<{ disconnected: number }>()).disconnected;
}

const isKicked = async (listener: Listener) =>
  expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "kicked" });

/** A phone, a tab, and the tab's own socket to a room. */
async function threeConnections() {
  const user = fresh("user");
  const room = `room:${fresh("lobby")}`;
  const phone = await Listener.greeted({ user, client: "phone" });
  const tab = await Listener.greeted({ user, client: "tab" });
  const direct = await Listener.greeted({ user, client: "tab", room });
  return { user, room, phone, tab, direct, objects: [userObject(user), roomObject(room)] };
}

describe("a user who is disconnected", () => {
  it("loses every connection, rooms' own sockets included, while all objects sleep", async () => {
    const { user, room, phone, tab, direct, objects } = await threeConnections();
    const bystander = await Listener.greeted({ user: fresh("other"), client: "tab", room });
    const followed = `room:${fresh("followed")}`;
    await phone.follow(followed);
    await sleepAll(...objects, roomObject(followed));
    expect(await disconnect(user)).toBe(3);
    for (const listener of [phone, tab, direct]) await isKicked(listener);
    expect(await publishTo(room, "later")).toMatchObject({ connections: 1 });
    await bystander.next("event");
    expect(await publishTo(`user:${user}`, "later")).toMatchObject({ connections: 0 });
    await expect.poll(() => rowsOf(roomObject(followed), "SELECT user FROM follower")).toEqual([]);
    await expect.poll(() => rowsOf(userObject(user), "SELECT * FROM room_socket")).toEqual([]);
    expect(await disconnect(user)).toBe(0);
  });

  it("loses one connection where one is named", async () => {
    const { user, phone, tab, direct, objects } = await threeConnections();
    await sleepAll(...objects);
    expect(await disconnect(user, { connection: direct.welcome.connection })).toBe(1);
    await isKicked(direct);
    expect(await disconnect(user, { connection: tab.welcome.connection })).toBe(1);
    await isKicked(tab);
    expect(await publishTo(`user:${user}`, "later")).toMatchObject({ connections: 1 });
    await phone.next("event");
  });

  it("loses a device's connections where a client is named, and none where nothing fits", async () => {
    const { user, phone, tab, direct, objects } = await threeConnections();
    expect(await disconnect(user, { client: "another" })).toBe(0);
    expect(await disconnect(user, { client: "phone", connection: tab.welcome.connection })).toBe(0);
    await sleepAll(...objects);
    expect(await disconnect(user, { client: "tab" })).toBe(2);
    await isKicked(tab);
    await isKicked(direct);
    expect(phone.all("close")).toEqual([]);
  });

  it("may come again where no token was revoked", async () => {
    const user = fresh("user");
    await Listener.greeted({ user });
    await disconnect(user);
    await Listener.greeted({ user });
  });

  it("loses a room's socket that was admitted and is not open yet", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    const { fetch } = RoomObject.prototype;
    RoomObject.prototype.fetch = async function (this: RoomObject, upgrade) {
      RoomObject.prototype.fetch = fetch;
      await disconnect(user, { revokeBefore: Date.now() + MINUTE });
      return fetch.call(this, upgrade);
    };
    const listener = await Listener.open({ user, room });
    await listener.until(() => listener.all("close").length > 0, "the connection to be ended");
    expect(await publishTo(room, "secret")).toMatchObject({ connections: 0 });
  });
});

describe("tokens that are revoked", () => {
  const now = Date.now();
  const old = { issuedAt: now - 2 * MINUTE };
  const newer = { issuedAt: now };
  const revokeBefore = now - MINUTE;

  /** What becomes of a token wherever it can be shown, while all objects sleep between. */
  async function shown(options: ListenOptions & { room: string }): Promise<string[]> {
    const { room, ...own } = options;
    const objects = [userObject(own.user), roomObject(room)];
    const outcomes: string[] = [];
    for (const where of [own, options]) {
      await sleepAll(...objects);
      const listener = await Listener.open({ ...where, client: fresh("client") });
      await listener.until(() => listener.frames.length > 0, "a greeting or a refusal");
      const [first] = listener.frames;
      outcomes.push(first?.type === "close" ? first.reason : (first?.type ?? ""));
    }
    const headers = { Authorization: `Bearer ${await tokenFor(own)}` };
    for (const path of ["/events", `/rooms/${encodeURIComponent(room)}/events`]) {
      await sleepAll(...objects);
      const response = await ask(path, { headers });
      outcomes.push(response.ok ? "polled" : (await problemOf(response)).code);
    }
    return outcomes;
  }

  it("are refused when connecting, by rooms and when polling, across hibernation; newer ones are not", async () => {
    const user = fresh("user");
    const room = `room:${fresh("lobby")}`;
    await publishTo(room, "one");
    const all = ["welcome", "welcome", "polled", "polled"];
    expect(await shown({ user, room, ...old })).toEqual(all);
    expect(await disconnect(user, { revokeBefore })).toBe(2);
    const none = ["unauthorized", "unauthorized", "unauthorized", "unauthorized"];
    expect(await shown({ user, room, ...old })).toEqual(none);
    expect(await shown({ user, room, ...newer })).toEqual(all);
    expect(await shown({ user: fresh("other"), room, ...old })).toEqual(all);
  });

  it("end the connection that auth brings them to", async () => {
    const { user, phone, direct, objects } = await threeConnections();
    await disconnect(user, { client: "another", revokeBefore });
    await sleepAll(...objects);
    const token = await tokenFor({ user, ...old });
    for (const listener of [phone, direct]) {
      listener.send({ type: "auth", ref: 1, token });
      expect(await listener.next("close")).toMatchObject({ code: 1008, reason: "unauthorized" });
      expect(listener.all("ok")).toEqual([]);
    }
  });

  it("buy no connection through a ticket", async () => {
    const user = fresh("user");
    await disconnect(user, { revokeBefore });
    const headers = { Authorization: `Bearer ${await tokenFor({ user, ...old })}` };
    const bought = await ask("/auth/ticket", { method: "POST", headers });
    const { token } = await bought.json<{ token: string }>();
    expect((await ask(`/events?token=${token}`)).status).toBe(401);
  });

  it("stay revoked when an earlier time is given", async () => {
    const user = fresh("user");
    await disconnect(user, { revokeBefore });
    await disconnect(user, { revokeBefore: 1 });
    await disconnect(user);
    const listener = await Listener.open({ user, ...old });
    expect(await listener.next("close")).toMatchObject({ reason: "unauthorized" });
  });
});

describe("POST /users/:id/disconnect", () => {
  it("is for operators", async () => {
    const user = fresh("user");
    const path = `/users/${user}/disconnect`;
    expect((await problemOf(await ask(path, posted({})))).code).toBe("unauthorized");
    const headers = { Authorization: `Bearer ${await tokenFor({ user, roles: ["admin"] })}` };
    expect((await problemOf(await ask(path, posted({}, headers)))).code).toBe("forbidden");
  });

  it.each([
    ["revokeBefore that is no time", { revokeBefore: "now" }],
    ["a negative revokeBefore", { revokeBefore: -1 }],
    ["an unknown field", { client: "tab", user: "42" }],
    ["a list", [{}]],
    ["null", null],
  ])("refuses %s, and ends nothing", async (_case, body) => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    expect((await problemOf(await request(user, body))).code).toBe("invalid_body");
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 1 });
    await listener.next("event");
  });

  it("finds a user whose id needs encoding", async () => {
    const user = `${fresh("user")}/a b%@ก`;
    const listener = await Listener.greeted({ user });
    expect(await disconnect(user)).toBe(1);
    await isKicked(listener);
  });
});
