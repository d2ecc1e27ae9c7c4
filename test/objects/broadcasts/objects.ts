import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Settings, settingsOf } from "../../../src/config/settings.ts";
import { audienceShard, userObject } from "../../../src/objects/env.ts";
import { runAlarm } from "../interleavings/objects.ts";
import type { ObjectKey } from "./cast.ts";
import type { Names } from "./names.ts";

/** One entry of a user's log, or of the audience's. */
export interface Row {
  readonly offset: number;
  readonly id: string;
  readonly channel: string;
  readonly event: string;
  /** Whether a user's log has it from the audience. */
  readonly isFromAudience: boolean;
}

/** An object. Asked for anew each time, since a stub that failed stays broken. */
export function objectOf(names: Names, key: ObjectKey): DurableObjectStub {
  return typeof key === "number" ? audienceShard(env, key) : userObject(env, names.user(key));
}

/** Changes the settings of the objects that are constructed from now on: all share one environment. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  await runInDurableObject(env.USERS.getByName("settings"), (instance) => {
    Object.assign(settingsOf((instance as unknown as { env: object }).env), change);
  });
}

/** What lies in a user's log. */
export async function readUserLog(stub: DurableObjectStub): Promise<Row[]> {
  const rows = await select(stub, "log", "SELECT * FROM log ORDER BY offset");
  return rows.map(({ offset, id, channel, hash, frame }) => ({
    offset: Number(offset),
    id: String(id),
    channel: String(channel),
    event: nameIn(JSON.parse(String(frame))),
    isFromAudience: String(hash).startsWith("audience"),
  }));
}

/** The ids in the first shard's log, in their order. */
export async function readOrder(stub: DurableObjectStub): Promise<string[]> {
  const rows = await select(stub, "log", "SELECT id FROM log ORDER BY offset");
  return rows.map(({ id }) => String(id));
}

/** Whether a shard copies the first one. */
export async function isFollowing(stub: DurableObjectStub): Promise<boolean> {
  const rows = await select(stub, "shard", "SELECT following FROM shard");
  return rows.some(({ following }) => following === 1);
}

/** What an object has yet to tell others, in words. */
export async function readDebts(stub: DurableObjectStub): Promise<string[]> {
  const calls = await select(stub, "owed_call", "SELECT * FROM owed_call");
  const followers = await select(stub, "follower", "SELECT user, owed FROM follower WHERE owed IS NOT NULL");
  return [...calls, ...followers].map((row) => JSON.stringify(row));
}

/** How soon (ms) an alarm must be due for somebody to wait for it: after a death, or before a retry. */
const SOON = 6000;

/** Lets an object's alarm ring if it would by itself before long. */
export async function ringSoon(stub: DurableObjectStub): Promise<void> {
  const due = await runInDurableObject(stub, (_instance, { storage }) => storage.getAlarm());
  if (due !== null && due < Date.now() + SOON) await runAlarm(stub);
}

function nameIn(frame: unknown): string {
  return typeof frame === "object" && frame !== null && "event" in frame ? String(frame.event) : "";
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
