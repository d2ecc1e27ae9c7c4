import type { Context } from "hono";
import type { Identity } from "../auth/identity.ts";
import { findRoomFor } from "../channels/access.ts";
import { roomObject, userObject } from "../objects/env.ts";
import type { Polled, PollQuery } from "../objects/poll.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type Position, parsePosition } from "../protocol/position.ts";
import { type AppEnv, askObject } from "./context.ts";
import { identify, identifyByCredential } from "./identity.ts";

/** `GET /events?since=` or `?before=`: what a user's socket would bring, for a client that polls, or the log's history. */
export async function getEvents(c: Context<AppEnv>): Promise<Response> {
  const identity = await identifyByCredential(c);
  return answer(c, await pollUser(c, identity, readQuery(c)));
}

/** `GET /rooms/:room/events?since=` or `?before=`: what a room's socket would bring, or its history. */
export async function getRoomEvents(c: Context<AppEnv>): Promise<Response> {
  const identity = await identify(c);
  const room = findRoomFor(identity, c.req.param("room") ?? "").name;
  const query = readQuery(c);
  const viewer = viewerOf(c, identity);
  return answer(c, await askObject(c, async () => await roomObject(c.env, room).poll(viewer, query)));
}

async function pollUser(c: Context<AppEnv>, identity: Identity, query: PollQuery): Promise<Polled> {
  const viewer = viewerOf(c, identity);
  const polled = await askObject(c, async () => await userObject(c.env, identity.userId).poll(viewer, query));
  if ("kind" in polled) throw new CarillonError("unauthorized", "The token was revoked.");
  return polled;
}

function viewerOf(c: Context<AppEnv>, identity: Identity) {
  return { identity, client: c.req.query("client") ?? "" };
}

function readQuery(c: Context<AppEnv>): PollQuery {
  const { PAGE_EVENTS } = c.get("settings");
  const limit = Number(c.req.query("limit") ?? PAGE_EVENTS);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new CarillonError("invalid_request", "limit is a whole number from 1.");
  }
  const since = readPosition(c, "since");
  const before = readPosition(c, "before");
  if (since && before) throw new CarillonError("invalid_request", "Ask for since or before, not both.");
  return { since, before, limit: Math.min(limit, PAGE_EVENTS) };
}

function readPosition(c: Context<AppEnv>, name: "since" | "before"): Position | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const position = parsePosition(text);
  if (position) return position;
  throw new CarillonError("invalid_request", `${name} is a position: <epoch>.<offset>.`);
}

/** The events are JSON already and go out as they stand. */
function answer(c: Context<AppEnv>, { events, position, recovered, more }: Polled): Response {
  const { REALTIME_ENABLED, POLL_SECONDS, POLL_SECONDS_DISABLED } = c.get("settings");
  const interval = REALTIME_ENABLED ? POLL_SECONDS : Math.max(POLL_SECONDS, POLL_SECONDS_DISABLED);
  const pollAfter = more ? 0 : interval * 1000;
  const rest = JSON.stringify({ position, recovered, more, pollAfter });
  c.header("Content-Type", "application/json");
  c.header("Cache-Control", "no-store");
  return c.body(`{"events":[${events.join(",")}],${rest.slice(1)}`);
}
