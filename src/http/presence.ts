import type { Context } from "hono";
import { userId } from "../auth/identity.ts";
import { userObject } from "../objects/env.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type AppEnv, askObject } from "./context.ts";
import { identifyOperator } from "./identity.ts";
import { readUser } from "./users.ts";

/** Users of one request. */
const MOST = 100;

/** `GET /presence?users=a,b`: who of these users is online, and by which connections, in the order asked for. */
export async function getPresence(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  const users = readUsers(c);
  return shown(c, { users: await Promise.all(users.map((user) => presenceOf(c, user))) });
}

/** `GET /users/:id`: whether a user is online, and by which connections. */
export async function getUser(c: Context<AppEnv>): Promise<Response> {
  await identifyOperator(c);
  return shown(c, await presenceOf(c, readUser(c)));
}

function presenceOf(c: Context<AppEnv>, user: string) {
  return askObject(c, async () => await userObject(c.env, user).presence());
}

function shown(c: Context<AppEnv>, presence: object): Response {
  c.header("Cache-Control", "no-store");
  return c.json(presence);
}

function readUsers(c: Context<AppEnv>): string[] {
  const users = [...new Set((c.req.query("users") ?? "").split(","))];
  if (users.length > MOST) {
    throw new CarillonError("invalid_request", `users names at most ${MOST} of them.`);
  }
  if (users.every((user) => userId.safeParse(user).success)) return users;
  throw new CarillonError("invalid_request", "users is a list of user ids, parted by commas.");
}
