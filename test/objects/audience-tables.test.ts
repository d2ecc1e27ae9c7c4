import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { audienceShard, userObject } from "../../src/objects/env.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";

// The tables of a shard as the first version made them. They are written out here and never changed: code that changes
// must go on reading what older code has stored.
const first = [
  "CREATE TABLE log_life (epoch TEXT NOT NULL, life INTEGER NOT NULL, floor INTEGER NOT NULL)",
  `CREATE TABLE log (
    offset INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER,
    channel TEXT NOT NULL, aim TEXT, frame TEXT NOT NULL)`,
  "CREATE TABLE follower (user TEXT PRIMARY KEY, generation INTEGER NOT NULL, owed INTEGER) WITHOUT ROWID",
  `CREATE TABLE member (
    user TEXT PRIMARY KEY, generation INTEGER NOT NULL, online INTEGER NOT NULL, new INTEGER NOT NULL,
    at INTEGER NOT NULL, owed INTEGER NOT NULL, seen INTEGER NOT NULL, standing TEXT NOT NULL) WITHOUT ROWID`,
  "CREATE TABLE handed (offset INTEGER NOT NULL)",
  "CREATE TABLE shard (following INTEGER NOT NULL, tidied INTEGER NOT NULL)",
  "CREATE TABLE shard_count (count INTEGER PRIMARY KEY)",
  "INSERT INTO shard (following, tidied) VALUES (0, 0)",
  `CREATE TABLE owed_call (
    id INTEGER PRIMARY KEY, call TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL)`,
];

const HOUR = 3_600_000;
const shard = () => audienceShard(env, 0);

/** A user of the first shard. */
function userHere(): string {
  for (;;) {
    const user = fresh("user");
    if (shardOf(user, settingsOf(env).AUDIENCE_SHARDS) === 0) return user;
  }
}

const standing = JSON.stringify({
  facets: [{ roles: ["old"], tenants: [], grants: [], until: Number.MAX_SAFE_INTEGER }],
  versions: [],
});

describe("what version 1 of a shard's tables holds", () => {
  it("goes on: who was there, who was away, and what they are still to be given", async () => {
    const [there, away, unknown] = [userHere(), userHere(), userHere()];
    const now = Date.now();
    await runInDurableObject(shard(), (_instance, { storage: { sql } }) => {
      sql.exec("CREATE TABLE carillon (version INTEGER NOT NULL)");
      sql.exec("INSERT INTO carillon (version) VALUES (1)");
      for (const statement of first) sql.exec(statement);
      for (const [user, online, isNew] of [
        [there, 1, 0],
        [away, 0, 0],
        [unknown, 0, 1],
      ] as const) {
        sql.exec(
          `INSERT INTO member (user, generation, online, new, at, owed, seen, standing)
            VALUES (?, ?, ?, ?, 0, 0, ?, ?)`,
          ...[user, now - HOUR, online, isNew, now - HOUR, standing],
        );
      }
    });
    await sleepAll(shard());
    const rows = Object.fromEntries(
      await Promise.all(
        [there, away, unknown].map(async (user) => [user, await shard().findMember(user)] as const),
      ),
    );
    expect(rows[there]).toMatchObject({ isOnline: true, presence: { since: now - HOUR } });
    expect(rows[away]?.presence).toEqual({ since: now - HOUR, leftAt: now - HOUR });
    expect(rows[unknown]?.presence).toBeUndefined();
    expect(await userObject(env, away).presence()).toMatchObject({ online: false, lastSeen: now - HOUR });
    // Nobody is there any more, which the shard had not been told.
    expect(await userObject(env, there).presence()).toMatchObject({ online: true, since: now - HOUR });
    expect(await shard().findMember(there)).toMatchObject({ isOnline: false });
    await publishTo("notifications:role:old", "news");
    const listener = await Listener.greeted({ user: away, roles: ["old"] });
    await listener.next("event", ({ event }) => event === "news");
  });
});
