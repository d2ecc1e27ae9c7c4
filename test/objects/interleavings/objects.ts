import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { settingsOf } from "../../../src/config/settings.ts";
import { roomObject, userObject } from "../../../src/objects/env.ts";
import { isUser, type LogKey } from "./cast.ts";
import type { Names } from "./names.ts";
import { eventIn, type Row } from "./row.ts";

/** The object of a log. Asked for anew each time, since a stub that failed stays broken. */
export function objectOf(names: Names, log: LogKey): DurableObjectStub {
  return isUser(log) ? userObject(env, names.user(log)) : roomObject(env, names.room(log));
}

/** Kills an object in the midst of whatever it does. Its sockets break. */
export async function abort(stub: DurableObjectStub): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => ctx.abort("killed by the test")).catch(() => undefined);
}

/**
 * Puts an object away; one that is not awake sleeps already. Where the object dies before its requests have drained, the
 * runtime goes on waiting for them half a minute; this does not.
 */
export async function evict(stub: DurableObjectStub, webSockets: "hibernate" | "close"): Promise<void> {
  const eviction = evictDurableObject(stub, { webSockets }).catch(() => undefined);
  await Promise.race([eviction, scheduler.wait(500)]);
}

export async function runAlarm(stub: DurableObjectStub): Promise<void> {
  await runDurableObjectAlarm(stub).catch(() => false);
}

/** What lies in an object's log. */
export async function readLog(stub: DurableObjectStub): Promise<Row[]> {
  const rows = await select(stub, "log", "SELECT offset, id, channel, frame FROM log ORDER BY offset");
  return rows.map(({ offset, id, channel, frame }) => ({
    offset: Number(offset),
    id: String(id),
    channel: String(channel),
    event: eventIn(String(frame)),
  }));
}

/** What an object has yet to tell others, in words. */
export async function readDebts(stub: DurableObjectStub): Promise<string[]> {
  const calls = await select(stub, "owed_call", "SELECT * FROM owed_call");
  const followers = await select(stub, "follower", "SELECT user, owed FROM follower WHERE owed IS NOT NULL");
  return [...calls, ...followers].map((row) => JSON.stringify(row));
}

/**
 * Makes pages small, so that a replay takes several, and retries soon. All objects of this test file share one
 * environment, and so one set of settings.
 */
export async function hasten(): Promise<void> {
  await runInDurableObject(env.USERS.getByName("hasten"), (instance) => {
    Object.assign(settingsOf((instance as unknown as { env: object }).env), {
      PAGE_EVENTS: 6,
      GATHER_SOCKET_MICROSECONDS: 3000,
      RETRY_SECONDS: 0.02,
    });
  });
}

function select(
  stub: DurableObjectStub,
  table: string,
  query: string,
): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(stub, (_instance, { storage: { sql } }) => {
    const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", table).toArray();
    return tables.length === 0 ? [] : sql.exec(query).toArray();
  });
}
