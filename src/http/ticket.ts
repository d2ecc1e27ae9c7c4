import type { Context } from "hono";
import { z } from "zod";
import { findCredential, isTicket } from "../auth/credentials.ts";
import { type Identity, identitySchema } from "../auth/identity.ts";
import { findPublisher } from "../auth/publish-key.ts";
import { issueTicket } from "../auth/ticket.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { identify } from "./identity.ts";
import { parseBody } from "./parse.ts";

/** Whom a publisher wants a ticket for. `channels` are granted patterns. */
export const ticketRequest = z.strictObject({
  userId: identitySchema.shape.userId,
  roles: identitySchema.shape.roles.default([]),
  tenants: identitySchema.shape.tenants.default([]),
  channels: identitySchema.shape.grants.default([]),
  name: identitySchema.shape.name,
  email: identitySchema.shape.email,
  locale: identitySchema.shape.locale,
});

/**
 * `POST /auth/ticket`: a short-lived token that is fit for a URL. A publisher names the user; a user gets one for
 * the same identity, with the end of the session that the user's own token has.
 */
export async function postTicket(c: Context<AppEnv>): Promise<Response> {
  const settings = c.get("settings");
  const now = Date.now();
  const publisher = await findPublisher(c.req.header("Authorization") ?? null, settings);
  // A ticket can carry any role, so whoever buys one for others could soon do everything.
  if (publisher?.limits) {
    throw new CarillonError("forbidden", "This key is limited to publishing; see PUBLISH_KEY_LIMITS.");
  }
  const identity = publisher ? await requestedIdentity(c, now) : await ownIdentity(c);
  const { token, expiresAt } = await issueTicket(identity, settings, now);
  const url = new URL("/connect", c.req.url);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return c.json({ url: url.href, token, userId: identity.userId, expiresAt });
}

async function requestedIdentity(c: Context<AppEnv>, now: number): Promise<Identity> {
  const settings = c.get("settings");
  const body = parseBody(ticketRequest, await readJson(c.req.raw, settings.MAX_BODY_BYTES));
  const { channels, ...rest } = body;
  return { ...rest, grants: channels, issuedAt: now, expiresAt: now + settings.SESSION_SECONDS * 1000 };
}

async function ownIdentity(c: Context<AppEnv>): Promise<Identity> {
  const settings = c.get("settings");
  const { headers } = c.req.raw;
  const credential = findCredential(headers, new URL(c.req.url), settings, false);
  // A ticket that bought the next one would make short-lived tokens live as long as the session.
  if (credential && isTicket(credential.token, settings)) {
    throw new CarillonError("unauthorized", "A ticket does not buy another; send the user's token.");
  }
  return identify(c);
}
