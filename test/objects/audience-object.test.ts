import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { shardOf } from "../../src/objects/audience-door.ts";
import type { AudienceObject } from "../../src/objects/audience-object.ts";
import { audienceShard } from "../../src/objects/env.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { rowsOf } from "./remembered.ts";

const DAY = 86_400_000;
/** How often members are probed (ms). */
const PROBE = 1_800_000;
const shards = [0, 1, 2, 3].map((shard) => audienceShard(env, shard));

const alarmOf = (stub: DurableObjectStub<AudienceObject>) =>
  runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());

/** Lets a shard's alarm ring. @returns when it is to ring next (ms from now), or nothing. */
async function ring(stub: DurableObjectStub<AudienceObject>): Promise<number | undefined> {
  return runInDurableObject(stub, async (instance: AudienceObject, { storage }) => {
    await storage.deleteAlarm();
    await instance.alarm();
    const alarm = await storage.getAlarm();
    return alarm === null ? undefined : alarm - Date.now();
  });
}

/** Somebody who holds a role and is known to the audience. */
async function present(role: string): Promise<{ user: string; listener: Listener }> {
  const user = fresh("user");
  const listener = await Listener.greeted({ user, roles: [role] });
  const shard = audienceShard(env, shardOf(user, 4));
  await expect.poll(async () => (await shard.findMember(user))?.isOnline).toBe(true);
  return { user, listener };
}

describe("a shard's alarm", () => {
  it("is that of the next probe where nothing was ever sent, whoever comes", async () => {
    const { user } = await present("a");
    const due = ((await alarmOf(audienceShard(env, shardOf(user, 4)))) ?? 0) - Date.now();
    expect(due).toBeGreaterThan(PROBE - 60_000);
    expect(due).toBeLessThanOrEqual(PROBE);
  });

  it("is set when something is stored, and rings for probes and once a day when all of it is handed on", async () => {
    const role = fresh("role");
    const { listener } = await present(role);
    await publishTo(`notifications:role:${role}`, "news");
    await listener.next("event");
    for (const shard of shards) {
      const exists = (await rowsOf(shard, "SELECT 1 FROM sqlite_master WHERE name = 'carillon'")).length > 0;
      if (!exists) continue;
      expect(await alarmOf(shard)).not.toBeNull();
      await ring(shard);
      const next = (await ring(shard)) ?? 0;
      expect(next).toBeGreaterThan(PROBE - 60_000);
      expect(next).toBeLessThanOrEqual(DAY);
    }
  });

  it("rings a minute later at most for a member who cannot be reached, and hands on what they missed", async () => {
    const role = fresh("role");
    const { user, listener } = await present(role);
    const { takeAudience } = UserObject.prototype;
    UserObject.prototype.takeAudience = async () => {
      throw new Error("Out of reach.");
    };
    const shard = audienceShard(env, shardOf(user, 4));
    try {
      await publishTo(`notifications:role:${role}`, "news");
      await expect
        .poll(() => rowsOf<{ owed: number }>(shard, `SELECT owed FROM member WHERE user = '${user}'`), {
          timeout: 4000,
        })
        .toEqual([{ owed: 1 }]);
      const next = (await ring(shard)) ?? 0;
      expect(next).toBeGreaterThan(0);
      expect(next).toBeLessThanOrEqual(60_000);
    } finally {
      UserObject.prototype.takeAudience = takeAudience;
    }
    await sleepAll(shard);
    await ring(shard);
    await listener.next("event");
    expect(listener.events).toEqual(["news@1"]);
  });

  it("is set while a member is tried again, should the shard die meanwhile", async () => {
    const role = fresh("role");
    const { user } = await present(role);
    const shard = audienceShard(env, shardOf(user, 4));
    const { takeAudience } = UserObject.prototype;
    let calls = 0;
    UserObject.prototype.takeAudience = async () => {
      calls += 1;
      if (calls === 4) await scheduler.wait(1000);
      throw new Error("Out of reach.");
    };
    try {
      await publishTo(`notifications:role:${role}`, "news");
      // Three times at once, then by the alarm, which is due in a second.
      await expect.poll(() => calls, { timeout: 8000 }).toBe(4);
      expect(((await alarmOf(shard)) ?? Number.POSITIVE_INFINITY) - Date.now()).toBeLessThan(60_000);
    } finally {
      UserObject.prototype.takeAudience = takeAudience;
    }
  });

  it("takes away once a day what has expired, and who has not come for long", async () => {
    const role = fresh("role");
    const id = fresh("id");
    const { user, listener } = await present(role);
    await publishTo(`notifications:role:${role}`, "news", { id });
    await listener.next("event");
    listener.close(1000, "bye");
    const shard = audienceShard(env, shardOf(user, 4));
    await expect.poll(async () => (await shard.findMember(user))?.isOnline).toBe(false);
    await runInDurableObject(shard, (_instance, { storage: { sql } }) => {
      sql.exec("UPDATE log SET at = at - ?, expires = expires - ? WHERE id = ?", 8 * DAY, 8 * DAY, id);
      sql.exec("UPDATE member SET seen = seen - ? WHERE user = ?", 91 * DAY, user);
      sql.exec("UPDATE shard SET tidied = 0");
    });
    await sleepAll(shard);
    await ring(shard);
    expect(await rowsOf(shard, `SELECT frame FROM log WHERE id = '${id}'`)).toEqual([{ frame: "" }]);
    expect(await shard.findMember(user)).toBeUndefined();
  });
});

describe("a broadcast", () => {
  it("is answered although a member does not answer", async () => {
    const role = fresh("role");
    const { listener } = await present(role);
    const { takeAudience } = UserObject.prototype;
    const { promise, resolve } = Promise.withResolvers<void>();
    UserObject.prototype.takeAudience = async function (this: UserObject, ...args) {
      await promise;
      return takeAudience.apply(this, args);
    };
    try {
      expect(await publishTo(`notifications:role:${role}`, "news")).toMatchObject({ status: "stored" });
    } finally {
      UserObject.prototype.takeAudience = takeAudience;
      resolve();
    }
    await listener.next("event");
  });
});
