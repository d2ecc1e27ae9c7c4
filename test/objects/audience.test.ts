import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { AudienceObject } from "../../src/objects/audience-object.ts";
import { audienceShard, userObject } from "../../src/objects/env.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import type { ServerFrame } from "../../src/protocol/frames.ts";
import {
  fresh,
  Listener,
  type ListenOptions,
  ORIGIN,
  publish,
  publishTo,
  sleepAll,
  tokenFor,
} from "./listener.ts";
import { rowsOf, tablesOf, withSettings } from "./remembered.ts";

/** The shard of a user. */
function shardFor(user: string): DurableObjectStub<AudienceObject> {
  return audienceShard(env, shardOf(user, settingsOf(env).AUDIENCE_SHARDS));
}

/** A role that nobody has in other tests, and the channel of its holders. */
function audienceOf(prefix = "role"): { role: string; channel: string } {
  const role = fresh(prefix);
  return { role, channel: `notifications:role:${role}` };
}

async function abort(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);
}

/** What a shard knows of a user, as soon as it fits. */
async function member(
  user: string,
  fits: (online: boolean) => boolean,
  shard = shardFor(user),
): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const known = await shard.findMember(user);
    if (known && fits(known.isOnline)) return;
    if (Date.now() > deadline) throw new Error(`Waited in vain for the member: ${JSON.stringify(known)}`);
    await scheduler.wait(10);
  }
}

/** Connects, and waits until the audience knows of it. */
async function present(options: ListenOptions) {
  const listener = await Listener.greeted(options);
  await member(options.user, (isOnline) => isOnline);
  return listener;
}

/** Disconnects, and waits until the audience knows of it. */
async function goAway(listener: Listener, user: string): Promise<void> {
  listener.close(1000, "bye");
  await member(user, (isOnline) => !isOnline);
}

interface Polled {
  readonly events: (ServerFrame & { type: "event" })[];
  readonly position: { epoch: string; offset: number };
  readonly recovered: boolean;
}

async function poll(options: ListenOptions, since = "0.0"): Promise<Polled> {
  const url = new URL(`/events?since=${since}`, ORIGIN);
  const response = await exports.default.fetch(url, {
    headers: { Authorization: `Bearer ${await tokenFor(options)}` },
  });
  expect(response.status).toBe(200);
  return await response.json<Polled>();
}

async function putIdentity(user: string, statement: object): Promise<void> {
  const response = await exports.default.fetch(`${ORIGIN}/users/${encodeURIComponent(user)}/identity`, {
    method: "PUT",
    headers: { Authorization: "Bearer dev-only-publish-key" },
    body: JSON.stringify(statement),
  });
  expect(response.status, await response.clone().text()).toBe(200);
}

/** Makes what was published under these ids so many days older, where a user's shard keeps it. */
async function age(user: string, days: number, ...ids: string[]): Promise<void> {
  const shard = shardFor(user);
  await runInDurableObject(shard, (_instance, { storage: { sql } }) => {
    const by = days * 86_400_000;
    for (const id of ids) {
      const { rowsWritten } = sql.exec(
        "UPDATE log SET at = at - ?, expires = expires - ? WHERE id = ?",
        by,
        by,
        id,
      );
      expect(rowsWritten).toBe(1);
    }
  });
  await sleepAll(shard);
}

/** Stored events, as they came. */
const named = (listener: Listener) =>
  listener
    .all("event")
    .filter(({ offset }) => offset !== undefined)
    .map(({ channel, event }) => `${channel} ${event}`);
const notification = { type: "news", title: "A title", message: "A message" };

