import type { Context } from "hono";
import { z } from "zod";
import { authenticate, findCredential } from "../auth/credentials.ts";
import { type Identity, identitySchema } from "../auth/identity.ts";
import { findPublisher } from "../auth/publish-key.ts";
import { issueTicket, looksLikeTicket } from "../auth/ticket.ts";
import { CarillonError } from "../protocol/errors.ts";
import { readJson } from "./body.ts";
import type { AppEnv } from "./context.ts";
import { parseBody } from "./parse.ts";

/** Whom a publisher wants a ticket for. `channels` are granted patterns. */
const ticketRequest = z.strictObject({
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
  const identity = publisher ? await requestedIdentity(c, now) : await ownIdentity(c, now);
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

async function ownIdentity(c: Context<AppEnv>, now: number): Promise<Identity> {
  const settings = c.get("settings");
  const { headers } = c.req.raw;
  const credential = findCredential(headers, new URL(c.req.url), settings, false);
  // A ticket that bought the next one would make short-lived tokens live as long as the session.
  if (credential && looksLikeTicket(credential.token)) {
    throw new CarillonError("unauthorized", "A ticket does not buy another; send the user's token.");
  }
  return authenticate(c.req.raw, settings, now);
}
