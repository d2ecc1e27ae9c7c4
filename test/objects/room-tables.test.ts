import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { roomObject } from "../../src/objects/env.ts";
import { fresh, Listener, publishTo, sleepAll } from "./listener.ts";
import { rowsOf } from "./remembered.ts";

// The tables of a room's object as each version made them. They are written out here and never changed: code that
// changes must go on reading what older code has stored.
const steps = [
  [
    "CREATE TABLE log_life (epoch TEXT NOT NULL, life INTEGER NOT NULL, floor INTEGER NOT NULL)",
    `CREATE TABLE log (
      offset INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER,
      channel TEXT NOT NULL, aim TEXT, frame TEXT NOT NULL)`,
    "CREATE TABLE follower (user TEXT PRIMARY KEY, generation INTEGER NOT NULL, owed INTEGER) WITHOUT ROWID",
    `CREATE TABLE owed_call (
      id INTEGER PRIMARY KEY, call TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL)`,
  ],
] as const;

/** A clinic's room of which an earlier version of this code has stored an event and a follower. */
async function storedBy(version: number) {
  const [tenant, follower] = [fresh("clinic"), fresh("follower")];
  const room = `clinic:${tenant}:queue`;
  const stub = roomObject(env, room);
  await runInDurableObject(stub, (_instance, { storage: { sql } }) => {
    sql.exec("CREATE TABLE carillon (version INTEGER NOT NULL)");
    sql.exec("INSERT INTO carillon (version) VALUES (?)", version);
    for (const step of steps.slice(0, version)) for (const statement of step) sql.exec(statement);
    const now = Date.now();
    const frame = `{"type":"event","channel":"${room}","event":"old","data":1,"id":"old","at":${now},"offset":1}`;
    sql.exec("INSERT INTO log_life (epoch, life, floor) VALUES ('stored', 1, 0)");
    sql.exec(
      "INSERT INTO log (offset, id, hash, at, channel, frame) VALUES (1, 'old', 'h', ?, ?, ?)",
      ...[now, room, frame],
    );
    sql.exec("INSERT INTO follower (user, generation) VALUES (?, ?)", follower, now - 60_000);
  });
  await sleepAll(stub);
  return { tenant, room, stub, follower };
}

describe.each(steps.map((_step, index) => index + 1))(
  "what version %i of a room's tables holds",
  (version) => {
    it("is replayed and followed by what is stored now, and who follows is a member", async () => {
      const { tenant, room, stub, follower } = await storedBy(version);
      const user = fresh("user");
      const since = { epoch: "stored", offset: 0 };
      const listener = await Listener.greeted({ user, tenants: [tenant], room, since });
      expect(listener.welcome).toMatchObject({
        recovered: true,
        presence: { members: [{ user }, { user: follower }], count: 2 },
      });
      listener.send({ type: "publish", channel: room, event: "typing" });
      await listener.next("ok");
      await publishTo(room, "new");
      await listener.next("event", ({ event }) => event === "new");
      expect(listener.events).toEqual(["old@1", "new@2"]);
      const [row] = await rowsOf<{ version: number }>(stub, "SELECT version FROM carillon");
      expect(row?.version).toBeGreaterThan(version);
    });
  },
);