describe("an audience's event", () => {
  it("reaches who matches, in their own log, and nobody else (F8)", async () => {
    const { role, channel } = audienceOf();
    const [one, other] = [fresh("user"), fresh("user")];
    const listener = await present({ user: one, roles: [role] });
    const stranger = await present({ user: other, roles: ["stranger"] });
    expect(listener.welcome.channels).toContain(channel);
    expect(stranger.welcome.channels).not.toContain(channel);
    expect(await publishTo(channel, "news", { data: { n: 1 } })).toMatchObject({ channel, status: "stored" });
    expect(await listener.next("event")).toMatchObject({ channel, event: "news", data: { n: 1 }, offset: 1 });
    await publishTo(`user:${one}`, "own");
    await publishTo(`user:${other}`, "own");
    await listener.next("event", ({ event }) => event === "own");
    await stranger.next("event");
    expect(listener.events).toEqual(["news@1", "own@2"]);
    expect(stranger.events).toEqual(["own@1"]);
  });

  it("reaches members of all shards, across hibernation between all steps", async () => {
    const { role, channel } = audienceOf();
    const users = Array.from({ length: 12 }, () => fresh("user"));
    expect(new Set(users.map((user) => shardOf(user, 4))).size).toBeGreaterThan(1);
    const listeners = await Promise.all(users.map((user) => present({ user, roles: [role] })));
    for (const event of ["one", "two", "three"]) {
      await sleepAll(
        ...users.map((user) => userObject(env, user)),
        ...users.map(shardFor),
        audienceShard(env, 0),
      );
      await publishTo(channel, event);
      await Promise.all(
        listeners.map((listener) => listener.next("event", (frame) => frame.event === event)),
      );
    }
    for (const listener of listeners) expect(listener.events).toEqual(["one@1", "two@2", "three@3"]);
  });

  it("is given once to who was away, on coming back", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const before = await present({ user, roles: [role] });
    await goAway(before, user);
    await publishTo(channel, "missed");
    await publishTo(fresh("notifications:role:other"), "not-for-them");
    const back = await present({ user, roles: [role] });
    await back.next("event");
    await goAway(back, user);
    const again = await present({ user, roles: [role], since: { epoch: "0", offset: 0 } });
    await publishTo(channel, "next");
    await again.next("event", ({ event }) => event === "next");
    expect(back.events).toEqual(["missed@1"]);
    expect(again.events).toEqual(["missed@1", "next@2"]);
  });

  it("is taken in before a client that polls is answered, once", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    expect((await poll({ user, roles: [role] })).events).toEqual([]);
    await publishTo(channel, "missed");
    const { events, position } = await poll({ user, roles: [role] });
    expect(events.map(({ event, offset }) => `${event}@${offset}`)).toEqual(["missed@1"]);
    const since = `${position.epoch}.${position.offset}`;
    expect((await poll({ user, roles: [role] }, since)).events).toEqual([]);
    const listener = await present({ user, roles: [role] });
    await publishTo(channel, "next");
    await listener.next("event", ({ event }) => event === "next");
    expect(listener.events).toEqual(["next@2"]);
  });

  it("reaches who was greeted before it was published, though the shard learns of them later", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const published = Promise.withResolvers<void>();
    const { register } = AudienceObject.prototype;
    AudienceObject.prototype.register = async function (this: AudienceObject, registration) {
      if (registration.user === user) await published.promise;
      return register.call(this, registration);
    };
    try {
      const listener = await Listener.greeted({ user, roles: [role] });
      await publishTo(channel, "early");
      published.resolve();
      await listener.next("event");
      expect(named(listener)).toEqual([`${channel} early`]);
    } finally {
      AudienceObject.prototype.register = register;
    }
  });

  it("reaches who came while their shard was out of reach, once the alarm has told it", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const { register } = AudienceObject.prototype;
    AudienceObject.prototype.register = async () => {
      throw new Error("Out of reach.");
    };
    const listener = await Listener.greeted({ user, roles: [role] });
    await publishTo(channel, "meanwhile");
    AudienceObject.prototype.register = register;
    await sleepAll(userObject(env, user));
    await runInDurableObject(userObject(env, user), (instance: UserObject) => instance.alarm());
    await listener.next("event");
    await publishTo(channel, "later");
    await listener.next("event", ({ event }) => event === "later");
    expect(listener.events).toEqual(["meanwhile@1", "later@2"]);
  });

  it("that is gone when who was away comes back is told to be missing; a notification is not gone", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    await goAway(await present({ user, roles: [role] }), user);
    const [plain, noted] = [fresh("id"), fresh("id")];
    await publishTo(channel, "plain", { id: plain });
    await publishTo(channel, "noted", { id: noted, notification });
    await age(user, 8, plain, noted);
    const listener = await present({ user, roles: [role] });
    expect(await listener.next("subscribed")).toMatchObject({ channel: `user:${user}`, recovered: false });
    await listener.next("event", ({ event }) => event === "notification:new");
    expect(named(listener)).toEqual([`${channel} noted`, `user:${user} notification:new`]);
    await goAway(listener, user);
    const again = await present({ user, roles: [role] });
    await publishTo(channel, "last");
    await again.next("event");
    expect(again.all("subscribed")).toEqual([]);
  });

  it("that is gone is told once to each client that polls", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const before = await poll({ user, roles: [role] });
    const id = fresh("id");
    await publishTo(channel, "plain", { id });
    await age(user, 8, id);
    const textOf = ({ position }: Polled) => `${position.epoch}.${position.offset}`;
    const told = await poll({ user, roles: [role] }, textOf(before));
    expect(told).toMatchObject({ events: [], recovered: false });
    // Another device, which has not come so far, is told too; who goes on from there is not told again.
    expect(await poll({ user, roles: [role] }, textOf(before))).toMatchObject({ recovered: false });
    expect(await poll({ user, roles: [role] }, textOf(told))).toMatchObject({ events: [], recovered: true });
  });

  it("leaves no row with a user who is sent nothing", async () => {
    const user = fresh("user");
    const listener = await present({ user, roles: [fresh("role")] });
    await publishTo(audienceOf().channel, "for-others");
    await goAway(listener, user);
    await present({ user, roles: [fresh("role")] });
    expect(await tablesOf(userObject(env, user))).toEqual([]);
  });

  it("brings who comes for the first time the notifications of the last days, and everything from then on", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const old = fresh("id");
    await publishTo(channel, "old", { id: old, notification });
    await publishTo(channel, "plain");
    await publishTo(channel, "noted", { notification });
    await age(user, 8, old);
    const listener = await present({ user, roles: [role] });
    await listener.next("event", ({ event }) => event === "notification:new");
    await publishTo(channel, "later");
    await listener.next("event", ({ event }) => event === "later");
    expect(named(listener)).toEqual([
      `${channel} noted`,
      `user:${listener.welcome.user} notification:new`,
      `${channel} later`,
    ]);
  });

  it("counts for a role from the moment it is gained", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    await goAway(await present({ user, roles: ["visitor"] }), user);
    await publishTo(channel, "before", { notification });
    const listener = await present({ user, roles: [role] });
    await publishTo(channel, "after");
    await listener.next("event", ({ event }) => event === "after");
    expect(named(listener)).toEqual([`${channel} after`]);
  });

  it("is not shown, nor replayed, to who has lost the role (F9)", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const holder = await present({ user, roles: [role], client: "one" });
    await publishTo(channel, "one");
    await publishTo("user:*".replace("*", user), "own");
    await holder.next("event", ({ event }) => event === "own");
    const lost = await Listener.greeted({ user, client: "two", since: { epoch: "0", offset: 0 } });
    await lost.next("event");
    await publishTo(channel, "two");
    await holder.next("event", ({ event }) => event === "two");
    expect(lost.events).toEqual(["own@2"]);
    expect((await poll({ user })).events.map(({ event }) => event)).toEqual(["own"]);
    expect((await poll({ user, roles: [role] })).events.map(({ event }) => event)).toEqual([
      "one",
      "own",
      "two",
    ]);
  });
});

