import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userObject } from "../../src/objects/env.ts";
import type { UserObject } from "../../src/objects/user-object.ts";
import { fresh, Listener, ORIGIN, publish, publishTo, sleepAll, tokenFor } from "./listener.ts";
import { rowsOf, tablesOf } from "./remembered.ts";

// The tables of a user's object as each version made them. They are written out here and never changed: code that
// changes must go on reading what older code has stored.
const steps = [
  [
    "CREATE TABLE log_life (epoch TEXT NOT NULL, life INTEGER NOT NULL, floor INTEGER NOT NULL)",
    `CREATE TABLE log (
      offset INTEGER PRIMARY KEY, id TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER,
      channel TEXT NOT NULL, aim TEXT, frame TEXT NOT NULL)`,
    `CREATE TABLE room_socket (
      room TEXT NOT NULL, client TEXT NOT NULL, connection TEXT NOT NULL, generation INTEGER NOT NULL,
      PRIMARY KEY (room, client)) WITHOUT ROWID`,
    `CREATE TABLE receipt (
      client TEXT NOT NULL, up_to INTEGER NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (client, up_to)) WITHOUT ROWID`,
    "CREATE TABLE account (revoke_before INTEGER NOT NULL)",
    `CREATE TABLE owed_call (
      id INTEGER PRIMARY KEY, call TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL)`,
  ],
  [
    "CREATE TABLE audience_position (epoch TEXT NOT NULL, offset INTEGER NOT NULL)",
    "CREATE TABLE identity (statement TEXT NOT NULL, at INTEGER NOT NULL)",
  ],
] as const;

/** A user of whom an earlier version of this code has stored an event, a receipt, a revocation and a debt. */
async function storedBy(version: number): Promise<string> {
  const user = fresh("user");
  const stub = userObject(env, user);
  await runInDurableObject(stub, (_instance, { storage: { sql } }) => {
    sql.exec("CREATE TABLE carillon (version INTEGER NOT NULL)");
    sql.exec("INSERT INTO carillon (version) VALUES (?)", version);
    for (const step of steps.slice(0, version)) for (const statement of step) sql.exec(statement);
    const now = Date.now();
    const frame = `{"type":"event","channel":"user:${user}","event":"old","data":1,"id":"old","at":${now},"offset":1}`;
    sql.exec("INSERT INTO log_life (epoch, life, floor) VALUES ('stored', 1, 0)");
    sql.exec(
      "INSERT INTO log (offset, id, hash, at, channel, aim, frame) VALUES (1, 'old', 'h', ?, ?, ?, ?)",
      ...[now, `user:${user}`, '{"only":{"roles":["a"]}}', frame],
    );
    sql.exec("INSERT INTO receipt (client, up_to, since, at) VALUES ('tab', 1, 0, ?)", now);
    sql.exec("INSERT INTO account (revoke_before) VALUES (?)", now - 60_000);
    sql.exec(
      "INSERT INTO room_socket (room, client, connection, generation) VALUES ('room:a', 'tab', 'c', ?)",
      now - 60_000,
    );
    sql.exec(
      "INSERT INTO owed_call (call, attempts, due) VALUES (?, 1, ?)",
      JSON.stringify({ room: `room:${user}`, generation: now - 60_000 }),
      now - 1,
    );
    if (version < 2) return;
    sql.exec("INSERT INTO identity (statement, at) VALUES (?, ?)", '{"roles":["a"]}', now - 1000);
    sql.exec("INSERT INTO audience_position (epoch, offset) VALUES ('0', 0)");
  });
  await sleepAll(stub);
  return user;
}

async function get(path: string, headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, { headers });
}

describe.each(steps.map((_step, index) => index + 1))(
  "what version %i of a user's tables holds",
  (version) => {
    it("is replayed, and followed by what is stored now", async () => {
      const user = await storedBy(version);
      const listener = await Listener.greeted({
        ...{ user, roles: ["a"], since: { epoch: "stored", offset: 0 } },
      });
      expect(listener.welcome.recovered).toBe(true);
      await publishTo(`user:${user}`, "own");
      await publish({ event: "brought", to: { everyone: true }, only: { users: [user] } });
      await listener.next("event", ({ event }) => event === "brought");
      expect(listener.events).toEqual(["old@1", "own@2", "brought@3"]);
      const [{ version: now } = { version: 0 }] = await rowsOf<{ version: number }>(
        userObject(env, user),
        "SELECT version FROM carillon",
      );
      expect(now).toBeGreaterThan(version);
      expect(await tablesOf(userObject(env, user))).toContain("inbox");
    });

    it("still counts: the aim, the receipt, the revocation, the debt", async () => {
      const user = await storedBy(version);
      const token = await tokenFor({ user, roles: ["b"], issuedAt: Date.now() + 1000 });
      const polled = await get("/events?since=stored.0", { Authorization: `Bearer ${token}` });
      expect(await polled.json()).toMatchObject({ events: [], position: { offset: 1 }, recovered: true });
      const receipt = await get(`/users/${user}/events/old`, {
        Authorization: "Bearer dev-only-publish-key",
      });
      expect(await receipt.json()).toMatchObject({ stored: [{ offset: 1 }], received: [{ client: "tab" }] });
      const revoked = await tokenFor({ user, issuedAt: Date.now() - 120_000, ttl: 3600 });
      expect((await get("/events", { Authorization: `Bearer ${revoked}` })).status).toBe(401);
      await runInDurableObject(userObject(env, user), (instance: UserObject) => instance.alarm());
      expect(await rowsOf(userObject(env, user), "SELECT * FROM owed_call")).toEqual([]);
      expect(await rowsOf(userObject(env, user), "SELECT room FROM room_socket")).toEqual([
        { room: "room:a" },
      ]);
    });

    it("can be added to: what the backend says, and where the user stands in the audience", async () => {
      const user = await storedBy(version);
      const response = await exports.default.fetch(`${ORIGIN}/users/${user}/identity`, {
        method: "PUT",
        headers: { Authorization: "Bearer dev-only-publish-key" },
        body: JSON.stringify({ roles: ["said"] }),
      });
      expect(response.status).toBe(200);
      await publish({ event: "brought", to: { roles: ["said"] } });
      const listener = await Listener.greeted({ user });
      expect(listener.welcome.roles).toEqual(["said"]);
      await listener.next("event", ({ event }) => event === "brought");
      expect(await rowsOf(userObject(env, user), "SELECT offset FROM audience_position")).toHaveLength(1);
    });
  },
);
