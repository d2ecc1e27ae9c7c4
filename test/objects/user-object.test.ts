import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fresh, Listener, publish, publishTo, sleepAll } from "./listener.ts";

const userObject = (user: string) => env.USERS.getByName(user);
const sleep = (user: string) => sleepAll(userObject(user));

describe("a user's object", () => {
  it("greets with who is connected, what is followed and the position (C3)", async () => {
    const user = fresh("user");
    const { welcome } = await Listener.greeted({ user, roles: ["ADMIN"] });
    expect(welcome).toMatchObject({
      user,
      roles: ["admin"],
      channels: expect.arrayContaining([`user:${user}`]),
      position: { epoch: "0", offset: 0 },
      recovered: true,
      heartbeat: 25_000,
    });
  });

  it("hands an event to every device, across hibernation between all steps", async () => {
    const user = fresh("user");
    const phone = await Listener.greeted({ user });
    await sleep(user);
    const laptop = await Listener.greeted({ user });
    await sleep(user);
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({
      status: "delivered",
      offset: 1,
      connections: 2,
      duplicate: false,
    });
    await sleep(user);
    await publishTo(`user:${user}:topic`, "two");
    for (const device of [phone, laptop]) {
      await device.next("event", ({ event }) => event === "two");
      expect(device.events).toEqual(["one@1", "two@2"]);
    }
  });

  it("keeps what is published while nobody is there, and replays it after the position (R2)", async () => {
    const user = fresh("user");
    const first = await Listener.greeted({ user });
    await publishTo(`user:${user}`, "one");
    const epoch = await epochOf(user);
    first.close(1000, "bye");
    await first.untilClosed();
    await sleep(user);
    expect(await publishTo(`user:${user}`, "two")).toMatchObject({ status: "stored", connections: 0 });
    await publishTo(`user:${user}`, "three");
    await sleep(user);
    const second = await Listener.greeted({ user, since: { epoch, offset: 1 } });
    expect(second.welcome).toMatchObject({ recovered: true, position: { epoch, offset: 1 } });
    expect(await second.next("live")).toEqual({
      ...{ type: "live", channel: `user:${user}`, replayed: 2 },
      counts: { total: 0, unread: 0, unseen: 0 },
    });
    expect(second.events).toEqual(["two@2", "three@3"]);
  });

  it("takes epoch 0 for the first life of its log (R4)", async () => {
    const user = fresh("user");
    const { welcome } = await Listener.greeted({ user });
    expect(welcome.position).toEqual({ epoch: "0", offset: 0 });
    await publishTo(`user:${user}`, "one");
    await publishTo(`user:${user}`, "two");
    const again = await Listener.greeted({ user, since: { epoch: "0", offset: 1 } });
    await again.next("live");
    expect(again.welcome.recovered).toBe(true);
    expect(again.events).toEqual(["two@2"]);
  });

  it.each([
    ["another epoch", { epoch: "another", offset: 1 }],
    ["the future", { epoch: "", offset: 9 }],
  ])("answers a position from %s with recovered: false and the top (R3)", async (_case, since) => {
    const user = fresh("user");
    await publishTo(`user:${user}`, "one");
    const epoch = await epochOf(user);
    const { welcome } = await Listener.greeted({ user, since: { ...since, epoch: since.epoch || epoch } });
    expect(welcome).toMatchObject({ recovered: false, position: { epoch, offset: 1 } });
  });

  it("replays page after page and is live at the end of the last", async () => {
    const user = fresh("user");
    const events = Array.from({ length: 450 }, (_, index) => ({
      event: `e${index + 1}`,
      to: { users: [user] },
    }));
    for (let at = 0; at < events.length; at += 90) await publish(events.slice(at, at + 90));
    await sleep(user);
    const reader = await Listener.greeted({ user, since: { epoch: "0", offset: 0 } });
    expect(await reader.next("live")).toMatchObject({ replayed: 450 });
    expect(await publishTo(`user:${user}`, "after")).toMatchObject({ connections: 1 });
    await reader.next("event", ({ event }) => event === "after");
    expect(reader.events).toEqual([
      ...events.map(({ event }, index) => `${event}@${index + 1}`),
      "after@451",
    ]);
  });

  it("goes on with a replay that hibernation interrupted", async () => {
    const user = fresh("user");
    const reader = await Listener.greeted({ user });
    await publishTo(`user:${user}`, "one");
    await reader.next("event");
    // Whatever the object still had to note of it has been noted then.
    await sleep(user);
    await runInDurableObject(userObject(user), (_instance, ctx) => {
      for (const ws of ctx.getWebSockets()) {
        const attachment = ws.deserializeAttachment();
        attachment[5] = 0;
        ws.serializeAttachment(attachment);
      }
    });
    await sleep(user);
    await publishTo(`user:${user}`, "two");
    await reader.next("live");
    expect(reader.events).toEqual(["one@1", "one@1", "two@2"]);
  });

  it("withholds what is not meant for a connection and moves its position (F9)", async () => {
    const user = fresh("user");
    const admin = await Listener.greeted({ user, roles: ["admin"], client: "a" });
    const plain = await Listener.greeted({ user, client: "b" });
    await publish([
      { event: "both", to: { users: [user] } },
      { event: "admins", to: { users: [user] }, only: { roles: ["ADMIN"] } },
      { event: "notA", to: { users: [user] }, except: { client: "a" } },
      { event: "end", to: { users: [user] } },
    ]);
    await admin.next("event", ({ event }) => event === "end");
    await plain.next("event", ({ event }) => event === "end");
    expect(admin.frames.slice(1)).toMatchObject([
      { event: "both", offset: 1 },
      { event: "admins", offset: 2 },
      { type: "skip", channel: `user:${user}`, upTo: 3 },
      { event: "end", offset: 4 },
    ]);
    expect(plain.frames.slice(1)).toMatchObject([
      { event: "both", offset: 1 },
      { type: "skip", upTo: 2 },
      { event: "notA", offset: 3 },
      { event: "end", offset: 4 },
    ]);
    const later = await Listener.greeted({ user, since: { epoch: "0", offset: 0 }, client: "a" });
    await later.next("live");
    expect(later.frames.slice(1)).toMatchObject([
      { event: "both" },
      { type: "skip", upTo: 3 },
      { event: "end", offset: 4 },
      { type: "live", replayed: 2 },
    ]);
  });

  it("takes a publish id once, and tells a conflict (F4)", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const channel = `user:${user}`;
    expect(await publishTo(channel, "paid", { id: "pay_1", data: { amount: 1 } })).toMatchObject({
      offset: 1,
    });
    await sleep(user);
    expect(await publishTo(channel, "paid", { id: "pay_1", data: { amount: 1 } })).toMatchObject({
      offset: 1,
      duplicate: true,
    });
    expect(await publishTo(channel, "paid", { id: "pay_1", data: { amount: 2 } })).toMatchObject({
      status: "failed",
      code: "id_conflict",
    });
    await publishTo(channel, "end");
    await listener.next("event", ({ event }) => event === "end");
    expect(listener.events).toEqual(["paid@1", "end@2"]);
  });

  it("does not keep an event that is not to be stored", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    const result = await publishTo(`user:${user}`, "typing", { store: false });
    expect(result).toMatchObject({ status: "delivered", connections: 1 });
    expect(result).not.toHaveProperty("offset");
    await listener.next("event");
    expect(listener.events).toEqual(["typing@-"]);
    const later = await Listener.greeted({ user, since: { epoch: "0", offset: 0 } });
    expect(await later.next("live")).toMatchObject({ replayed: 0 });
  });

  it("does not replay an event that has outlived its ttl", async () => {
    const user = fresh("user");
    await publishTo(`user:${user}`, "brief", { ttl: 1 });
    await publishTo(`user:${user}`, "lasting");
    await runInDurableObject(userObject(user), (_instance, ctx) => {
      ctx.storage.sql.exec("UPDATE log SET expires = 1 WHERE expires IS NOT NULL");
    });
    await sleep(user);
    const later = await Listener.greeted({ user, since: { epoch: "0", offset: 0 } });
    await later.next("live");
    expect(later.frames.slice(1)).toMatchObject([
      { type: "skip", upTo: 1 },
      { event: "lasting", offset: 2 },
      { type: "live", replayed: 1 },
    ]);
  });

  it("answers a channel under its one spelling (N1)", async () => {
    const user = `${fresh("user")}@example.com`;
    const listener = await Listener.greeted({ user });
    expect(listener.welcome.channels[0]).toBe(`user:${user}`);
    expect(await publishTo(`user:${user.replace("@", "%40")}`, "one")).toMatchObject({
      channel: `user:${user}`,
    });
    listener.send({ type: "subscribe", channels: [`user:${user.replace("@", "%40")}`] });
    expect(await listener.next("subscribed")).toMatchObject({ channel: `user:${user}` });
  });

  it("has no tables while a user only listens", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    listener.send({ type: "ping" });
    await listener.next("pong");
    const tables = await runInDurableObject(userObject(user), (_instance, ctx) =>
      ctx.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray(),
    );
    expect(tables).toEqual([]);
  });

  it("replaces an older connection of the same client and leaves other devices alone (C4)", async () => {
    const user = fresh("user");
    const older = await Listener.greeted({ user, client: "tab" });
    const other = await Listener.greeted({ user, client: "phone" });
    await sleep(user);
    const newer = await Listener.greeted({ user, client: "tab" });
    expect(await older.next("close")).toMatchObject({ code: 1001, reason: "replaced" });
    expect(await publishTo(`user:${user}`, "one")).toMatchObject({ connections: 2 });
    await newer.next("event");
    await other.next("event");
    expect(older.events).toEqual([]);
  });

  it("answers a ping that carries a ref (P5)", async () => {
    const listener = await Listener.greeted({ user: fresh("user") });
    listener.send({ type: "ping", ref: 7 });
    expect(await listener.next("pong")).toEqual({ type: "pong", ref: 7 });
  });

  it("answers for channels that are always followed, and refuses those of others (N2, N3)", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    listener.send({
      type: "subscribe",
      ref: 1,
      channels: [`user:${user}`, "user:somebody", "nobody:knows", "not a name"],
    });
    expect(await listener.next("subscribed")).toMatchObject({
      ref: 1,
      channel: `user:${user}`,
      recovered: true,
    });
    await listener.until(() => listener.all("error").length === 3, "three errors");
    expect(listener.all("error")).toMatchObject([
      { ref: 1, channel: "user:somebody", code: "forbidden", retryable: false },
      { ref: 1, channel: "nobody:knows", code: "unknown_channel" },
      { ref: 1, channel: "not a name", code: "invalid_channel" },
    ]);
  });

  it("replays its own log again when a client asks from its position (F5, N3)", async () => {
    const user = fresh("user");
    const listener = await Listener.greeted({ user });
    await publishTo(`user:${user}`, "one");
    await publishTo(`user:${user}`, "two");
    await listener.next("event", ({ event }) => event === "two");
    await sleep(user);
    await listener.follow(`user:${user}`, "0.1");
    expect(await listener.next("live")).toMatchObject({ replayed: 1 });
    expect(listener.events).toEqual(["one@1", "two@2", "two@2"]);
  });
});

async function epochOf(user: string): Promise<string> {
  return runInDurableObject(
    userObject(user),
    (_instance, ctx) => ctx.storage.sql.exec<{ epoch: string }>("SELECT epoch FROM log_life").one().epoch,
  );
}