describe("an event for roles, tenants or everyone", () => {
  it("arrives on the user's own channel, once even if several match", async () => {
    const [role, tenant] = [fresh("role"), fresh("tenant")];
    const [named, both, neither] = [fresh("user"), fresh("user"), fresh("user")];
    const listeners = await Promise.all([
      present({ user: named, roles: [role] }),
      present({ user: both, roles: [role], tenants: [tenant] }),
      present({ user: neither }),
    ]);
    const { results } = await publish({
      id: fresh("id"),
      event: "news",
      to: { users: [named], roles: [role], tenants: [tenant] },
    });
    expect(results[0]?.targets).toMatchObject([
      { channel: `user:${named}`, status: "delivered" },
      { channel: "user:*", status: "stored" },
    ]);
    await publish({ event: "last", to: { everyone: true } });
    for (const listener of listeners) await listener.next("event", ({ event }) => event === "last");
    expect(listeners.map(({ events }) => events)).toEqual([
      ["news@1", "last@2"],
      ["news@1", "last@2"],
      ["last@1"],
    ]);
    expect(listeners[1]?.all("event")[0]?.channel).toBe(`user:${both}`);
  });

  it("is kept from whom only and except leave out", async () => {
    const [role, tenant] = [fresh("role"), fresh("tenant")];
    const [inside, outside, author] = [fresh("user"), fresh("user"), fresh("user")];
    const listeners = await Promise.all([
      present({ user: inside, roles: [role], tenants: [tenant] }),
      present({ user: outside, roles: [role] }),
      present({ user: author, roles: [role], tenants: [tenant] }),
    ]);
    await publish({
      event: "news",
      to: { roles: [role] },
      only: { tenants: [tenant] },
      except: { user: author },
    });
    await publish({ event: "last", to: { roles: [role] } });
    for (const listener of listeners) await listener.next("event", ({ event }) => event === "last");
    expect(listeners.map(({ events }) => events)).toEqual([["news@1", "last@2"], ["last@1"], ["last@1"]]);
  });

  it("is stored once when it was sent by name before, or is afterwards", async () => {
    const { role } = audienceOf();
    const user = fresh("user");
    const listener = await present({ user, roles: [role] });
    const [first, second] = [fresh("id"), fresh("id")];
    await publish({ id: first, event: "first", to: { users: [user] } });
    await publish({ id: first, event: "first", to: { roles: [role] } });
    await publish({ id: second, event: "second", to: { roles: [role] } });
    await listener.next("event", ({ event }) => event === "second");
    const { results } = await publish({ id: second, event: "second", to: { users: [user] } });
    expect(results[0]?.targets[0]).toMatchObject({ offset: 2, duplicate: true });
    await publish({ event: "last", to: { users: [user] } });
    await listener.next("event", ({ event }) => event === "last");
    expect(listener.events).toEqual(["first@1", "second@2", "last@3"]);
  });

  it("that is not to be kept reaches who is there", async () => {
    const { role } = audienceOf();
    const listener = await present({ user: fresh("user"), roles: [role] });
    await publish({ event: "passing", to: { roles: [role] }, store: false });
    await listener.next("event");
    await publish({ event: "last", to: { roles: [role] } });
    await listener.next("event", ({ event }) => event === "last");
    expect(listener.events).toEqual(["passing@-", "last@1"]);
  });
});

