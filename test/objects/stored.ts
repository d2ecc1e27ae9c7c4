import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Log, type LogLimits } from "../../src/objects/log.ts";
import { createLogTables } from "../../src/objects/log-rows.ts";
import type { Publication } from "../../src/objects/publication.ts";
import { Schema } from "../../src/objects/schema.ts";
import { fresh } from "./listener.ts";

export const limits: LogLimits = {
  events: 1000,
  days: 7,
  rememberedIds: 1000,
  pageEvents: 200,
  pageBytes: 100_000,
};

/** Runs a test against real SQL storage that nothing else uses. */
export async function withSql<Result>(test: (sql: SqlStorage) => Result): Promise<Result> {
  return runInDurableObject(env.USERS.getByName(fresh("storage")), (_instance, ctx) => test(ctx.storage.sql));
}

/** Opens the log that lies in this storage, as an object does when it wakes. */
export function openLog(sql: SqlStorage, more: Partial<LogLimits> = {}, now = () => 1_000_000): Log {
  return new Log(sql, new Schema(sql, [createLogTables]), { ...limits, ...more }, now);
}

/** A publication of one stored event for each channel. */
export function publication(
  id: string,
  more: { hash?: string; channels?: string[]; data?: string; ttl?: number } = {},
): Publication {
  const { hash = "h", channels = ["user:42"], data = "null", ttl } = more;
  const events = channels.map((channel) => ({
    channel,
    event: id,
    data,
    store: true,
    ...(ttl !== undefined && { ttl }),
  }));
  return { id, hash, events };
}
