import type { Context } from "hono";
import { hasRole } from "../auth/operator.ts";
import { findPublisher } from "../auth/publish-key.ts";
import { findRoom, findRoomFor } from "../channels/access.ts";
import { roomObject } from "../objects/env.ts";
import { withPresence } from "../objects/room-presence-version.ts";
import { type AppEnv, askObject } from "./context.ts";
import { identify, identifyOperator } from "./identity.ts";

/** `GET /rooms/:room`: where the room's log stands, and who is there where the room tells it. */
export async function getRoom(c: Context<AppEnv>): Promise<Response> {
  const room = await findRoomOf(c);
  const { position, presence } = await askObject(c, async () => await roomObject(c.env, room).describe());
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "no-store");
  return c.body(withPresence(JSON.stringify({ channel: room, position }), presence));
}

/** The room that a path names, for an operator or for who may follow it. */
async function findRoomOf(c: Context<AppEnv>): Promise<string> {
  const settings = c.get("settings");
  const name = c.req.param("room") ?? "";
  if (await findPublisher(c.req.header("Authorization") ?? null, settings)) {
    await identifyOperator(c);
    return findRoom(name).name;
  }
  const identity = await identify(c);
  const isOperator = hasRole(identity.roles, settings.OPERATOR_ROLES);
  return (isOperator ? findRoom(name) : findRoomFor(identity, name)).name;
}
