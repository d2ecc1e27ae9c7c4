import type { Context } from "hono";
import { authenticate } from "../auth/credentials.ts";
import type { Identity } from "../auth/identity.ts";
import { type Operator, requireOperator } from "../auth/operator.ts";
import { userObject } from "../objects/env.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type AppEnv, askObject } from "./context.ts";

/**
 * Who sends this request by the word of the credential alone: for routes that hand it to the user's object, which knows
 * what the backend has said of the user.
 *
 * @throws {CarillonError} `unauthorized`, `token_expired` or `unavailable`
 */
export async function identifyByCredential(c: Context<AppEnv>): Promise<Identity> {
  const identity = await authenticate(c.req.raw, c.get("settings"), Date.now());
  c.set("user", identity.userId);
  return identity;
}

/**
 * Who sends this request: what the credential says, and what the backend has said of the user.
 *
 * @throws {CarillonError} `unauthorized`, `token_expired`, `unavailable` or `overloaded`
 */
export async function identify(c: Context<AppEnv>): Promise<Identity> {
  const claimed = await identifyByCredential(c);
  const identification = await askObject(
    c,
    async () => await userObject(c.env, claimed.userId).identify(claimed),
  );
  if (identification.kind === "known") return identification.identity;
  throw new CarillonError("unauthorized", "The token was revoked.");
}

/**
 * The operator who sends this request.
 *
 * @throws {CarillonError} `forbidden` for who is known but no operator, or what `identify` throws.
 */
export function identifyOperator(c: Context<AppEnv>): Promise<Operator> {
  return requireOperator(c.req.header("Authorization") ?? null, c.get("settings"), () => identify(c));
}
