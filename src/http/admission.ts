import type { Context } from "hono";
import type { Settings } from "../config/settings.ts";
import { shardOf } from "../objects/audience-door.ts";
import type { Entry } from "../objects/connection-gate.ts";
import { audienceShard, userObject } from "../objects/env.ts";
import { inTime } from "../objects/in-time.ts";
import type { Session } from "../objects/session.ts";
import { describe } from "../operation/report.ts";
import { type AppEnv, tell } from "./context.ts";

/** How many connections this isolate may open without asking, and until when (ms). */
interface Leave {
  more: number;
  readonly until: number;
  readonly limit: number;
  /** Whether the limit was far when it was given. */
  readonly isFar: boolean;
}

/** How many connections, and for how long (ms), may be opened without asking where no shard answers. */
const UNASKED = 100;
const UNASKED_TIME = 10_000;
/** How long (ms) a leave that was given when the limit was far is good for one more while another is asked for. */
const STALE_TIME = 600_000;

const leaves = new WeakMap<Settings, Leave>();

/**
 * Whether one more connection may be opened, by `MAX_CONNECTIONS`. As long as the limit is far, hardly one in twenty
 * waits for the answer of a shard. A connection that takes the place of the same device's older one always may; and when no
 * shard answers, anybody may.
 */
export async function mayOpen(c: Context<AppEnv>, session: Session, room?: string): Promise<boolean> {
  const settings = c.get("settings");
  const limit = settings.MAX_CONNECTIONS;
  if (limit === 0) return true;
  const user = session.identity.userId;
  const leave = leaves.get(settings);
  const known = leave?.limit === limit ? leave : undefined;
  if (known && known.until > Date.now() && known.more > 0) {
    known.more -= 1;
    return true;
  }
  const isStale = known && known.until <= Date.now() && known.until + STALE_TIME > Date.now();
  if (isStale && known.isFar) {
    leaves.delete(settings);
    c.executionCtx.waitUntil(ask(c, user));
    return true;
  }
  if (await ask(c, user)) return true;
  const holds = async () => await userObject(c.env, user).holds(session.client, room);
  return await holds().catch(() => false);
}

async function ask(c: Context<AppEnv>, user: string): Promise<boolean> {
  const settings = c.get("settings");
  const { MAX_CONNECTIONS: limit, AUDIENCE_SHARDS } = settings;
  try {
    const entry = await inTime(
      async () => await audienceShard(c.env, shardOf(user, AUDIENCE_SHARDS)).admit(user),
    );
    if (entry.kind === "full") leaves.delete(settings);
    else leaves.set(settings, { ...leaveOf(entry), limit });
    return entry.kind === "admitted";
  } catch (error) {
    tell(c, "warn", "the limit of connections could not be checked", { user, ...describe(error) });
    leaves.set(settings, { more: UNASKED, until: Date.now() + UNASKED_TIME, limit, isFar: false });
    return true;
  }
}

function leaveOf({ more, validFor }: Extract<Entry, { kind: "admitted" }>): Omit<Leave, "limit"> {
  return { more, until: Date.now() + validFor, isFar: more > 0 };
}
