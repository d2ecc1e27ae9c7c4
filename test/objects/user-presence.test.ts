import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { AudienceObject } from "../../src/objects/audience-object.ts";
import { audienceShard, roomObject, userObject } from "../../src/objects/env.ts";
import type { UserPresenceView } from "../../src/objects/user-presence.ts";
import { ask, publisher } from "../http/service.ts";
import { fresh, Listener, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { letTimePass, rowsOf, withSettings } from "./remembered.ts";

const shardFor = (user: string) => audienceShard(env, shardOf(user, settingsOf(env).AUDIENCE_SHARDS));
const allShards = () => [0, 1, 2, 3].map((shard) => audienceShard(env, shard));

async function presenceOf(user: string): Promise<UserPresenceView> {
  const response = await ask(`/users/${encodeURIComponent(user)}`, { headers: publisher });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return await response.json<UserPresenceView>();
}

async function abort(stub: DurableObjectStub<undefined>): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 8000 }).toBe(true);
}

const isKnownThere = (user: string, isThere: boolean) => async () =>
  (await shardFor(user).findMember(user))?.isOnline === isThere;

/** Somebody whom the shard knows to be there. */
async function come(user: string, more: { client?: string; roles?: string[] } = {}) {
  const listener = await Listener.greeted({ user, ...more });
  await until(isKnownThere(user, true));
  return listener;
}

async function go(user: string, listener: Listener): Promise<void> {
  listener.close(1000, "bye");
  await until(isKnownThere(user, false));
}

/** Lets a time pass for what a shard remembers of a user's last leave. */
async function leftEarlier(user: string, ms: number): Promise<void> {
  await runInDurableObject(shardFor(user), (_instance, { storage }) => {
    storage.sql.exec("UPDATE member SET left_at = left_at - ? WHERE user = ?", ms, user);
  });
}

describe("a user's presence", () => {
  it("is unknown where nobody ever came, and leaves nothing behind", async () => {
    const user = fresh("user");
    const nobody = { user, online: false, since: null, lastSeen: null, connections: [] };
    expect(await presenceOf(user)).toEqual(nobody);
    expect(
      await rowsOf(userObject(env, user), "SELECT name FROM sqlite_master WHERE name = 'carillon'"),
    ).toEqual([]);
    expect(await shardFor(user).findMember(user)).toBeUndefined();
  });

  it("names every connection with its device and rooms, also while all objects sleep", async () => {
    const user = fresh("user");
    const [followed, direct] = [`room:${fresh("followed")}`, `room:${fresh("direct")}`];
    const before = Date.now();
    const phone = await come(user, { client: "phone" });
    await phone.follow(followed);
    const tab = await Listener.greeted({ user, client: "tab", room: direct });
    await sleepAll(userObject(env, user), roomObject(env, direct), shardFor(user));
    const { connections, since, lastSeen, ...rest } = await presenceOf(user);
    expect(rest).toEqual({ user, online: true });
    expect(connections).toEqual([
      {
        ...{ connection: phone.welcome.connection, client: "phone", openedAt: expect.any(Number) },
        ...{ rooms: [followed], direct: false },
      },
      {
        ...{ connection: tab.welcome.connection, client: "tab", openedAt: expect.any(Number) },
        ...{ rooms: [direct], direct: true },
      },
    ]);
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(lastSeen ?? 0);
    expect(lastSeen).toBeLessThanOrEqual(Date.now());
  });

  it("does not change when a page is loaded anew, whatever sleeps or dies in between", async () => {
    const user = fresh("user");
    let listener = await come(user);
    const { since } = await presenceOf(user);
    for (const between of [
      sleepAll,
      (...stubs: DurableObjectStub<undefined>[]) => Promise.all(stubs.map(abort)),
    ]) {
      await go(user, listener);
      await between(userObject(env, user), shardFor(user));
      expect(await presenceOf(user)).toMatchObject({ online: true, since, connections: [] });
      listener = await come(user);
      expect(await presenceOf(user)).toMatchObject({ online: true, since });
    }
  });

  it("ends a grace after the last connection, and says since when", async () => {
    const user = fresh("user");
    const [one, other] = [await come(user), await Listener.greeted({ user })];
    one.close(1000, "bye");
    await one.untilClosed();
    expect((await presenceOf(user)).connections).toHaveLength(1);
    await go(user, other);
    const { lastSeen } = await presenceOf(user);
    await leftEarlier(user, 14_000);
    expect(await presenceOf(user)).toMatchObject({ online: true });
    await leftEarlier(user, 1001);
    expect(await presenceOf(user)).toEqual({
      ...{ user, online: false, since: null, lastSeen: (lastSeen ?? 0) - 15_001, connections: [] },
    });
    const again = Date.now();
    await come(user);
    expect((await presenceOf(user)).since).toBeGreaterThanOrEqual(again);
  });

  it("is not prolonged by who polls", async () => {
    const user = fresh("user");
    await go(user, await come(user));
    await leftEarlier(user, 20_000);
    const { lastSeen } = await presenceOf(user);
    const { events } = await (
      await ask(`/events`, { headers: { Authorization: `Bearer ${await tokenFor({ user })}` } })
    ).json<{
      events: unknown[];
    }>();
    expect(events).toEqual([]);
    expect(await presenceOf(user)).toMatchObject({ online: false, lastSeen });
  });

  it("counts a user whose only connection is a room's own", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
    const listener = await Listener.greeted({ user, room });
    await until(async () => (await shardFor(user).findMember(user))?.rooms?.isThere === true);
    expect(await presenceOf(user)).toMatchObject({
      online: true,
      connections: [{ direct: true, rooms: [room] }],
    });
    listener.close(1000, "bye");
    await until(async () => (await shardFor(user).findMember(user))?.rooms?.isThere === false);
    expect(await presenceOf(user)).toMatchObject({ online: true, connections: [] });
    await leftEarlier(user, 20_000);
    expect(await presenceOf(user)).toMatchObject({ online: false });
  });

  it("lets who comes later be a newcomer to the audience, though a room's own connection came first", async () => {
    const [user, role] = [fresh("user"), fresh("role")];
    const notification = { type: "news", title: "A title", message: "A message" };
    await publishTo(`notifications:role:${role}`, "before", { notification });
    await Listener.greeted({ user, roles: [role], room: `room:${fresh("lobby")}` });
    await until(async () => (await shardFor(user).findMember(user))?.rooms?.isThere === true);
    await publishTo(`notifications:role:${role}`, "between", { notification });
    const listener = await Listener.greeted({ user, roles: [role] });
    await listener.next("event", ({ event }) => event === "before");
    await listener.next("event", ({ event }) => event === "between");
  });
});

