import type { Context } from "hono";
import { hasRole } from "../auth/operator.ts";
import { findPublisher } from "../auth/publish-key.ts";
import type { Permission } from "../delivery/permission.ts";
import { type EventResult, publish } from "../delivery/publish.ts";
import { tally } from "../operation/metrics-tally.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import { type AppEnv, tell } from "./context.ts";
import { identify } from "./identity.ts";
import { limitBroadcasts, limitPublishes } from "./rate.ts";

/** `POST /publish`: a backend, or a user who may broadcast, posts one event or an array of them. */
export async function postPublish(c: Context<AppEnv>): Promise<Response> {
  const publisher = await findPublisher(c.req.header("Authorization") ?? null, c.get("settings"));
  if (!publisher) return broadcast(c);
  await limitPublishes(c, publisher.name);
  const { limits } = publisher;
  const permission: Permission = limits ? { kind: "limited", limits } : { kind: "everything" };
  return publishBody(c, permission, `key ${publisher.name}`, publisher.name);
}

/**
 * Publishes the request's body, for whoever was found to be allowed to, and says in the log by whom it was.
 *
 * @param key the name under which it is counted: the publish key's, or one in parentheses, as no key has.
 */
export async function publishBody(
  c: Context<AppEnv>,
  permission: Permission,
  by: string,
  key: string,
): Promise<Response> {
  const settings = c.get("settings");
  const body = await readJson(c.req.raw, settings.MAX_BODY_BYTES);
  const results = await publish(body, c.env, settings, permission, c.get("requestId"));
  countPublished(key, results);
  tell(c, "info", permission.kind === "broadcast" ? "broadcast" : "published", { by, ...summary(results) });
  return c.json({ results });
}

function countPublished(key: string, results: readonly EventResult[]): void {
  for (const { status, duplicate } of results.flatMap(({ targets }) => targets)) {
    tally.count("carillon_events_published_total", { key, outcome: duplicate ? "duplicate" : status });
  }
}

/** How many events went where; of a single one also which. */
function summary(results: readonly EventResult[]) {
  const counts = { delivered: 0, stored: 0, queued: 0, failed: 0 };
  const codes = new Set<string>();
  for (const { status, code } of results.flatMap(({ targets }) => targets)) {
    counts[status] += 1;
    if (code) codes.add(code);
  }
  const [only] = results.length === 1 ? results : [];
  const code = codes.size > 0 ? [...codes].join(",") : undefined;
  return { events: results.length, event: only?.event, id: only?.id, ...counts, code };
}

/** Publishes for a user with one of `BROADCAST_ROLES`. */
async function broadcast(c: Context<AppEnv>): Promise<Response> {
  const { userId, roles } = await identifyBroadcaster(c);
  if (!hasRole(roles, c.get("settings").BROADCAST_ROLES)) {
    throw new CarillonError("forbidden", "This needs a publish key, or one of BROADCAST_ROLES.");
  }
  await limitBroadcasts(c, userId);
  return publishBody(c, { kind: "broadcast" }, `user ${userId}`, "(user)");
}

async function identifyBroadcaster(c: Context<AppEnv>) {
  try {
    return await identify(c);
  } catch (error) {
    if (!(error instanceof CarillonError && error.code === "unauthorized")) throw error;
    // Most of those who come here are backends with a wrong key, to whom a JWT means nothing.
    const wanted = "A publish key is required, as Authorization: Bearer <secret>, or a user's token.";
    throw new CarillonError("unauthorized", `${wanted} ${error.message}`);
  }
}