describe("what a backend says of a user", () => {
  it("completes a token that names only the user", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    await putIdentity(user, { roles: [role], tenants: ["7"] });
    await publishTo(channel, "before-coming");
    const listener = await present({ user });
    expect(listener.welcome.roles).toEqual([role]);
    await listener.next("event");
    expect(await listener.follow("clinic:7:queue")).toMatchObject({ channel: "clinic:7:queue" });
    expect((await poll({ user })).events.map(({ event }) => event)).toEqual(["before-coming"]);
  });

  it("changes live connections at once: rooms that are not allowed are left, the audience follows", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const listener = await present({ user, roles: ["visitor"], tenants: ["7"] });
    const direct = await Listener.greeted({ user, tenants: ["7"], room: "clinic:7:queue" });
    await listener.follow("clinic:7:queue");
    await putIdentity(user, { roles: [role], tenants: [] });
    expect(await listener.next("unsubscribed")).toMatchObject({
      channel: "clinic:7:queue",
      code: "forbidden",
    });
    expect(await direct.untilClosed()).toMatchObject({ reason: "forbidden" });
    await publishTo(channel, "gained");
    await listener.next("event");
    await putIdentity(user, { roles: ["visitor"] });
    await publishTo(channel, "lost");
    await publishTo(`user:${user}`, "last");
    await listener.next("event", ({ event }) => event === "last");
    expect(named(listener)).toEqual([`${channel} gained`, `user:${user} last`]);
  });
});

describe("a member whose object died without saying so", () => {
  it("is noticed at the next event, and put right when somebody comes again", async () => {
    const { role, channel } = audienceOf();
    const user = fresh("user");
    const listener = await present({ user, roles: [role] });
    await abort(userObject(env, user));
    await listener.untilClosed();
    await publishTo(channel, "one");
    await member(user, (isOnline) => !isOnline);
    const back = await present({ user, roles: [role] });
    await back.next("event");
    expect(back.events).toEqual(["one@1"]);
  });
});

/** Lets the alarm of a user's shard ring, as soon as the shard is alive. */
async function ringFor(user: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await runInDurableObject(shardFor(user), (instance: AudienceObject) => instance.alarm());
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}