describe("a ghost", () => {
  it("whose client lost its network is swept when presence is read (U4)", async () => {
    const user = fresh("user");
    const [lost] = [await come(user, { client: "lost" }), await come(user, { client: "kept" })];
    await letTimePass(userObject(env, user), 100_000, "lost");
    const { connections } = await presenceOf(user);
    expect(connections.map(({ client }) => client)).toEqual(["kept"]);
    expect(await lost.next("close")).toMatchObject({ reason: "slow_consumer" });
    await letTimePass(userObject(env, user), 100_000);
    expect(await presenceOf(user)).toMatchObject({ connections: [] });
    expect(await isKnownThere(user, false)()).toBe(true);
  });

  it("whose object died without a word is put right when presence is read", async () => {
    const user = fresh("user");
    await come(user);
    await abort(userObject(env, user));
    expect(await isKnownThere(user, true)()).toBe(true);
    expect(await presenceOf(user)).toMatchObject({ online: true, connections: [] });
    expect(await isKnownThere(user, false)()).toBe(true);
    await leftEarlier(user, 20_000);
    expect(await presenceOf(user)).toMatchObject({ online: false });
  });

  it("in a room that died is put right when presence is read", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("lobby")}`];
    await Listener.greeted({ user, room });
    await until(async () => (await shardFor(user).findMember(user))?.rooms?.isThere === true);
    await abort(roomObject(env, room));
    // It is not taken for one that is being opened.
    await runInDurableObject(userObject(env, user), (_instance, { storage }) => {
      storage.sql.exec("UPDATE room_socket SET generation = generation - 60000");
    });
    expect(await presenceOf(user)).toMatchObject({ connections: [] });
    expect((await shardFor(user).findMember(user))?.rooms?.isThere).toBe(false);
  });

  it("is found by the shard's probe, which leaves alone who is there (U4)", async () => {
    const shard = 1;
    const inShard = () => {
      for (;;) {
        const user = fresh("user");
        if (shardOf(user, settingsOf(env).AUDIENCE_SHARDS) === shard) return user;
      }
    };
    const [dead, gone, alive] = [inShard(), inShard(), inShard()];
    await come(dead);
    await abort(userObject(env, dead));
    await come(gone);
    await letTimePass(userObject(env, gone), 100_000);
    const listener = await come(alive);
    await runInDurableObject(audienceShard(env, shard), (_instance, { storage }) => {
      storage.sql.exec("UPDATE member SET seen = seen - 1900000");
      storage.sql.exec("UPDATE presence SET probed = probed - 1900000");
    });
    await sleepAll(audienceShard(env, shard), userObject(env, alive));
    expect(await runDurableObjectAlarm(audienceShard(env, shard))).toBe(true);
    await until(isKnownThere(dead, false));
    await until(isKnownThere(gone, false));
    expect(await isKnownThere(alive, true)()).toBe(true);
    await publishTo(`user:${alive}`, "own");
    await listener.next("event");
    // What was handed on in the first ringing kept the alarm close.
    expect(await runDurableObjectAlarm(audienceShard(env, shard))).toBe(true);
    const next = await runInDurableObject(audienceShard(env, shard), (_instance, { storage }) =>
      storage.getAlarm(),
    );
    expect((next ?? 0) - Date.now()).toBeGreaterThan(1_700_000);
  });
});

describe("user:presence", () => {
  const told = (listener: Listener) =>
    listener
      .all("event")
      .filter(({ event, channel }) => event === "user:presence" && channel === "admin:system")
      .map(({ data }) => data as { userId: string; status: string; timestamp: number });

  it("goes to administrators once for each true change, though shards die in between, and not for a reload (U2)", () =>
    withSettings({ PRESENCE_CHANNELS: ["admin:system"], PRESENCE_GRACE_SECONDS: 1 }, async () => {
      await sleepAll(...allShards());
      const [admin, farmer, user] = [fresh("admin"), fresh("farmer"), fresh("user")];
      const watching = await come(admin, { roles: ["admin"] });
      const other = await come(farmer, { roles: ["farmer"] });
      const of = (userId: string) => told(watching).filter((change) => change.userId === userId);
      await watching.until(() => of(farmer).length === 1, "word of the farmer");
      let listener = await come(user);
      await watching.until(() => of(user).length === 1, "word that the user came");
      await go(user, listener);
      listener = await come(user);
      await go(user, listener);
      await Promise.all(allShards().map(abort));
      await watching.until(() => of(user).length === 2, "word that the user went");
      const { lastSeen } = await presenceOf(user);
      expect(of(user)).toEqual([
        { userId: user, status: "online", timestamp: expect.any(Number) },
        { userId: user, status: "offline", timestamp: lastSeen },
      ]);
      await come(user);
      await watching.until(() => of(user).length === 3, "word that the user came again");
      expect(of(user).map(({ status }) => status)).toEqual(["online", "offline", "online"]);
      expect(of(admin)).toEqual([]);
      expect(told(other)).toEqual([]);
    }));

  it("is told again by the shard's alarm where no answer came, and counts once", () =>
    withSettings({ PRESENCE_CHANNELS: ["admin:system"], RETRY_SECONDS: 1 }, async () => {
      await sleepAll(...allShards());
      const [admin, user] = [fresh("admin"), fresh("user")];
      const watching = await come(admin, { roles: ["admin"] });
      const { deliver } = AudienceObject.prototype;
      let calls = 0;
      AudienceObject.prototype.deliver = async function (...publications) {
        const outcomes = await deliver.apply(this, publications);
        if (!publications[0].some(({ id }) => id.endsWith(`:${user}`))) return outcomes;
        calls += 1;
        if (calls === 1) throw new Error("The answer is lost.");
        return outcomes;
      };
      try {
        await come(user);
        await watching.until(() => calls === 2, "a second try");
        await publishTo("admin:system", "last");
        await watching.next("event", ({ event }) => event === "last");
        expect(told(watching).filter(({ userId }) => userId === user)).toHaveLength(1);
      } finally {
        AudienceObject.prototype.deliver = deliver;
      }
      const rows = await rowsOf<{ n: number }>(
        audienceShard(env, 0),
        `SELECT count(*) AS n FROM log WHERE id LIKE 'presence:online:%:${user}'`,
      );
      expect(rows).toEqual([{ n: 1 }]);
    }));
});
