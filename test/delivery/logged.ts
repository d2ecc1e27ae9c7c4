import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Ids of the events that lie in a user's log, in its order. */
export function logOf(user: string): Promise<string[]> {
  return runInDurableObject(env.USERS.getByName(user), (_instance, { storage: { sql } }) => {
    const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray();
    if (tables.length === 0) return [];
    const rows = sql.exec<{ id: string }>("SELECT id FROM log ORDER BY offset").toArray();
    return rows.map(({ id }) => id);
  });
}