describe("a shard that dies", () => {
  it("in the midst of a broadcast goes on with it, and nobody gets it twice", async () => {
    const { role, channel } = audienceOf();
    const users = Array.from({ length: 6 }, () => fresh("user")).filter((user) => shardOf(user, 4) !== 0);
    const listeners = await Promise.all(users.map((user) => present({ user, roles: [role] })));
    const { takeAudience } = UserObject.prototype;
    let calls = 0;
    UserObject.prototype.takeAudience = async function (this: UserObject, shard, generation, push) {
      calls += 1;
      if (calls === 1) {
        await abort(audienceShard(env, shard));
        throw new Error("The shard is gone; nobody hears this.");
      }
      return takeAudience.call(this, shard, generation, push);
    };
    try {
      await publishTo(channel, "one");
      await Promise.all(users.map((user) => ringFor(user)));
      await Promise.all(listeners.map((listener) => listener.next("event")));
    } finally {
      UserObject.prototype.takeAudience = takeAudience;
    }
    await publishTo(channel, "two");
    await Promise.all(listeners.map((listener) => listener.next("event", ({ event }) => event === "two")));
    for (const { events } of listeners) expect(events).toEqual(["one@1", "two@2"]);
  });
});

describe("another number of shards", () => {
  it("loses nothing, with objects of either number side by side", async () => {
    const { role, channel } = audienceOf();
    const users = Array.from({ length: 16 }, () => fresh("user"));
    const [present8, away] = [users.slice(0, 8), users.slice(8)];
    const listeners = await Promise.all(present8.map((user) => present({ user, roles: [role] })));
    for (const user of away) await goAway(await present({ user, roles: [role] }), user);
    await publishTo(channel, "one");
    await Promise.all(listeners.map((listener) => listener.next("event")));
    await withSettings({ AUDIENCE_SHARDS: 7 }, async () => {
      // Half of those who are there have objects that wake and learn of it; the others do not yet.
      await sleepAll(...away.map((user) => userObject(env, user)));
      await sleepAll(...present8.slice(0, 4).map((user) => userObject(env, user)));
      await publishTo(channel, "two");
      const back = await Promise.all(
        away.map((user) => Listener.greeted({ user, roles: [role], since: { epoch: "0", offset: 0 } })),
      );
      await publishTo(channel, "three");
      for (const listener of [...listeners, ...back]) {
        await listener.next("event", ({ event }) => event === "three");
        expect(listener.events).toEqual(["one@1", "two@2", "three@3"]);
      }
      for (const listener of back.slice(0, 4)) listener.close(1000, "bye");
      await Promise.all(
        away
          .slice(0, 4)
          .map((user) => member(user, (isOnline) => !isOnline, audienceShard(env, shardOf(user, 7)))),
      );
    });
    await publishTo(channel, "four");
    await sleepAll(...users.map((user) => userObject(env, user)));
    const again = await Promise.all(
      away.slice(0, 4).map((user) => Listener.greeted({ user, roles: [role] })),
    );
    for (const listener of again) await listener.next("event", ({ event }) => event === "four");
    for (const listener of listeners) await listener.next("event", ({ event }) => event === "four");
    for (const { events } of listeners) expect(events).toEqual(["one@1", "two@2", "three@3", "four@4"]);
    for (const { events } of again) expect(events).toEqual(["four@4"]);
  });
});

describe("the shards' logs", () => {
  it("are the same, under the same offsets, also in one that comes later", async () => {
    const { role, channel } = audienceOf();
    for (const event of ["one", "two", "three"]) await publishTo(channel, event);
    const read = (shard: number) =>
      rowsOf<{ offset: number; frame: string }>(
        audienceShard(env, shard),
        `SELECT offset, frame FROM log WHERE frame LIKE '%${role}%' ORDER BY offset`,
      );
    await withSettings({ AUDIENCE_SHARDS: 64 }, async () => {
      const user = fresh("user");
      await Listener.greeted({ user, roles: [role] });
      const shard = shardOf(user, 64);
      await member(user, (isOnline) => isOnline, audienceShard(env, shard));
      const copied = await read(shard);
      expect(copied).toHaveLength(3);
      expect(copied).toEqual(await read(0));
    });
  });
});
