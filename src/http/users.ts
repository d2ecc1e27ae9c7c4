import type { Context } from "hono";
import { z } from "zod";
import { userId } from "../auth/identity.ts";
import { userObject } from "../objects/env.ts";
import { statementSchema } from "../objects/identity-record.ts";
import { CarillonError } from "../protocol/errors.ts";
import { exceedsBytes } from "../protocol/json.ts";
import { readJson } from "./body.ts";
import { type AppEnv, askObject, tell } from "./context.ts";
import { identifyOperator } from "./identity.ts";
import { parseBody } from "./parse.ts";

/** How far (ms) a caller's clock may be ahead of ours. */
const CLOCK_TOLERANCE = 60_000;

/** Which connections to end, and which tokens to refuse from now on. */
export const disconnection = z
  .strictObject({
    connection: z.string().max(64).optional(),
    client: z.string().max(64).optional(),
    revokeBefore: z.number().int().nonnegative().optional(),
  })
  .default({});

/**
 * `POST /users/:id/disconnect`: ends all of a user's connections, or one, now; with `revokeBefore` (ms since 1970)
 * tokens issued earlier are refused from then on.
 */
export async function postDisconnect(c: Context<AppEnv>): Promise<Response> {
  const settings = c.get("settings");
  const operator = await identifyOperator(c);
  const user = readUser(c);
  const which = parseBody(disconnection, await readJson(c.req.raw, settings.MAX_BODY_BYTES));
  if ((which.revokeBefore ?? 0) > Date.now() + CLOCK_TOLERANCE) {
    const issues = [{ path: "revokeBefore", message: "It lies in the past; it cannot be taken back." }];
    throw new CarillonError("invalid_body", "The body does not fit its schema.", { issues });
  }
  const disconnected = await askObject(c, async () => await userObject(c.env, user).disconnect(which));
  tell(c, "info", "user disconnected", { user, by: operator.name, disconnected });
  return c.json({ disconnected });
}

/**
 * `PUT /users/:id/identity`: says as whom a user is known, in place of what was said before. Live connections go on so
 * at once: rooms that are not allowed any more are left.
 */
export async function putIdentity(c: Context<AppEnv>): Promise<Response> {
  const settings = c.get("settings");
  const operator = await identifyOperator(c);
  const user = readUser(c);
  const statement = parseBody(statementSchema, await readJson(c.req.raw, settings.MAX_BODY_BYTES));
  // What a token says and what is said here may add up in what a socket remembers.
  if (exceedsBytes(JSON.stringify(statement), settings.MAX_IDENTITY_BYTES / 2)) {
    throw new CarillonError(
      "body_too_large",
      `An identity has at most ${settings.MAX_IDENTITY_BYTES / 2} bytes.`,
    );
  }
  await askObject(c, async () => await userObject(c.env, user).setIdentity(statement));
  tell(c, "info", "identity set", { user, by: operator.name });
  return c.json({ user, ...statement });
}

/** `GET /users/:id/events/:eventId`: whether an event is stored, and when which of the user's clients received it. */
export async function getEventReceipt(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  const user = readUser(c);
  const id = c.req.param("eventId") ?? "";
  const receipt = await askObject(c, async () => await userObject(c.env, user).receipt(id));
  if (!receipt)
    throw new CarillonError("not_found", "The user's log does not have an event of this id (any more).");
  return c.json({ id, user, ...receipt });
}

/** The user that a path names. */
export function readUser(c: Context<AppEnv>): string {
  const parsed = userId.safeParse(c.req.param("id"));
  if (parsed.success) return parsed.data;
  throw new CarillonError(
    "invalid_request",
    "A user id has 1 to 128 characters, none of them a control character.",
  );
}
