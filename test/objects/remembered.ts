import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Settings, settingsOf } from "../../src/config/settings.ts";
import { readAttachment, writeAttachment } from "../../src/objects/attachment.ts";
import { fresh, sleepAll } from "./listener.ts";

type Stub = DurableObjectStub<undefined>;

/** Turns the clock of an object's sockets on by `ms`, for one client's or for all, and puts the object to sleep. */
export async function letTimePass(stub: Stub, ms: number, client?: string): Promise<void> {
  await runInDurableObject(stub, (_instance, ctx) => {
    for (const ws of ctx.getWebSockets()) {
      const attachment = readAttachment(ws);
      if (!attachment || (client !== undefined && attachment.client !== client)) continue;
      const { openedAt, bucket } = attachment;
      const heard = { ...bucket, at: bucket.at - ms };
      writeAttachment(ws, { ...attachment, openedAt: openedAt - ms, bucket: heard });
    }
  });
  await sleepAll(stub);
}

/** Rows that an object has written in this waking, the one of its alarm included. */
export function rowsWritten(stub: Stub): Promise<number> {
  return runInDurableObject(
    stub,
    (_instance, ctx) => ctx.storage.sql.exec<{ n: number }>("SELECT total_changes() AS n").one().n,
  );
}

/** What a query finds in an object's tables. */
export function rowsOf<Row extends Record<string, SqlStorageValue>>(
  stub: Stub,
  query: string,
): Promise<Row[]> {
  return runInDurableObject(stub, (_instance, ctx) => ctx.storage.sql.exec<Row>(query).toArray());
}

/** Names of the tables that an object has made. */
export async function tablesOf(stub: Stub): Promise<string[]> {
  const query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'";
  return (await rowsOf<{ name: string }>(stub, query)).map(({ name }) => name);
}

/** Lets all objects of this file have other settings during a task; what they read once they keep until they sleep. */
export async function withSettings(change: Partial<Settings>, task: () => Promise<void>): Promise<void> {
  const settings = await runInDurableObject(env.USERS.getByName(fresh("any")), (instance) =>
    settingsOf((instance as unknown as { env: object }).env),
  );
  const before = { ...settings };
  Object.assign(settings, change);
  try {
    await task();
  } finally {
    Object.assign(settings, before);
  }
}
