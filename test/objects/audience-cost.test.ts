import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { AudienceObject } from "../../src/objects/audience-object.ts";
import { audienceShard, userObject } from "../../src/objects/env.ts";
import { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { rowsWritten, tablesOf } from "./remembered.ts";

const shardFor = (user: string) => audienceShard(env, shardOf(user, settingsOf(env).AUDIENCE_SHARDS));

/** A user of a shard that is not the first. */
function userElsewhere(): string {
  for (;;) {
    const user = fresh("user");
    if (shardOf(user, settingsOf(env).AUDIENCE_SHARDS) !== 0) return user;
  }
}

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** Counts the calls of some methods from now on, by their names. */
function counted<Name extends string>(
  object: { [name in Name]: (...args: never[]) => unknown },
  ...names: Name[]
): { readonly calls: string[] } {
  const calls: string[] = [];
  for (const name of names) {
    const method: (...args: never[]) => unknown = object[name];
    const counting = function (this: unknown, ...args: never[]) {
      calls.push(name);
      return method.apply(this, args);
    };
    Object.assign(object, { [name]: counting });
    undo.push(() => Object.assign(object, { [name]: method }));
  }
  return { calls };
}

const countShardCalls = () =>
  counted(
    AudienceObject.prototype,
    ...(["register", "visit", "leave", "settle", "noteShards", "findMember", "forgetMember"] as const),
    ...(["followFirst", "readFirst", "takeFromFirst"] as const),
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 4000 }).toBe(true);
}

const isThere = (user: string, online: boolean) => async () =>
  (await shardFor(user).findMember(user))?.isOnline === online;

const hasConnections = (user: string, own: number) => async () =>
  (await shardFor(user).findMember(user))?.counts?.own === own;

/** Comes, or goes, and waits until the shard knows; what is asked to find that out is not counted. */
async function come(user: string, calls: string[]): Promise<Listener> {
  const listener = await Listener.greeted({ user, roles: ["a"] });
  await until(isThere(user, true));
  dropAsking(calls);
  return listener;
}

async function go(user: string, listener: Listener, calls: string[]): Promise<void> {
  listener.close(1000, "bye");
  await until(isThere(user, false));
  dropAsking(calls);
}

/** The test's own questions whether somebody is there. */
function dropAsking(calls: string[]): void {
  const others = calls.filter((name) => name !== "findMember");
  calls.splice(0, calls.length, ...others);
}

describe("what a user's coming and going costs", () => {
  it("is one call and one row at the shard for each connection that comes and for each that goes", async () => {
    const user = userElsewhere();
    const { calls } = countShardCalls();
    await go(user, await come(user, calls), calls);
    const before = await rowsWritten(shardFor(user));
    calls.splice(0);
    const first = await come(user, calls);
    expect(calls).toEqual(["register"]);
    expect(await rowsWritten(shardFor(user))).toBe(before + 1);
    const second = await Listener.greeted({ user, roles: ["a"] });
    await until(hasConnections(user, 2));
    second.close(1000, "bye");
    await until(hasConnections(user, 1));
    await go(user, first, calls);
    expect(calls).toEqual(["register", "settle", "settle", "leave"]);
    expect(await rowsWritten(shardFor(user))).toBe(before + 4);
    expect(await tablesOf(userObject(env, user))).toEqual([]);
  });

  it("is one call more, to the first shard, the first time ever that the user comes", async () => {
    const user = userElsewhere();
    // Somebody of the same shard has been there, so that it has its copy.
    const { calls } = countShardCalls();
    await come(user, calls);
    const another = [...Array(200).keys()]
      .map(() => userElsewhere())
      .find((one) => shardFor(one).id.equals(shardFor(user).id));
    if (another === undefined) throw new Error("Of so many users one belongs to that shard.");
    calls.splice(0);
    await come(another, calls);
    expect(calls).toEqual(["register", "noteShards"]);
  });

  it("is nothing while the user's object sleeps and wakes", async () => {
    const user = userElsewhere();
    const { calls } = countShardCalls();
    const listener = await come(user, calls);
    calls.splice(0);
    for (let round = 0; round < 3; round++) {
      await sleepAll(userObject(env, user), shardFor(user));
      await publishTo(`user:${user}`, "own");
      await listener.next("event");
    }
    expect(calls).toEqual([]);
  });
});

describe("what a broadcast costs", () => {
  it("is one call and two rows for each member whom it is for, and no call to the others", async () => {
    const role = fresh("role");
    const users = Array.from({ length: 5 }, () => fresh("user"));
    const others = Array.from({ length: 5 }, () => fresh("user"));
    const listeners = await Promise.all(users.map((user) => Listener.greeted({ user, roles: [role] })));
    await Promise.all(others.map((user) => Listener.greeted({ user, roles: ["stranger"] })));
    for (const user of [...users, ...others]) await until(isThere(user, true));
    const { calls } = counted(UserObject.prototype, "takeAudience");
    await publishTo(`notifications:role:${role}`, "news");
    await Promise.all(listeners.map((listener) => listener.next("event")));
    expect(calls).toHaveLength(users.length);
    const before = await Promise.all(users.map((user) => rowsWritten(userObject(env, user))));
    await publishTo(`notifications:role:${role}`, "last");
    await Promise.all(listeners.map((listener) => listener.next("event", ({ event }) => event === "last")));
    const after = await Promise.all(users.map((user) => rowsWritten(userObject(env, user))));
    // The entry, and with it the position.
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual(users.map(() => 2));
  });
});
