import type { Context } from "hono";
import { hasRole } from "../auth/operator.ts";
import { findPublisher } from "../auth/publish-key.ts";
import type { Permission } from "../delivery/permission.ts";
import { publish } from "../delivery/publish.ts";
import { report } from "../operation/report.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { identify } from "./identity.ts";
import { limitBroadcasts, limitPublishes } from "./rate.ts";

/** `POST /publish`: a backend, or a user who may broadcast, posts one event or an array of them. */
export async function postPublish(c: Context<AppEnv>): Promise<Response> {
  const publisher = await findPublisher(c.req.header("Authorization") ?? null, c.get("settings"));
  if (!publisher) return broadcast(c);
  await limitPublishes(c, publisher.name);
  const { limits } = publisher;
  return publishBody(c, limits ? { kind: "limited", limits } : { kind: "everything" });
}

/** Publishes the request's body, for whoever was found to be allowed to. */
export async function publishBody(c: Context<AppEnv>, permission: Permission): Promise<Response> {
  const settings = c.get("settings");
  const body = await readJson(c.req.raw, settings.MAX_BODY_BYTES);
  return c.json({ results: await publish(body, c.env, settings, permission) });
}

/** Publishes for a user with one of `BROADCAST_ROLES`. */
async function broadcast(c: Context<AppEnv>): Promise<Response> {
  const { userId, roles } = await identifyBroadcaster(c);
  if (!hasRole(roles, c.get("settings").BROADCAST_ROLES)) {
    throw new CarillonError("forbidden", "This needs a publish key, or one of BROADCAST_ROLES.");
  }
  await limitBroadcasts(c, userId);
  const response = await publishBody(c, { kind: "broadcast" });
  report("info", "user broadcast", { user: userId });
  return response;
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
